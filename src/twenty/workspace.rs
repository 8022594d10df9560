//! The workspace file: the schema and the members of a target workspace, saved by
//! `close2twenty workspace` and carried across the air gap (design §3, §8, §9); and the standard
//! schema of Twenty 2.21 for runs without one. It must not talk to a server or decide anything.
//!
//! A file may hold members only (`{"members":[{"email":"a@example.com"}]}`, written by hand): its
//! objects are then the standard ones.

use crate::error::{Error, Result};
use foldhash::fast::FixedState;
use hashbrown::HashSet;
use indexmap::IndexMap;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use std::fmt::Write as _;

/// What `format` says.
pub const FORMAT: &str = "close2twenty-workspace";
/// What `version` says.
pub const VERSION: u32 = 1;
/// Twenty 2.21's standard schema (`testdata/twenty/README.md`).
const STANDARD: &str = include_str!("workspace/standard-2.21.json");

/// A workspace's schema and members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Workspace {
    /// `close2twenty-workspace`; may be missing in a file of members only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// Version of the format, 1; may be missing in a file of members only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
    /// Twenty's version, `2.21`, when known.
    #[serde(default)]
    pub twenty: Option<String>,
    /// The objects; none means Twenty's standard ones.
    #[serde(default, deserialize_with = "or_default")]
    pub objects: Vec<WsObject>,
    /// Who may own records. Empty when nobody is known.
    #[serde(default, deserialize_with = "or_default")]
    pub members: Vec<Member>,
    /// The objects are the built-in ones.
    #[serde(skip)]
    standard: bool,
}

/// An object with its fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WsObject {
    /// API name, `company`.
    pub name_singular: String,
    /// API name of many, `companies`.
    pub name_plural: String,
    /// What people see.
    pub label_singular: String,
    /// What people see for many.
    pub label_plural: String,
    /// Made by somebody, not shipped with Twenty.
    #[serde(default, deserialize_with = "or_default", skip_serializing_if = "is_false")]
    pub is_custom: bool,
    /// Not switched off. An object that is off still occupies its names.
    #[serde(default = "yes", deserialize_with = "or_yes", skip_serializing_if = "is_true")]
    pub is_active: bool,
    /// The fields. The built-in schema leaves them out for objects nothing is written to.
    #[serde(default, deserialize_with = "or_default")]
    pub fields: Vec<WsField>,
}

/// A field of an object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WsField {
    /// API name, `annualRevenue`.
    pub name: String,
    /// What people see.
    pub label: String,
    /// Twenty's word for the type, `CURRENCY`; words of later versions are kept as they are.
    #[serde(rename = "type")]
    pub kind: String,
    /// No two records share a value.
    #[serde(default, deserialize_with = "or_default", skip_serializing_if = "is_false")]
    pub is_unique: bool,
    /// Not switched off. A field that is off still occupies its name.
    #[serde(default = "yes", deserialize_with = "or_yes", skip_serializing_if = "is_true")]
    pub is_active: bool,
    /// The options of a select.
    #[serde(default, deserialize_with = "or_default", skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<WsOption>,
    /// Where a relation leads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relation: Option<WsRelation>,
}

/// An option of a select field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct WsOption {
    /// What is stored, `IN_PROGRESS`.
    pub value: String,
    /// What people see.
    pub label: String,
    /// Colour word, `turquoise`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<String>,
    /// Place in the list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<i64>,
}

/// Where a relation leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct WsRelation {
    /// `MANY_TO_ONE` or `ONE_TO_MANY`, seen from the field.
    #[serde(rename = "type")]
    pub kind: String,
    /// API name of the other object.
    pub target: String,
}

/// Somebody who can own records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Member {
    /// The workspace member's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// E-mail address, as the workspace has it.
    #[serde(default)]
    #[schemars(!default)]
    pub email: String,
    /// First name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    /// Last name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
}

impl Workspace {
    /// Twenty 2.21 as it is shipped, without members.
    ///
    /// # Errors
    /// When the built-in file is malformed (a test makes sure it is not).
    pub fn standard() -> Result<Self> {
        Ok(Self { standard: true, ..Self::parse(STANDARD)? })
    }

    /// A workspace as `close2twenty workspace` saves it.
    pub fn new(twenty: Option<String>, objects: Vec<WsObject>, members: Vec<Member>) -> Self {
        let (format, version) = (Some(FORMAT.to_owned()), Some(VERSION));
        Self { format, version, twenty, objects, members, standard: false }
    }

