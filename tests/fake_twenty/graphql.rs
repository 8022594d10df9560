//! GraphQL documents: parsed, validated and walked. It must not know what the fields do.

use super::failure::Failure;
use apollo_compiler::ast;
use apollo_compiler::executable::{Field, Operation, Selection, SelectionSet};
use apollo_compiler::introspection::partial_execute;
use apollo_compiler::request::coerce_variable_values;
use apollo_compiler::response::JsonMap;
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Schema};
use serde_json::{Map, Value, json};

/// A schema, parsed once.
pub struct Endpoint {
    pub schema: Valid<Schema>,
}

/// A document that may be executed.
#[derive(Debug)]
pub struct Document {
    document: ExecutableDocument,
}

/// What a server says instead of executing.
#[derive(Debug)]
pub struct Invalid {
    pub message: String,
    pub answer: Value,
}

/// What 2.21 executes on `/graphql` although its published schema has it otherwise, as the
/// transcripts show. Each entry is a text that apollo-compiler's message of such an error contains.
const WORKS_ANYWAY: &[&str] = &[
    // createAttachments.ok, attachments.list: `file` without a selection reads as JSON.
    "interface, union and object types must have a subselection set",
    // createPeople.upsert.ok.connect: author with name and member (there by variable).
    "Field \"name\" is not defined by type \"ActorCreateInput\"",
    "Field \"workspaceMemberId\" is not defined by type \"ActorCreateInput\"",
];

impl Endpoint {
    pub fn new(text: &str) -> Self {
        match Schema::parse_and_validate(text, "schema.graphql") {
            Ok(schema) => Self { schema },
            Err(errors) => panic!("the schema is not valid: {}", errors.errors),
        }
    }

    /// Parses and validates; `lenient` lets through what the table above lists.
    pub fn read(&self, text: &str, lenient: bool) -> Result<Document, Invalid> {
        let errors = match ExecutableDocument::parse_and_validate(&self.schema, text, "document") {
            Ok(document) => return Ok(Document { document: document.into_inner() }),
            Err(errors) => errors,
        };
        let mut told = Vec::new();
        for problem in errors.errors.iter() {
            let message = problem
                .error
                .unstable_compat_message()
                .unwrap_or_else(|| problem.error.to_string());
            let all = format!("{message} {}", problem.error);
            if !(lenient && WORKS_ANYWAY.iter().any(|known| all.contains(known))) {
                let place = problem.line_column_range();
                let (line, column) = place.map_or((1, 1), |r| (r.start.line, r.start.column));
                told.push((message, line, column));
            }
        }
        let Some((message, line, column)) = told.into_iter().next() else {
            return Ok(Document { document: errors.partial });
        };
        let answer = Failure::document(in_js_words(&message), line, column);
        Err(Invalid { message: format!("{message} (line {line}, column {column})"), answer })
    }

    /// The variables in the types the document declares, defaults filled in.
    pub fn coerce(
        &self,
        document: &Document,
        variables: &Value,
    ) -> Result<Map<String, Value>, Invalid> {
        let values: JsonMap = serde_json::from_value(variables.clone()).unwrap_or_default();
        match coerce_variable_values(&self.schema, document.operation(), &values) {
            Ok(values) => {
                let values = serde_json::to_value(values.into_inner()).unwrap_or_default();
                Ok(values.as_object().cloned().unwrap_or_default())
            }
            Err(error) => {
                let message = error.message().to_string();
                let answer = json!({"errors": [{"message": message,
                    "extensions": {"code": "BAD_USER_INPUT"}}]});
                Err(Invalid { message, answer })
            }
        }
    }

    /// The part of the answer that tells of the schema itself.
    pub fn introspect(&self, document: &Document) -> Map<String, Value> {
        let valid = Valid::assume_valid_ref(&document.document);
        let variables = Valid::assume_valid(JsonMap::new());
        let map = self.schema.implementers_map();
        match partial_execute(&self.schema, &map, valid, document.operation(), &variables) {
            Ok(answer) => {
                let data = serde_json::to_value(answer.data).unwrap_or_default();
                data.as_object().cloned().unwrap_or_default()
            }
            Err(_) => Map::new(),
        }
    }
}

