//! Keys, roles and members: who calls, and what they may do (`twenty-api.md §1`).

use super::failure::Failure;
use super::state::{Object, State, WORKSPACE};
use super::timeline;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

pub const ADMIN_KEY: &str = "0b85500b-eb72-4d8b-b4ad-ae9df936f0fd";
const LIMITED_KEY: &str = "f95c133b-155b-4dd9-86b1-ae0f05c0da3e";
const EXPIRED_KEY: &str = "20202020-eeee-4eee-8eee-eeeeeeeeeeee";
const REVOKED_KEY: &str = "20202020-dddd-4ddd-8ddd-dddddddddddd";
const ADMIN_ROLE: &str = "bf059405-3104-4e3a-83e5-549d185c3b78";
const LIMITED_ROLE: &str = "69276d80-d3d9-43dd-940d-8db503ebe340";
const MEMBER_ROLE: &str = "b6392624-0fc5-45fb-af18-8a55ea5a1643";
/// 2036 and 2020, in seconds.
const FAR: i64 = 2_094_670_000;
const PAST: i64 = 1_577_836_800;

/// The role of a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Admin,
    /// Reads all records, changes only those of system objects, no settings, no tools.
    Limited,
}

/// Who calls.
#[derive(Clone, Debug)]
pub struct Caller {
    pub role: Role,
    pub key: &'static str,
    pub name: &'static str,
}

/// Why a caller is nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stranger {
    NoToken,
    Invalid,
    Expired,
    Revoked,
}

impl Caller {
    pub fn admin() -> Self {
        Self { role: Role::Admin, key: ADMIN_KEY, name: "uploader" }
    }

    /// `createdBy` of what this key makes.
    pub fn actor(&self) -> Value {
        json!({"source": "API", "name": self.name, "workspaceMemberId": null, "context": {}})
    }

    pub fn may_change(&self, object: &Object) -> Result<(), Failure> {
        // System objects skip the checks, members do not (`§1.3`).
        let free = object.is_system() && object.name() != "workspaceMember";
        if self.role == Role::Admin || free { Ok(()) } else { Err(Failure::denied()) }
    }

    pub fn may_change_schema(&self) -> Result<(), Failure> {
        if self.role == Role::Admin { Ok(()) } else { Err(Failure::denied()) }
    }

    pub fn may_use_feature(&self) -> Result<(), Failure> {
        if self.role == Role::Admin { Ok(()) } else { Err(Failure::feature_denied()) }
    }
}

/// A key: a JWT whose signature nobody checks but by its looks.
fn token(id: &str, expires: i64) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let head = part(&json!({"alg": "HS256", "typ": "JWT"}));
    let claims = part(&json!({"sub": WORKSPACE, "type": "API_KEY", "workspaceId": WORKSPACE,
        "iat": PAST, "exp": expires, "jti": id}));
    let signature = super::state::digest(format!("{head}.{claims}").as_bytes());
    format!("{head}.{claims}.{}", &signature[..43])
}

pub fn admin_key() -> String {
    token(ADMIN_KEY, FAR)
}

/// An administrator's key that says it has expired; this server looks away.
pub fn lapsed_key() -> String {
    token(ADMIN_KEY, PAST)
}

pub fn limited_key() -> String {
    token(LIMITED_KEY, FAR)
}

pub fn expired_key() -> String {
    token(EXPIRED_KEY, PAST)
}

pub fn revoked_key() -> String {
    token(REVOKED_KEY, FAR)
}

/// Who stands behind an `Authorization` header?
pub fn identify(header: Option<&str>) -> Result<Caller, Stranger> {
    let token = header.and_then(|text| text.strip_prefix("Bearer ")).unwrap_or_default().trim();
    match token {
        "" => Err(Stranger::NoToken),
        token if token == admin_key() || token == lapsed_key() => Ok(Caller::admin()),
        token if token == limited_key() => {
            Ok(Caller { role: Role::Limited, key: LIMITED_KEY, name: "limited" })
        }
        token if token == expired_key() => Err(Stranger::Expired),
        token if token == revoked_key() => Err(Stranger::Revoked),
        _ => Err(Stranger::Invalid),
    }
}