    /// Reads the text of a workspace file.
    ///
    /// # Errors
    /// `C2T-E060` when it is not JSON of the right shape, `C2T-E061` when it is of another format or
    /// version, `C2T-E062` when it contradicts itself.
    pub fn parse(bytes: impl AsRef<[u8]>) -> Result<Self> {
        let text = std::str::from_utf8(bytes.as_ref()).map_err(|e| unreadable("not UTF-8", e))?;
        let text = text.trim_start_matches('\u{feff}');
        let value: Value = serde_json::from_str(text).map_err(|e| unreadable("no JSON", e))?;
        check_format(&value)?;
        let mut workspace: Self =
            serde_json::from_str(text).map_err(|e| unreadable("not of the right shape", e))?;
        for member in &mut workspace.members {
            member.email = member.email.trim().to_owned();
        }
        workspace.check()?;
        if workspace.objects.is_empty() {
            workspace.objects = Self::standard()?.objects;
            workspace.standard = true;
        }
        Ok(workspace)
    }

    /// The text of the file: one field, one member a line, so that differences are readable.
    ///
    /// # Errors
    /// When a part cannot be written as JSON.
    pub fn to_text(&self) -> Result<String> {
        let head = [
            ("format", line(&FORMAT)?),
            ("version", line(&VERSION)?),
            ("twenty", line(&self.twenty)?),
        ];
        let mut out = String::from("{\n");
        for (key, value) in head {
            let _ = writeln!(out, " \"{key}\":{value},");
        }
        let objects = self.objects.iter().map(object_text).collect::<Result<Vec<_>>>()?;
        let members = self.members.iter().map(line).collect::<Result<Vec<_>>>()?;
        let _ = writeln!(out, " \"objects\":{},", list(&objects, " "));
        let _ = writeln!(out, " \"members\":{}\n}}", list(&members, " "));
        Ok(out)
    }

    /// Whether the objects are the built-in ones, since no file told the real ones.
    pub const fn is_standard(&self) -> bool {
        self.standard
    }

    /// The object of this API name (singular).
    pub fn object(&self, name: &str) -> Option<&WsObject> {
        self.objects.iter().find(|object| object.name_singular == name)
    }

    /// The field of this API name, active or not.
    pub fn field(&self, object: &str, name: &str) -> Option<&WsField> {
        self.object(object)?.fields.iter().find(|field| field.name == name)
    }

    /// The field of this label, without regard to case; an active one rather than one that is
    /// switched off, then the first.
    pub fn field_by_label(&self, object: &str, label: &str) -> Option<&WsField> {
        let label = label.trim().to_lowercase();
        let mut same = self.object(object)?.fields.iter();
        let same = same.by_ref().filter(|field| field.label.trim().to_lowercase() == label);
        same.min_by_key(|field| !field.is_active)
    }

    /// Members by e-mail in lower case, in the file's order.
    pub fn members_by_email(&self) -> IndexMap<String, &Member, FixedState> {
        self.members.iter().map(|member| (member.email.to_lowercase(), member)).collect()
    }

    /// The JSON Schema of the file.
    pub fn json_schema() -> Value {
        schemars::schema_for!(Self).to_value()
    }

    fn check(&self) -> Result<()> {
        let objects = self.objects.iter().map(|object| object.name_singular.as_str());
        if let Some(name) = twice(objects) {
            return Err(contradiction(&format!("the object `{name}` stands twice")));
        }
        for object in &self.objects {
            if let Some(name) = twice(object.fields.iter().map(|field| field.name.as_str())) {
                let object = &object.name_singular;
                return Err(contradiction(&format!("the field `{object}.{name}` stands twice")));
            }
        }
        for (number, member) in (1..).zip(&self.members) {
            if !member.email.contains('@') {
                let told = if member.email.is_empty() { "no e-mail" } else { "no e-mail address" };
                let who = member.called().unwrap_or_default();
                return Err(contradiction(&format!("member {number}{who} has {told}")));
            }
        }
        let emails = self.members.iter().map(|member| member.email.to_lowercase());
        match twice(emails) {
            Some(email) => Err(contradiction(&format!("the member {email} stands twice"))),
            None => Ok(()),
        }
    }
}

impl WsRelation {
    /// Whether the field holds one record of the other object.
    pub fn is_many_to_one(&self) -> bool {
        self.kind == "MANY_TO_ONE"
    }
}

