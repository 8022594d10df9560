//! What the API key may do: what its role says, else what a harmless request shows (`twenty-api.md` §1.3, `twenty-observed.md`
//! E4 "Auth errors"). It must not write anything.

use crate::error::Result;
use crate::push::client::Refusal;
use crate::push::refused;
use crate::push::target::Target;
use serde::Serialize;
use serde_json::{Value, json};

/// What the key may do; none where nobody can tell before it is tried.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Rights {
    /// Its role.
    pub role: Option<String>,
    /// Make objects and fields.
    pub data_model: Option<bool>,
    /// Write records.
    pub write: Option<bool>,
    /// Upload files.
    pub upload: Option<bool>,
    /// Destroy records, for a rollback.
    pub destroy: Option<bool>,
}

const ROLE: &str = "query K($id: UUID!) { apiKey(input: { id: $id }) { role { label canUpdateAllSettings canAccessAllTools \
     canUpdateAllObjectRecords canDestroyAllObjectRecords permissionFlags { flag } } } }";
const DATA_MODEL: &str = "query D { objectRecordCounts { objectNamePlural } }";

/// Asks what the key may do.
///
/// # Errors
/// When the run must stop.
pub(super) fn ask(target: &Target<'_>, key_id: Option<&str>) -> Result<Rights> {
    let mut rights = Rights::default();
    if let Some(id) = key_id {
        match target.client.metadata(ROLE, &json!({ "id": id })) {
            Ok(said) => rights = told(&said["apiKey"]["role"]),
            Err(Refusal::Data(_) | Refusal::Fatal(_)) => {}
            Err(refusal) => return Err(refused(refusal, "asking what the key may do")),
        }
    }
    if rights.data_model.is_none() {
        rights.data_model = allowed(target.client.metadata(DATA_MODEL, &json!({})))?;
    }
    if rights.write.is_none() {
        // An empty batch: nothing is written.
        let query = "mutation E($data: [CompanyCreateInput!]!) { createCompanies(data: $data, upsert: true) { id } }";
        rights.write = allowed(target.client.core(query, &json!({ "data": [] })))?;
    }
    Ok(rights)
}

/// What the role says. Rights for single objects are not looked at: they show themselves.
fn told(role: &Value) -> Rights {
    let flag = |name: &str| {
        let flags = role["permissionFlags"].as_array().into_iter().flatten();
        flags.into_iter().any(|flag| flag["flag"] == name)
    };
    let may = |key: &str, name: &str| role[key].as_bool().map(|all| all || flag(name));
    Rights {
        role: role["label"].as_str().map(str::to_owned),
        data_model: may("canUpdateAllSettings", "DATA_MODEL"),
        write: role["canUpdateAllObjectRecords"].as_bool().filter(|all| *all),
        upload: may("canAccessAllTools", "UPLOAD_FILE"),
        destroy: role["canDestroyAllObjectRecords"].as_bool(),
    }
}

fn allowed(answer: std::result::Result<Value, Refusal>) -> Result<Option<bool>> {
    match answer {
        Ok(_) => Ok(Some(true)),
        Err(Refusal::Fatal(_)) => Ok(Some(false)),
        Err(Refusal::Data(_) | Refusal::TooLarge(_)) => Ok(None),
        Err(refusal) => Err(refused(refusal, "asking what the key may do")),
    }
}