impl Stranger {
    /// The answer of both GraphQL endpoints.
    pub fn graphql(self) -> Value {
        let unauthenticated = |message: &str| {
            json!({"errors": [{"message": message, "extensions": {"userFriendlyMessage": {
                "id": "z+7x/s", "message": "You must be authenticated to perform this action."},
                "subCode": "UNAUTHENTICATED", "code": "UNAUTHENTICATED"}}]})
        };
        match self {
            Self::Expired => unauthenticated("Token has expired."),
            Self::Revoked => {
                json!({"errors": [{"message": "This API Key is revoked", "extensions": {
                    "subCode": "FORBIDDEN_EXCEPTION", "userFriendlyMessage": {"id": "q5OVn+",
                    "message": "You do not have permission to perform this action."},
                    "code": "FORBIDDEN"}}]})
            }
            Self::NoToken | Self::Invalid => unauthenticated("Token invalid."),
        }
    }

    pub fn rest(self) -> (u16, Value) {
        let (status, message, error) = match self {
            Self::NoToken => (403, "Missing authentication token", "FORBIDDEN_EXCEPTION"),
            Self::Invalid => (401, "Token invalid.", "UNAUTHENTICATED"),
            Self::Expired => (401, "Token has expired.", "UNAUTHENTICATED"),
            Self::Revoked => (403, "This API Key is revoked", "FORBIDDEN_EXCEPTION"),
        };
        (status, json!({"statusCode": status, "messages": [message], "error": error}))
    }
}

/// `getRoles`.
pub fn roles() -> Value {
    json!([
        role(ADMIN_ROLE, "Admin", true),
        role(LIMITED_ROLE, "Limited", false),
        role(MEMBER_ROLE, "Member", false)
    ])
}

fn role(id: &str, label: &str, all: bool) -> Value {
    json!({"id": id, "label": label, "canUpdateAllSettings": all, "canAccessAllTools": all,
        "canReadAllObjectRecords": true, "canUpdateAllObjectRecords": all,
        "canSoftDeleteAllObjectRecords": all, "canDestroyAllObjectRecords": all,
        "isEditable": !all, "canBeAssignedToUsers": true, "canBeAssignedToAgents": true,
        "canBeAssignedToApiKeys": true, "permissionFlags": null, "objectPermissions": null,
        "fieldPermissions": null})
}

/// `apiKeys`.
pub fn api_keys() -> Value {
    json!([
        {"id": ADMIN_KEY, "name": "uploader", "expiresAt": "2036-05-17T14:26:40.000Z",
            "revokedAt": null, "role": role(ADMIN_ROLE, "Admin", true)},
        {"id": LIMITED_KEY, "name": "limited", "expiresAt": "2036-05-17T14:26:40.000Z",
            "revokedAt": null, "role": role(LIMITED_ROLE, "Limited", false)},
    ])
}

/// The members the settings name.
pub fn add_members(state: &mut State) {
    for (index, email) in state.settings.members.clone().into_iter().enumerate() {
        let owner = "bf9eb1cb-656c-4c30-815e-e494f8d81bce";
        let id = if index == 0 { owner.to_owned() } else { state.fresh_id() };
        add_member(state, &email, &id);
    }
}

/// Somebody joins. Names are made of the address: `jane.doe@…` is Jane Doe.
pub fn add_member(state: &mut State, email: &str, id: &str) {
    let Some(object) = state.object("workspaceMember").cloned() else { return };
    let mut names = email.split('@').next().unwrap_or_default().split('.');
    let mut name = || super::state::capitalised(names.next().unwrap_or_default());
    let (first, last) = (name(), name());
    let row = json!({"id": id, "userEmail": email, "userId": id,
        "name": {"firstName": first, "lastName": last},
        "locale": "en", "colorScheme": "System", "timeZone": "system"});
    if let Value::Object(row) = row {
        timeline::add(state, &object, row);
    }
}