/// graphql-js asks “Cannot query field "x" on type "Y".”; so does apollo-compiler, more or less.
fn in_js_words(message: &str) -> String {
    let mut message = message.to_owned();
    if message.starts_with("Cannot query field") && !message.ends_with('.') {
        message.push('.');
    }
    message
}

impl Document {
    pub fn operation(&self) -> &Operation {
        self.document.operations.iter().next().expect("a document has an operation")
    }

    pub fn is_mutation(&self) -> bool {
        self.operation().operation_type.is_mutation()
    }

    pub fn root<'a>(&'a self, variables: &Map<String, Value>) -> Vec<&'a Field> {
        self.fields(&self.operation().selection_set, variables)
    }

    /// The fields selected, fragments opened, those switched off by directives left out.
    pub fn fields<'a>(
        &'a self,
        set: &'a SelectionSet,
        variables: &Map<String, Value>,
    ) -> Vec<&'a Field> {
        let mut found = Vec::new();
        for selection in &set.selections {
            if !wanted(selection, variables) {
                continue;
            }
            match selection {
                Selection::Field(field) => found.push(&**field),
                Selection::InlineFragment(part) => {
                    found.extend(self.fields(&part.selection_set, variables));
                }
                Selection::FragmentSpread(part) => {
                    if let Some(part) = self.document.fragments.get(&part.fragment_name) {
                        found.extend(self.fields(&part.selection_set, variables));
                    }
                }
            }
        }
        found
    }

    /// Picks what is selected out of a JSON value; without a selection the value as it is.
    pub fn pick(&self, value: &Value, set: &SelectionSet, variables: &Map<String, Value>) -> Value {
        let fields = self.fields(set, variables);
        if fields.is_empty() {
            return value.clone();
        }
        match value {
            Value::Array(all) => all.iter().map(|one| self.pick(one, set, variables)).collect(),
            Value::Object(map) => {
                let mut picked = Map::new();
                for field in fields {
                    let found = match field.name.as_str() {
                        "__typename" => json!(set.ty.as_str()),
                        name => map.get(name).cloned().unwrap_or_default(),
                    };
                    let found = self.pick(&found, &field.selection_set, variables);
                    picked.insert(field.response_key().to_string(), found);
                }
                Value::Object(picked)
            }
            other => other.clone(),
        }
    }
}

fn wanted(selection: &Selection, variables: &Map<String, Value>) -> bool {
    let says = |name: &str| {
        let directive = selection.directives().get(name)?;
        let value = directive.specified_argument_by_name("if")?;
        value_of(value, variables)?.as_bool()
    };
    says("include") != Some(false) && says("skip") != Some(true)
}

/// The arguments of a field, variables put in. One that is not given is not there.
pub fn arguments(field: &Field, variables: &Map<String, Value>) -> Map<String, Value> {
    let mut found = Map::new();
    for argument in &field.arguments {
        if let Some(value) = value_of(&argument.value, variables) {
            found.insert(argument.name.to_string(), value);
        }
    }
    found
}

fn value_of(value: &ast::Value, variables: &Map<String, Value>) -> Option<Value> {
    Some(match value {
        ast::Value::Null => Value::Null,
        ast::Value::Enum(name) => json!(name.as_str()),
        ast::Value::Variable(name) => return variables.get(name.as_str()).cloned(),
        ast::Value::String(text) => json!(text),
        ast::Value::Float(number) => json!(number.try_to_f64().ok()?),
        ast::Value::Int(number) => number
            .as_str()
            .parse::<i64>()
            .map_or_else(|_| json!(number.try_to_f64().ok()), |whole| json!(whole)),
        ast::Value::Boolean(value) => json!(value),
        ast::Value::List(all) => all.iter().filter_map(|one| value_of(one, variables)).collect(),
        ast::Value::Object(fields) => {
            let mut map = Map::new();
            for (name, value) in fields {
                if let Some(value) = value_of(value, variables) {
                    map.insert(name.to_string(), value);
                }
            }
            Value::Object(map)
        }
    })
}
