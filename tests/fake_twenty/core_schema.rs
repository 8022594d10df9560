//! The schema of `/graphql`, written from the objects and fields there are, in the style of
//! `contract/schema.core.graphql`. What does not depend on them is copied from there.

use super::core_types::{composite, counts, group, group_order, measures, order, ratings};
use super::state::{Field, Object, Slot, State, capitalised};
use std::fmt::Write as _;

const PUBLISHED: &str = include_str!("../../testdata/twenty/contract/schema.core.graphql");

/// Types of no object that the published schema lacks because no standard field needs them.
const ALSO: &str = "scalar Date\ninput DateFilter { eq: Date gt: Date gte: Date in: [Date!] lt: Date \
    lte: Date neq: Date is: FilterIs }\ninput ArrayFilter { containsIlike: String is: FilterIs \
    isEmptyArray: Boolean }\ninput MultiSelectFilter { containsAny: [String] is: FilterIs \
    isEmptyArray: Boolean }\n";

const CONNECTION_ARGUMENTS: &str =
    "first: Int, last: Int, offset: Int, before: String, after: String";

/// The sub field of a composite that makes it unique.
const UNIQUE_PARTS: &[(&str, &[&str])] = &[
    ("EMAILS", &["primaryEmail"]),
    ("LINKS", &["primaryLinkUrl"]),
    ("PHONES", &["primaryPhoneNumber", "primaryPhoneCountryCode", "primaryPhoneCallingCode"]),
];

/// The whole schema of a workspace.
pub fn write(state: &State) -> String {
    let mut text = shared_types();
    let (mut queries, mut mutations) = (String::new(), String::new());
    for object in &state.objects {
        let writer = Writer { object, pascal: capitalised(object.name()) };
        writer.types(&mut text);
        writer.inputs(&mut text);
        writer.queries(&mut queries);
        writer.mutations(&mut mutations);
    }
    let _ = write!(text, "type Query {{\n{queries}}}\n\ntype Mutation {{\n{mutations}}}\n");
    text
}

/// The published definitions that belong to no object.
fn shared_types() -> String {
    let mut text = String::new();
    let singulars: Vec<String> =
        State::published_names().iter().map(|name| capitalised(name)).collect();
    for definition in PUBLISHED.split("\n\n") {
        let Some(head) = definition.trim_start().lines().next() else { continue };
        let name = head.split([' ', '(']).nth(1).unwrap_or_default();
        let own = name == "Query"
            || name == "Mutation"
            || singulars.iter().any(|singular| belongs(name, singular));
        if !own {
            text.push_str(definition);
            text.push_str("\n\n");
        }
    }
    text + ALSO
}

/// Is this one of the types of an object?
fn belongs(name: &str, singular: &str) -> bool {
    let Some(rest) = name.strip_prefix(singular) else { return false };
    rest.is_empty()
        || ["Edge", "Connection", "GroupBy", "Relation", "Connect", "WhereUnique", "Create"]
            .iter()
            .chain(&["Update", "Filter", "OrderBy"])
            .any(|end| rest.starts_with(end))
        || rest.ends_with("Enum")
        || rest.ends_with("EnumFilter")
        || rest.ends_with("WhereInput")
}

struct Writer<'a> {
    object: &'a Object,
    pascal: String,
}

