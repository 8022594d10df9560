//! Refusals in the words of a recorded Twenty 2.21 (`contract/transcripts.jsonl`). Only shapes and
//! texts: whether something is refused is decided elsewhere.

use serde_json::{Map, Value, json};

/// One refused operation, as GraphQL and REST tell it.
#[derive(Clone, Debug)]
pub struct Failure {
    pub message: String,
    /// Boxed, for a failure travels in every result.
    pub extensions: Box<Map<String, Value>>,
    /// HTTP status and `error` of the REST answer; GraphQL always says 200.
    pub rest: (u16, &'static str),
    /// REST tells the sub code only of errors that are no HTTP exceptions there.
    pub rest_code: Option<String>,
    /// `/metadata` nulls `data` as a whole; a nullable root field nulls only itself.
    pub nulls_field: bool,
}

impl Failure {
    pub fn new(message: impl Into<String>, code: &str) -> Self {
        let mut extensions = Map::new();
        extensions.insert("code".into(), json!(code));
        Self {
            message: message.into(),
            extensions: Box::new(extensions),
            rest: (400, "BadRequestException"),
            rest_code: None,
            nulls_field: false,
        }
    }

    /// An error without code, as the GraphQL layer itself answers (`graphql-js` validation).
    pub fn document(message: impl Into<String>, line: usize, column: usize) -> Value {
        json!({"errors": [{"message": message.into(),
            "locations": [{"line": line, "column": column}]}]})
    }

    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.extensions.insert(key.into(), value.into());
        self
    }

    /// Bad input; friendly text equals the message unless told.
    pub fn input(message: impl Into<String>, friendly: Option<&str>) -> Self {
        let message = message.into();
        let friendly = friendly.map_or_else(|| message.clone(), str::to_owned);
        Self::new(message, "BAD_USER_INPUT").with("userFriendlyMessage", friendly)
    }

    pub fn sub(self, sub_code: &str) -> Self {
        self.with("subCode", sub_code)
    }

    /// A value the argument check refuses.
    pub fn argument(message: impl Into<String>, friendly: &str) -> Self {
        Self::input(message, Some(friendly)).sub("INVALID_ARGS_DATA")
    }

    pub fn unknown_field(object: &str, field: &str) -> Self {
        let message = format!("Object {object} doesn't have any \"{field}\" field.");
        Self::argument(message, "An error occurred.")
    }

    /// A value a type check refuses that REST tells with its sub code (phones, links).
    pub fn value(message: &str, friendly: &str, sub_code: &str) -> Self {
        let mut made = Self::input(message, Some(friendly)).sub(sub_code);
        made.rest = (400, "Error");
        made.rest_code = Some(sub_code.to_owned());
        made
    }

    pub fn duplicate(friendly: &str) -> Self {
        Self::input("A duplicate entry was detected", Some(friendly))
    }

    pub fn same_record() -> Self {
        Self::duplicate("This record already exists. Please check your data and try again.")
    }

    pub fn foreign_key(object: &str, column: &str) -> Self {
        let name = constraint(object, column);
        Self::input(
            format!(
                "insert or update on table \"{object}\" violates foreign key constraint \"{name}\""
            ),
            Some(
                "This operation references a record that does not exist or cannot be modified due \
                 to existing relationships.",
            ),
        )
    }

    /// What Postgres refuses and the server has no words for: a NUL character, a null too many.
    pub fn database() -> Self {
        let mut made = Self::new("Data validation error.", "INTERNAL_SERVER_ERROR");
        made.rest = (500, "InternalServerErrorException");
        made
    }

    pub fn not_found() -> Self {
        let mut made = Self::new("Record not found", "NOT_FOUND")
            .sub("RECORD_NOT_FOUND")
            .with("userFriendlyMessage", "This record does not exist or has been deleted.");
        made.rest = (404, "NotFoundException");
        made
    }

    pub fn denied() -> Self {
        let mut made =
            Self::new("Entity performing the request does not have permission", "FORBIDDEN")
                .sub("PERMISSION_DENIED")
                .with("userFriendlyMessage", "User does not have permission.");
        made.rest = (400, "Error");
        made.rest_code = Some("PERMISSION_DENIED".to_owned());
        made
    }

    /// The same refusal where a guard of a feature speaks (uploads, webhooks).
    pub fn feature_denied() -> Self {
        Self::new("Entity performing the request does not have permission", "INTERNAL_SERVER_ERROR")
            .with(
                "userFriendlyMessage",
                "You do not have permission to access this feature. Please contact your workspace \
                 administrator for access.",
            )
    }

    pub fn forbidden_resource() -> Self {
        Self::new("Forbidden resource", "FORBIDDEN")
            .with("userFriendlyMessage", "An error occurred.")
    }

    pub fn internal(message: impl Into<String>, friendly: &str) -> Self {
        let mut made =
            Self::new(message, "INTERNAL_SERVER_ERROR").with("userFriendlyMessage", friendly);
        made.rest = (500, "Error");
        made
    }

    pub fn nulling_field(mut self) -> Self {
        self.nulls_field = true;
        self
    }

    pub fn code(&self) -> String {
        let told = |key: &str| self.extensions.get(key).and_then(Value::as_str);
        told("subCode").or_else(|| told("code")).unwrap_or_default().to_owned()
    }

    pub fn graphql(&self) -> Value {
        json!({"message": self.message, "extensions": self.extensions})
    }

    pub fn rest_body(&self) -> Value {
        let (status, error) = self.rest;
        let mut body = json!({"statusCode": status, "error": error, "messages": [self.message]});
        if let Some(code) = &self.rest_code {
            body["code"] = json!(code);
        }
        body
    }
}

/// A name in the manner of `TypeORM`: its hash differs from the real one.
pub fn constraint(object: &str, column: &str) -> String {
    // Two names are known from the transcripts; a client must not read any of them.
    match (object, column) {
        ("person", "companyId") => "FK_ee066ddacfce46c9a7cb90edd1a".to_owned(),
        ("attachment", "targetPersonId") => "FK_73f3acb2a2eebe7834a9918116d".to_owned(),
        _ => format!("FK_{}", &super::state::digest(format!("{object}.{column}").as_bytes())[..27]),
    }
}