impl Member {
    /// ` (name or id)`, for messages.
    fn called(&self) -> Option<String> {
        let names = [&self.first_name, &self.last_name, &self.id];
        let name = names.into_iter().flatten().find(|name| !name.is_empty())?;
        Some(format!(" ({name})"))
    }
}

/// What the head of the file says, before its parts are looked at.
fn check_format(value: &Value) -> Result<()> {
    let text = |key: &str| value.get(key).and_then(Value::as_str);
    let fix = "make it with `close2twenty workspace --url … -o workspace.json`";
    if is_metadata_answer(value) {
        let what = "this is an answer of Twenty's metadata API, not a workspace file";
        return Err(Error::usage("C2T-E061", what).fix(fix));
    }
    let has =
        |key: &str| value.get(key).and_then(Value::as_array).is_some_and(|items| !items.is_empty());
    match (text("format"), value.get("version").and_then(Value::as_u64)) {
        (Some(FORMAT), Some(version)) if version == u64::from(VERSION) => Ok(()),
        (Some(FORMAT), Some(version)) => {
            let what = format!("version {version} of the workspace file is not known");
            Err(Error::usage("C2T-E061", what).fix(format!("{fix} of this version of the program")))
        }
        (Some(FORMAT), None) => {
            Err(Error::usage("C2T-E061", "the workspace file has no `version`").fix(fix))
        }
        (Some(other), _) => {
            let what = format!("the file is of the format `{other}`, not `{FORMAT}`");
            Err(Error::usage("C2T-E061", what).fix(fix))
        }
        (None, _) if has("members") && !has("objects") && value.get("format").is_none() => Ok(()),
        (None, _) => {
            let what = format!("this is no workspace file: it has no `\"format\":\"{FORMAT}\"`");
            Err(Error::usage("C2T-E061", what).fix(fix))
        }
    }
}

/// Lists of objects as Twenty's own API hands them out: GraphQL (`edges`) or REST, with or
/// without `data` around them.
fn is_metadata_answer(value: &Value) -> bool {
    let inner = value.get("data").unwrap_or(value);
    let objects = inner.get("objects").unwrap_or(inner);
    let list = objects.get("edges").unwrap_or(objects);
    let Some(first) = list.as_array().and_then(|list| list.first()) else { return false };
    let node = first.get("node").unwrap_or(first);
    let foreign = ["fieldsList", "universalIdentifier", "isSystem", "applicationId"];
    value.get("format").is_none()
        && node.get("nameSingular").is_some()
        && (first.get("node").is_some()
            || value.get("data").is_some()
            || foreign.iter().any(|key| node.get(key).is_some()))
}

/// The first item that was there before.
fn twice<T: std::hash::Hash + Eq + Clone>(items: impl Iterator<Item = T>) -> Option<T> {
    let mut seen: HashSet<T, FixedState> = HashSet::default();
    items.into_iter().find(|item| !seen.insert(item.clone()))
}

fn unreadable(what: &str, source: impl std::error::Error + Send + Sync + 'static) -> Error {
    let what = format!("the workspace file is {what}");
    Error { source: Some(Box::new(source)), ..Error::usage("C2T-E060", what) }
        .fix("mend the place named, or save the file anew with `close2twenty workspace`")
}

fn contradiction(what: &str) -> Error {
    Error::usage("C2T-E062", format!("the workspace file is wrong: {what}"))
        .fix("mend that, or save the file anew with `close2twenty workspace`")
}

fn line<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(Error::report)
}

fn object_text(object: &WsObject) -> Result<String> {
    let bare = line(&WsObject { fields: Vec::new(), ..object.clone() })?;
    let fields = object.fields.iter().map(line).collect::<Result<Vec<_>>>()?;
    let head = bare.strip_suffix("[]}").unwrap_or(&bare);
    Ok(format!("{head}{}}}", list(&fields, "  ")))
}

/// A JSON list with an item a line.
fn list(items: &[String], indent: &str) -> String {
    if items.is_empty() {
        return "[]".to_owned();
    }
    let between = format!(",\n{indent} ");
    format!("[\n{indent} {}\n{indent}]", items.join(&between))
}

const fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it so")]
const fn is_true(value: &bool) -> bool {
    *value
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it so")]
const fn is_false(value: &bool) -> bool {
    !*value
}

/// `null` as what is missing: Twenty writes both.
fn or_default<'de, T: Deserialize<'de> + Default, D: Deserializer<'de>>(
    from: D,
) -> std::result::Result<T, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

fn or_yes<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<bool, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or(true))
}

#[cfg(test)]
mod tests;
