//! `/graphql`: a document of record fields, each one answered by reads or writes.

use super::failure::Failure;
use super::find::Reader;
use super::graphql::{Document, arguments};
use super::http::{Reply, Request};
use super::permissions::{Caller, Stranger, identify};
use super::server::{Account, Twenty, bad_json, done, split};
use super::state::{Object, Row, State, capitalised};
use super::{filters, records};
use apollo_compiler::executable::Field;
use serde_json::{Map, Value, json};

/// Fields of `/graphql` that no object has and that only people may use (`workflow.deactivate`).
const FOR_USERS: &[&str] = &["activateWorkflowVersion", "deactivateWorkflowVersion"];

impl Twenty {
    pub fn core_request(&self, request: &Request, account: &mut Account) -> Reply {
        let caller = match identify(request.header("authorization")) {
            Ok(caller) => caller,
            Err(Stranger::NoToken) => {
                let message = format!("Cannot query field \"{}\" on type \"Query\".", account.root);
                return done(account, &Failure::document(message, 1, 2));
            }
            Err(stranger) => return done(account, &stranger.graphql()),
        };
        let Ok(body) = serde_json::from_slice::<Value>(&request.body) else {
            return bad_json(account);
        };
        let (query, variables) = split(&body);
        self.lock().note_document("/graphql", &query);
        if FOR_USERS.contains(&account.root.as_str()) {
            let refused = Failure::forbidden_resource().graphql();
            return done(account, &json!({"errors": [refused], "data": null}));
        }
        let endpoint = self.core_endpoint();
        let document = match endpoint.read(&query, true) {
            Ok(document) => document,
            Err(invalid) => {
                self.lock().invalid.push(format!("/graphql: {}\n{query}", invalid.message));
                return done(account, &invalid.answer);
            }
        };
        let roots = document.root(&variables);
        let introspective = roots.iter().all(|field| field.name.starts_with("__"));
        if introspective {
            return done(account, &json!({"data": endpoint.introspect(&document)}));
        }
        // Two root fields cost one token as well (`twenty-observed.md §0.14`).
        let allowed = self.throttled();
        let mut data = Map::new();
        let mut errors = Vec::new();
        for field in roots {
            let key = field.response_key().to_string();
            let answered = match &allowed {
                Err(refused) => Err(refused.clone()),
                Ok(()) => self.core_field(&document, field, &variables, &caller, account),
            };
            match answered {
                Ok(value) => {
                    data.insert(key, value);
                }
                Err(failure) => {
                    account.refused = allowed.is_err();
                    errors.push(failure.graphql());
                    data.insert(key, Value::Null);
                }
            }
        }
        let mut answer = json!({"data": data});
        if !errors.is_empty() {
            answer["errors"] = json!(errors);
        }
        done(account, &answer)
    }

    fn core_field(
        &self,
        document: &Document,
        field: &Field,
        variables: &Map<String, Value>,
        caller: &Caller,
        account: &mut Account,
    ) -> Result<Value, Failure> {
        let mut state = self.lock();
        let name = field.name.as_str();
        if name == "__typename" {
            return Ok(json!(if document.is_mutation() { "Mutation" } else { "Query" }));
        }
        if !document.is_mutation() {
            let reader = Reader { state: &state, document, variables };
            if let Some(object) = state.object_by_plural(name) {
                return reader.connection(object, field);
            }
            if let Some(object) = state.object(name) {
                return reader.one(object, field);
            }
            let grouped = name.strip_suffix("GroupBy").and_then(|n| state.object_by_plural(n));
            return match grouped {
                Some(object) => reader.groups(object, field),
                None => Err(Failure::internal(format!("The fake knows no {name}"), "")),
            };
        }
        let (verb, object, many) = mutation(&state, name)
            .ok_or_else(|| Failure::internal(format!("The fake knows no {name}"), ""))?;
        caller.may_change(&object)?;
        let arguments = arguments(field, variables);
        let wanted = Wanted { verb, many, arguments: &arguments };
        let ids = wanted.apply(&mut state, &object, caller)?;
        account.rows = ids.len();
        let reader = Reader { state: &state, document, variables };
        let show = |(_, row): &(String, Row)| reader.record(&object, row, &field.selection_set);
        Ok(if many {
            ids.iter().map(show).collect()
        } else {
            ids.first().map(show).unwrap_or_default()
        })
    }
}

/// A mutation of records, its arguments read.
struct Wanted<'a> {
    verb: &'static str,
    many: bool,
    arguments: &'a Map<String, Value>,
}

impl Wanted<'_> {
    /// Does it, and gives the records as they are afterwards (or were, when they are gone).
    fn apply(
        &self,
        state: &mut State,
        object: &Object,
        caller: &Caller,
    ) -> Result<Vec<(String, Row)>, Failure> {
        let asked = |key: &str| self.arguments.get(key).cloned().unwrap_or_default();
        let upsert = asked("upsert") == json!(true);
        let ids = match (self.verb, self.many) {
            ("create", true) => {
                let data = asked("data").as_array().cloned().unwrap_or_default();
                records::create(state, object, &data, upsert, caller)?
            }
            ("create", false) => records::create(state, object, &[asked("data")], upsert, caller)?,
            ("update", true) => {
                records::update_many(state, object, &asked("filter"), &asked("data"), caller)?
            }
            ("update", false) => {
                let id = asked("id").as_str().unwrap_or_default().to_owned();
                records::update_one(state, object, &id, &asked("data"), caller)?;
                vec![id]
            }
            (verb, many) => found_for(state, object, verb, many, self.arguments)?,
        };
        let rows = |state: &State| -> Vec<(String, Row)> {
            let row =
                |id: &String| state.row(object.name(), id).map(|row| (id.clone(), row.clone()));
            ids.iter().filter_map(row).collect()
        };
        match self.verb {
            "delete" | "restore" => {
                records::set_deleted(state, object, &ids, self.verb == "delete");
            }
            "destroy" => {
                let before = rows(state);
                records::destroy(state, object, &ids);
                return Ok(before);
            }
            _ => {}
        }
        Ok(rows(state))
    }
}

/// The records a delete, destroy or restore falls on: soft-deleted ones too, but for delete.
fn found_for(
    state: &State,
    object: &Object,
    verb: &str,
    many: bool,
    arguments: &Map<String, Value>,
) -> Result<Vec<String>, Failure> {
    let asked = |key: &str| arguments.get(key).cloned().unwrap_or_default();
    if !many {
        let id = asked("id").as_str().unwrap_or_default().to_owned();
        let row = match verb {
            "delete" => state.live_row(object.name(), &id),
            _ => state.row(object.name(), &id),
        };
        return row.map(|_| vec![id]).ok_or_else(Failure::not_found);
    }
    let filter = asked("filter");
    let both = json!({"or": [{"deletedAt": {"is": "NULL"}}, {"deletedAt": {"is": "NOT_NULL"}}]});
    let filter = if verb == "delete" { filter } else { json!({"and": [filter, both]}) };
    filters::find(state, object, &filter)
}

/// `createPeople` is create, person, many.
fn mutation(state: &State, name: &str) -> Option<(&'static str, Object, bool)> {
    for verb in ["create", "update", "delete", "destroy", "restore"] {
        let Some(rest) = name.strip_prefix(verb) else { continue };
        for object in &state.objects {
            if capitalised(object.plural()) == rest {
                return Some((verb, object.clone(), true));
            }
            if capitalised(object.name()) == rest {
                return Some((verb, object.clone(), false));
            }
        }
    }
    None
}
