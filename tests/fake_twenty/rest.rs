//! The part of `/rest` that was recorded: lists, single records, batches, deletes, `OpenAPI`.

use super::failure::Failure;
use super::filters;
use super::http::{Reply, Request};
use super::permissions::{Caller, identify};
use super::records;
use super::server::{Account, Twenty};
use super::state::{Object, Row, Slot, State, capitalised};
use serde_json::{Map, Value, json};

pub fn answer(twenty: &Twenty, request: &Request, account: &mut Account) -> Reply {
    let caller = match identify(request.header("authorization")) {
        Ok(caller) => caller,
        Err(stranger) => {
            let (status, body) = stranger.rest();
            account.code = body["error"].as_str().map(str::to_owned);
            return Reply::json(status, &body);
        }
    };
    if request.path == "/rest/open-api/core" {
        let max = twenty.lock().settings.batch_maximum;
        return Reply::json(200, &open_api(max));
    }
    if let Err(failure) = twenty.throttled() {
        account.refused = true;
        account.code = Some(failure.code());
        return throttled(&failure);
    }
    match records_request(&mut twenty.lock(), request, &caller) {
        Ok((status, body)) => Reply::json(status, &body),
        Err(failure) => {
            account.code = Some(failure.code());
            Reply::json(failure.rest.0, &failure.rest_body())
        }
    }
}

/// 429; later versions say when to come again.
fn throttled(failure: &Failure) -> Reply {
    let mut body = failure.rest_body();
    let Some(wait) = failure.extensions.get("retryAfterMs").and_then(Value::as_u64) else {
        return Reply::json(429, &body);
    };
    let seconds = wait.div_ceil(1000);
    body["retryAfterSeconds"] = json!(seconds);
    let headers = vec![
        ("Content-Type".to_owned(), "application/json; charset=utf-8".to_owned()),
        ("Retry-After".to_owned(), seconds.to_string()),
    ];
    Reply::Answer { status: 429, headers, body: body.to_string().into_bytes() }
}

fn open_api(max: usize) -> Value {
    json!({"openapi": "3.1.1", "info": {"title": "Twenty Api", "version": "v0.1"},
        "components": {"parameters": {"limit": {"name": "limit", "in": "query", "required": false,
            "schema": {"type": "integer", "minimum": 0, "maximum": max, "default": 60}}}}})
}