impl Writer<'_> {
    /// What finds answer with, the enums among them.
    fn types(&self, text: &mut String) {
        let pascal = &self.pascal;
        let mut fields = String::new();
        for slot in self.object.slots() {
            match &slot {
                Slot::Plain(field) => {
                    let bang = if field.flag("isNullable") { "" } else { "!" };
                    let _ = writeln!(fields, "  {}: {}{bang}", field.name(), self.output(field));
                }
                Slot::Join { field, name, column, target } => {
                    let bang = if field.flag("isNullable") { "" } else { "!" };
                    let _ =
                        writeln!(fields, "  {column}: ID{bang}\n  {name}: {}", capitalised(target));
                }
                Slot::Reverse { name, target, .. } => {
                    let target = capitalised(target);
                    let _ = writeln!(
                        fields,
                        "  {name}({CONNECTION_ARGUMENTS}, filter: {target}FilterInput, orderBy: \
                         [{target}OrderByInput]): {target}Connection"
                    );
                }
            }
        }
        let aggregates = self.aggregates();
        let _ = write!(
            text,
            "type {pascal} {{\n{fields}}}\n\ntype {pascal}Edge {{\n  node: {pascal}!\n  cursor: \
             Cursor!\n}}\n\ntype {pascal}Connection {{\n{aggregates}  edges: [{pascal}Edge!]!\n  \
             pageInfo: PageInfo!\n}}\n\ntype {pascal}GroupByConnection {{\n{aggregates}  edges: \
             [{pascal}Edge!]!\n  pageInfo: PageInfo!\n  groupByDimensionValues: JSON!\n}}\n\n"
        );
        for field in &self.object.fields {
            if let Some(name) = self.enum_name(field) {
                let values = field.values().join("\n  ");
                let list = matches!(field.kind(), "SELECT" | "MULTI_SELECT" | "RATING");
                let values = if list && !values.is_empty() { values } else { ratings() };
                let _ = write!(
                    text,
                    "enum {name} {{\n  {values}\n}}\n\ninput {name}Filter {{\n  eq: {name}\n  neq: \
                     {name}\n  in: [{name}]\n  containsAny: [{name}]\n  is: FilterIs\n  \
                     isEmptyArray: Boolean\n}}\n\n"
                );
            }
        }
    }

    fn inputs(&self, text: &mut String) {
        let pascal = &self.pascal;
        let [create, update] = ["Create", "Update"].map(|verb| self.data_fields(verb));
        let filter = self.each(|field| self.filter(field), |_| "UUIDFilter", "FilterInput");
        let order = self.each(order, |_| "OrderByDirection", "OrderByInput");
        let ordered_groups =
            self.each(group_order, |_| "OrderByDirection", "OrderByWithGroupByInput");
        let group = self.group_fields();
        let aggregate = self.aggregate_order();
        let (unique, unique_parts) = self.unique();
        let _ = write!(
            text,
            "input {pascal}RelationInput {{\n  connect: {pascal}ConnectInput\n  disconnect: \
             Boolean\n}}\n\ninput {pascal}ConnectInput {{\n  where: {pascal}WhereUniqueInput\n}}\n\n\
             input {pascal}WhereUniqueInput {{\n  id: ID\n{unique}}}\n\n{unique_parts}\
             input {pascal}CreateInput {{\n{create}}}\n\ninput {pascal}UpdateInput {{\n{update}}}\n\n\
             input {pascal}FilterInput {{\n{filter}  and: [{pascal}FilterInput]\n  or: \
             [{pascal}FilterInput]\n  not: {pascal}FilterInput\n}}\n\n\
             input {pascal}OrderByInput {{\n{order}}}\n\n\
             input {pascal}OrderByWithGroupByInput {{\n  aggregate: \
             {pascal}OrderByWithGroupByAggregateInput\n{ordered_groups}}}\n\n\
             input {pascal}OrderByWithGroupByAggregateInput {{\n  totalCount: \
             OrderByDirection\n{aggregate}}}\n\n\
             input {pascal}GroupByInput {{\n{group}}}\n\n"
        );
    }

    /// Fields of an input that has one entry a slot: `plain` for values, `join` for id columns,
    /// and the other object's type of the same purpose for relations.
    fn each<'f>(
        &self,
        plain: impl Fn(&Field) -> String,
        join: impl Fn(&Field) -> &'f str,
        purpose: &str,
    ) -> String {
        let mut text = String::new();
        for slot in self.object.slots() {
            match &slot {
                Slot::Plain(field) => {
                    let _ = writeln!(text, "  {}: {}", field.name(), plain(field));
                }
                Slot::Join { field, name, column, target } => {
                    let target = capitalised(target);
                    let _ =
                        writeln!(text, "  {column}: {}\n  {name}: {target}{purpose}", join(field));
                }
                Slot::Reverse { .. } => {}
            }
        }
        text
    }

    fn data_fields(&self, verb: &str) -> String {
        let required = |field: &Field| {
            let bare = field.0.get("defaultValue").is_none_or(serde_json::Value::is_null);
            let must = verb == "Create" && bare && !field.flag("isNullable");
            if must { "!" } else { "" }
        };
        self.each(
            |field| format!("{}{}", self.input(field, verb), required(field)),
            |_| "ID",
            "RelationInput",
        )
    }

    fn queries(&self, text: &mut String) {
        let (pascal, singular, plural) = (&self.pascal, self.object.name(), self.object.plural());
        let _ = write!(
            text,
            "  {plural}({CONNECTION_ARGUMENTS}, filter: {pascal}FilterInput, orderBy: \
             [{pascal}OrderByInput]): {pascal}Connection\n  {singular}(filter: \
             {pascal}FilterInput!): {pascal}\n  {plural}GroupBy(groupBy: [{pascal}GroupByInput!]!, \
             filter: {pascal}FilterInput, orderBy: [{pascal}OrderByWithGroupByInput], \
             orderByForRecords: [{pascal}OrderByInput], viewId: UUID, limit: Int, \
             offsetForRecords: Int): [{pascal}GroupByConnection!]\n"
        );
        if self.has_duplicates() {
            let _ = writeln!(
                text,
                "  {singular}Duplicates(ids: [UUID], data: [{pascal}CreateInput]): \
                 [{pascal}Connection!]"
            );
        }
    }

    fn mutations(&self, text: &mut String) {
        let (one, many) = (&self.pascal, capitalised(self.object.plural()));
        let _ = write!(
            text,
            "  create{many}(data: [{one}CreateInput!]!, upsert: Boolean): [{one}!]\n  \
             create{one}(data: {one}CreateInput!, upsert: Boolean): {one}\n  \
             update{one}(id: UUID!, data: {one}UpdateInput!): {one}\n  \
             delete{one}(id: UUID!): {one}\n  \
             update{many}(data: {one}UpdateInput!, filter: {one}FilterInput!): [{one}!]\n  \
             delete{many}(filter: {one}FilterInput!): [{one}!]\n  \
             destroy{one}(id: UUID!): {one}\n  \
             destroy{many}(filter: {one}FilterInput!): [{one}!]\n  \
             restore{one}(id: UUID!): {one}\n  \
             restore{many}(filter: {one}FilterInput!): [{one}!]\n"
        );
        if self.has_duplicates() {
            let _ = writeln!(
                text,
                "  merge{many}(ids: [UUID!]!, conflictPriorityIndex: Int!, dryRun: Boolean): {one}"
            );
        }
    }

    fn has_duplicates(&self) -> bool {
        self.object.meta.get("duplicateCriteria").is_some_and(|criteria| !criteria.is_null())
    }

    fn enum_name(&self, field: &Field) -> Option<String> {
        matches!(field.kind(), "SELECT" | "MULTI_SELECT" | "RATING")
            .then(|| format!("{}{}Enum", self.pascal, capitalised(field.name())))
    }

    fn output(&self, field: &Field) -> String {
        match field.kind() {
            "FILES" => "[FileObject]".to_owned(),
            "MULTI_SELECT" => format!("[{}]", self.enum_name(field).unwrap_or_default()),
            _ => self.scalar(field),
        }
    }

    fn input(&self, field: &Field, verb: &str) -> String {
        match field.kind() {
            "FILES" => "[FileItemInput]".to_owned(),
            "UUID" if field.name() == "id" => "ID".to_owned(),
            "MULTI_SELECT" => format!("[{}]", self.enum_name(field).unwrap_or_default()),
            kind => composite(kind)
                .map_or_else(|| self.scalar(field), |name| format!("{name}{verb}Input")),
        }
    }

    fn scalar(&self, field: &Field) -> String {
        if let Some(name) = self.enum_name(field).or(composite(field.kind()).map(str::to_owned)) {
            return name;
        }
        let name = match field.kind() {
            "UUID" => "UUID",
            "NUMBER" if field.setting("dataType") == "int" => "Int",
            "NUMBER" => "Float",
            "NUMERIC" => "BigFloat",
            "BOOLEAN" => "Boolean",
            "DATE" => "Date",
            "DATE_TIME" => "DateTime",
            "RAW_JSON" => "JSON",
            "POSITION" => "Position",
            "TS_VECTOR" => "TSVector",
            "ARRAY" => "[String]",
            _ => "String",
        };
        name.to_owned()
    }

    fn filter(&self, field: &Field) -> String {
        if let Some(name) = self.enum_name(field) {
            return format!("{name}Filter");
        }
        if let Some(name) = composite(field.kind()) {
            return format!("{name}FilterInput");
        }
        let name = match field.kind() {
            "UUID" => "UUIDFilter",
            "NUMBER" if field.setting("dataType") == "int" => "IntFilter",
            "NUMBER" | "POSITION" => "FloatFilter",
            "NUMERIC" => "BigFloatFilter",
            "BOOLEAN" => "BooleanFilter",
            "DATE" => "DateFilter",
            "DATE_TIME" => "DateTimeFilter",
            "RAW_JSON" | "FILES" => "RawJsonFilter",
            "TS_VECTOR" => "TSVectorFilter",
            "ARRAY" => "ArrayFilter",
            _ => "StringFilter",
        };
        name.to_owned()
    }

    /// Keys a record can be connected by, and the types of those of composites.
    fn unique(&self) -> (String, String) {
        let (mut fields, mut parts) = (String::new(), String::new());
        for field in self.object.unique_fields() {
            let Some((_, keys)) = UNIQUE_PARTS.iter().find(|(kind, _)| *kind == field.kind())
            else {
                let _ = writeln!(fields, "  {}: {}", field.name(), self.scalar(field));
                continue;
            };
            let name = format!("{}{}WhereInput", self.pascal, capitalised(field.name()));
            let _ = writeln!(fields, "  {}: {name}", field.name());
            let keys = keys.join(": String\n  ");
            let _ = write!(parts, "input {name} {{\n  {keys}: String\n}}\n\n");
        }
        for field in self.object.fields.iter().filter(|field| self.is_unique_with_others(field)) {
            let kind = if field.is_relation() { "ID".to_owned() } else { self.scalar(field) };
            let _ = writeln!(fields, "  {}: {kind}", field.name());
        }
        (fields, parts)
    }

    /// Is it part of a unique index of several fields?
    fn is_unique_with_others(&self, field: &Field) -> bool {
        let indexes = self.object.meta.get("indexMetadataList").and_then(|list| list.as_array());
        indexes.into_iter().flatten().any(|index| {
            let members = index["indexFieldMetadataList"].as_array().map_or(&[][..], Vec::as_slice);
            index["isUnique"] == true
                && members.len() > 1
                && members.iter().any(|member| member["fieldMetadataId"] == *field.id())
        })
    }

    fn group_fields(&self) -> String {
        let mut text = String::new();
        for slot in self.object.slots() {
            let (name, kind) = match &slot {
                Slot::Plain(field) => (field.name().to_owned(), group(field)),
                Slot::Join { name, target, .. } => {
                    (name.clone(), Some(format!("{}GroupByInput", capitalised(target))))
                }
                Slot::Reverse { .. } => continue,
            };
            if let Some(kind) = kind {
                let _ = writeln!(text, "  {name}: {kind}");
            }
        }
        text
    }

    /// `totalCount` and what can be counted and summed of each field.
    fn aggregates(&self) -> String {
        let mut text = String::from("  totalCount: Int\n");
        for field in self.object.fields.iter().filter(|field| !field.is_relation()) {
            for (name, kind) in counts(field.name()).into_iter().chain(measures(field)) {
                let _ = writeln!(text, "  {name}: {kind}");
            }
        }
        for slot in self.object.slots() {
            if let Slot::Join { field, name, .. } = &slot
                && field.kind() == "MORPH_RELATION"
            {
                for (name, kind) in counts(name) {
                    let _ = writeln!(text, "  {name}: {kind}");
                }
            }
        }
        text
    }

    fn aggregate_order(&self) -> String {
        let mut text = String::new();
        for slot in self.object.slots() {
            match &slot {
                Slot::Plain(field) => {
                    for (name, _) in counts(field.name()).into_iter().chain(measures(field)) {
                        let _ = writeln!(text, "  {name}: OrderByDirection");
                    }
                }
                Slot::Join { name, column, target, .. } => {
                    let target = capitalised(target);
                    let _ = writeln!(
                        text,
                        "  {column}: OrderByDirection\n  {name}: {target}OrderByInput"
                    );
                }
                Slot::Reverse { .. } => {}
            }
        }
        text
    }
}
