//! What has to be made in Twenty, counted: objects, fields, options. It must not repeat the manifest.

use crate::plan::{FieldSpec, Plan};
use crate::survey::Map;
use schemars::JsonSchema;
use serde::Serialize;

/// Select fields listed at most.
const LISTED: usize = 1_000;

/// See the module's head.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct Schema {
    /// Objects to be made.
    pub objects: u64,
    /// Fields to be made.
    pub fields: u64,
    /// Fields the workspace has already.
    pub existing_fields: u64,
    /// Options to be added.
    pub options: u64,
    /// The same by object, in the order of the manifest.
    pub by_object: Vec<SchemaLine>,
    /// Select fields with their options, in the order of the manifest; at most 1,000.
    pub selects: Vec<SelectLine>,
}

/// One object.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct SchemaLine {
    /// API name of the object.
    pub object: String,
    /// Fields to be made.
    pub fields: u64,
    /// Fields the workspace has already.
    pub existing_fields: u64,
    /// Options to be added.
    pub options: u64,
}

/// One select field.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct SelectLine {
    /// API name of the object.
    pub object: String,
    /// API name of the field.
    pub field: String,
    /// Its options, those that exist too.
    pub options: u64,
}

/// Options of a field that are to be added.
fn added(field: &FieldSpec) -> u64 {
    field.options.iter().filter(|option| !option.existing).count() as u64
}

/// What the plan asks for.
pub(super) fn schema(plan: &Plan) -> Schema {
    let objects = plan.types.iter().filter(|one| one.has_object() && !one.object.existing);
    let mut by_object: Map<&str, SchemaLine> = Map::default();
    let mut schema = Schema { objects: objects.count() as u64, ..Schema::default() };
    for field in &plan.schema {
        let line = by_object.entry(&field.object).or_default();
        let (made, existing) = (u64::from(!field.existing), u64::from(field.existing));
        (line.fields, schema.fields) = (line.fields + made, schema.fields + made);
        line.existing_fields += existing;
        schema.existing_fields += existing;
        line.options += added(field);
        schema.options += added(field);
    }
    let lines = by_object.into_iter();
    let named = lines.map(|(object, line)| SchemaLine { object: object.to_owned(), ..line });
    schema.by_object = named.collect();
    let selects = plan.schema.iter().filter(|field| !field.options.is_empty()).take(LISTED);
    let selects = selects.map(|field| SelectLine {
        object: field.object.clone(),
        field: field.name.clone(),
        options: field.options.len() as u64,
    });
    schema.selects = selects.collect();
    schema
}