fn records_request(
    state: &mut State,
    request: &Request,
    caller: &Caller,
) -> Result<(u16, Value), Failure> {
    let path: Vec<&str> = request.path.trim_start_matches("/rest/").split('/').collect();
    let (batch, rest) = match path.as_slice() {
        ["batch", rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    let plural = rest.first().copied().unwrap_or_default();
    let object = state.object_by_plural(plural).cloned().ok_or_else(|| {
        Failure::new(format!("object '{plural}' not found. eg: companies"), "BAD_USER_INPUT")
    })?;
    let id = rest.get(1).copied();
    let body = serde_json::from_slice::<Value>(&request.body).unwrap_or_default();
    let upsert = request.parameter("upsert").as_deref() == Some("true");
    let (one, many) = (capitalised(object.name()), capitalised(object.plural()));
    if request.method != "GET" {
        caller.may_change(&object)?;
    }
    match (request.method.as_str(), batch, id) {
        ("GET", false, None) => list(state, &object, request),
        ("GET", false, Some(id)) => {
            let row = state.live_row(object.name(), id).ok_or_else(Failure::not_found)?;
            Ok((200, named(object.name(), record(state, &object, row))))
        }
        ("POST", true, None) => {
            let data = body.as_array().cloned().unwrap_or_default();
            let ids = records::create(state, &object, &data, upsert, caller)?;
            let rows: Value = ids
                .iter()
                .filter_map(|id| state.row(object.name(), id))
                .map(|row| record(state, &object, row))
                .collect();
            Ok((201, named(&format!("create{many}"), rows)))
        }
        ("POST", false, None) => {
            let ids = records::create(state, &object, &[body], upsert, caller)?;
            let row = ids.first().and_then(|id| state.row(object.name(), id));
            let row = row.map(|row| record(state, &object, row)).unwrap_or_default();
            Ok((201, named(&format!("create{one}"), row)))
        }
        ("PUT" | "PATCH", false, Some(id)) => {
            records::update_one(state, &object, id, &body, caller)?;
            let row = state.row(object.name(), id).ok_or_else(Failure::not_found)?;
            Ok((200, named(&format!("update{one}"), record(state, &object, row))))
        }
        ("DELETE", false, Some(id)) => {
            state.row(object.name(), id).ok_or_else(Failure::not_found)?;
            let ids = [id.to_owned()];
            if request.parameter("soft_delete").as_deref() == Some("true") {
                records::set_deleted(state, &object, &ids, true);
            } else {
                records::destroy(state, &object, &ids);
            }
            Ok((200, named(&format!("delete{one}"), json!({"id": id}))))
        }
        _ => Err(Failure::new("This call was never recorded", "BAD_USER_INPUT")),
    }
}

fn named(name: &str, value: Value) -> Value {
    let mut data = Map::new();
    data.insert(name.to_owned(), value);
    json!({"data": data})
}

fn list(state: &State, object: &Object, request: &Request) -> Result<(u16, Value), Failure> {
    let filter = request.parameter("filter").map_or(Value::Null, |text| read_filter(&text));
    let limit = request.parameter("limit").and_then(|text| text.parse().ok()).unwrap_or(60);
    let found = filters::find(state, object, &filter)?;
    let criteria = filters::criteria(&Value::Null);
    let mut rows: Vec<&Row> = found.iter().filter_map(|id| state.row(object.name(), id)).collect();
    let keys = |row: &Row| filters::sort_keys(state, object, row, &criteria);
    rows.sort_by(|a, b| filters::compare_keys(&keys(a), &keys(b), &criteria));
    let total = rows.len();
    rows.truncate(limit);
    let cursor = |row: Option<&&Row>| row.map(|row| super::find::cursor(&keys(row)));
    let info = json!({"hasNextPage": total > rows.len(), "hasPreviousPage": false,
        "startCursor": cursor(rows.first()), "endCursor": cursor(rows.last())});
    let shown: Value = rows.iter().map(|row| record(state, object, row)).collect();
    let mut body = named(object.plural(), shown);
    body["totalCount"] = json!(total);
    body["pageInfo"] = info;
    Ok((200, body))
}

/// `closeId[eq]:cont_0`, `id[in]:["a","b"]`; several with commas between are all meant.
fn read_filter(text: &str) -> Value {
    let rule = regex::Regex::new(r"([A-Za-z0-9_.]+)\[(\w+)\]:(\[[^\]]*\]|[^,]*)").expect("a rule");
    let one = |found: regex::Captures<'_>| {
        let (path, comparator, text) = (&found[1], &found[2], &found[3]);
        let operand =
            serde_json::from_str(text).unwrap_or_else(|_| json!(text.trim_matches(['"', '\''])));
        let mut condition = Map::new();
        condition.insert(comparator.to_owned(), operand);
        path.rsplit('.').fold(Value::Object(condition), |inner, key| {
            let mut outer = Map::new();
            outer.insert(key.to_owned(), inner);
            Value::Object(outer)
        })
    };
    let all: Vec<Value> = rule.captures_iter(text).map(one).collect();
    json!({"and": all})
}

/// A record with all its columns.
fn record(state: &State, object: &Object, row: &Row) -> Value {
    let mut shown = Map::new();
    for slot in object.slots() {
        let key = match &slot {
            Slot::Plain(field) => field.name().to_owned(),
            Slot::Join { column, .. } => column.clone(),
            Slot::Reverse { .. } => continue,
        };
        let value = row.get(&key).cloned().unwrap_or_default();
        shown.insert(key.clone(), super::uploads::shown(state, &key, value));
    }
    Value::Object(shown)
}
