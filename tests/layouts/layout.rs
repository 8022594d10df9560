//! The layouts of exports: one world as the files each producer would write. It must not use the
//! library under test.

use super::world::{World, object, page};
use serde_json::{Map, Value, json};
use std::fmt::Write as _;

/// Files by name.
pub type Files = Vec<(String, Vec<u8>)>;

/// A layout's name, how it writes the world, and what of the world it cannot express.
pub struct Layout {
    pub name: &'static str,
    pub files: fn(&World) -> Files,
    /// The world as this layout can express it; the same for most.
    pub base: fn(&World) -> World,
}

/// Every layout. Where `base` is not `World::clone`, the layout is lossy.
pub const ALL: &[Layout] = &[
    Layout { name: "L1 leads with all nested", files: nested, base: World::clone },
    Layout { name: "L2 arrays of contacts and opportunities", files: parts, base: World::clone },
    Layout { name: "L3 one page", files: one_page, base: World::clone },
    Layout { name: "L4 array of pages", files: array_of_pages, base: World::clone },
    Layout { name: "L4 pages concatenated", files: pages_concatenated, base: World::clone },
    Layout { name: "L4 page per line", files: page_per_line, base: World::clone },
    Layout { name: "L4 file per page", files: file_per_page, base: World::clone },
    Layout { name: "L5 array per endpoint", files: endpoints, base: World::clone },
    Layout { name: "L6 activity exports", files: activity_exports, base: World::clone },
    Layout { name: "L7 lines", files: lines, base: World::clone },
    // The tap drops the dictionary of custom fields by name.
    Layout { name: "L8 Singer", files: singer, base: without_names },
    Layout { name: "L9 Airbyte protocol", files: airbyte, base: World::clone },
    Layout { name: "L9 Airbyte bare", files: airbyte_bare, base: World::clone },
    Layout { name: "L9 Airbyte rows", files: airbyte_rows, base: World::clone },
    Layout { name: "L9 Airbyte rows of text", files: airbyte_texts, base: World::clone },
    Layout { name: "L10 search pages", files: search, base: World::clone },
    Layout { name: "L11 groups", files: groups, base: World::clone },
    Layout { name: "L12 singles", files: singles, base: World::clone },
    Layout { name: "L13 object per file", files: per_object, base: World::clone },
    Layout { name: "L13 folder per lead", files: per_lead, base: World::clone },
    Layout { name: "L14 events beside", files: events, base: World::clone },
];

fn text(value: &Value) -> Vec<u8> {
    serde_json::to_vec(value).expect("JSON")
}

/// Settings and records outside leads, as pages; layouts that do not speak of them share this.
fn beside(world: &World) -> Files {
    let all = world.config.iter().chain(&world.loose);
    all.map(|(name, values)| match &values[..] {
        [only] if name == "organization.json" => (name.clone(), text(only)),
        _ => (name.clone(), text(&page(values, false))),
    })
    .collect()
}

fn with(mut files: Files, name: &str, bytes: Vec<u8>) -> Files {
    files.push((name.into(), bytes));
    files
}

fn array(values: &[Value]) -> Vec<u8> {
    text(&Value::Array(values.to_vec()))
}

fn nested(world: &World) -> Files {
    with(beside(world), "leads.json", array(&world.leads))
}

fn parts(world: &World) -> Files {
    let (leads, contacts) = world.without(&["contacts"]);
    let (leads, deals) = World { leads, ..world.clone() }.without(&["opportunities"]);
    let files = with(beside(world), "leads.json", array(&leads));
    with(with(files, "a-contacts.json", array(&contacts)), "deals.json", array(&deals))
}

fn one_page(world: &World) -> Files {
    with(beside(world), "leads.json", text(&page(&world.leads, false)))
}

/// Pages of ten leads.
fn pages(world: &World) -> Vec<Value> {
    let all: Vec<_> = world.leads.chunks(10).collect();
    let last = all.len() - 1;
    let page = |(n, leads): (usize, &&[Value])| json!({"data": leads, "has_more": n < last, "total_results": world.leads.len()});
    all.iter().enumerate().map(page).collect()
}

fn array_of_pages(world: &World) -> Files {
    with(beside(world), "leads.json", array(&pages(world)))
}

fn pages_concatenated(world: &World) -> Files {
    let all = pages(world).iter().flat_map(text).collect();
    with(beside(world), "leads.json", all)
}

fn page_per_line(world: &World) -> Files {
    let line = |page: &Value| [text(page), b"\n".to_vec()].concat();
    with(beside(world), "leads.json", pages(world).iter().flat_map(line).collect())
}

fn file_per_page(world: &World) -> Files {
    let mut files = beside(world);
    for (n, page) in pages(world).iter().enumerate() {
        files.push((format!("leads/page-{n}.json"), text(page)));
    }
    files
}

/// As closeio-backup writes them, with a line break behind each record.
fn endpoints(world: &World) -> Files {
    let mut files = Files::new();
    let all = world.flat().into_iter().chain(world.loose.clone()).chain(world.config.clone());
    for (name, values) in all.filter(|(_, values)| !values.is_empty()) {
        let records: Vec<String> = values.iter().map(ToString::to_string).collect();
        files.push((
            format!("by-endpoint/{name}"),
            format!("[\n{}\n]\n", records.join(",\n")).into(),
        ));
    }
    files
}

fn activity_exports(world: &World) -> Files {
    const EXPORTED: &[(&str, &str)] = &[
        ("Call", "call"),
        ("Created", "created"),
        ("Email", "email"),
        ("LeadStatusChange", "lead_status_change"),
        ("Note", "note"),
        ("OpportunityStatusChange", "opportunity_status_change"),
        ("SMS", "sms"),
        ("TaskCompleted", "task_completed"),
    ];
    let mut files = beside(world);
    let mut leads = world.leads.clone();
    for (kind, word) in EXPORTED {
        let mut found = Vec::new();
        for lead in &mut leads {
            if let Some(activities) = lead.get_mut("activities").and_then(Value::as_array_mut) {
                let of_kind = |activity: &mut Value| activity["_type"] == *kind;
                found.extend(activities.extract_if(.., of_kind));
            }
        }
        found.reverse();
        let name =
            format!("Nordlicht - {word} activity export between 2015-01-01 and 2026-01-01.json");
        let indented = serde_json::to_string_pretty(&found).expect("JSON");
        files.push((name, ascii(&indented)));
    }
    with(files, "leads.json", array(&leads))
}

/// Everything beyond ASCII escaped, as Python writes it.
fn ascii(text: &str) -> Vec<u8> {
    let mut out = String::new();
    for sign in text.chars() {
        if sign.is_ascii() {
            out.push(sign);
        } else {
            for unit in sign.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}").expect("text");
            }
        }
    }
    out.into_bytes()
}

/// Every record of the world with its stream.
fn records(world: &World) -> Vec<(String, Value)> {
    let all = world.flat().into_iter().chain(world.loose.clone()).chain(world.config.clone());
    let all = all.flat_map(|(name, values)| {
        let stream = name.trim_end_matches(".json").to_owned();
        values.into_iter().map(move |value| (stream.clone(), value))
    });
    all.collect()
}

fn each_line(lines: impl Iterator<Item = Value>) -> Vec<u8> {
    let mut out = Vec::new();
    for line in lines {
        out.extend(text(&line));
        out.push(b'\n');
    }
    out
}

fn lines(world: &World) -> Files {
    vec![("dump.ndjson".into(), each_line(records(world).into_iter().map(|(_, value)| value)))]
}

fn without_names(world: &World) -> World {
    let mut world = world.clone();
    for lead in &mut world.leads {
        lead.as_object_mut().expect("an object").shift_remove("custom");
    }
    world
}

/// What the tap makes of a record: custom values in a list, times in its own form, dates as midnight.
fn tapped(value: &Value, key: &str) -> Value {
    match value {
        Value::Array(items) => items.iter().map(|item| tapped(item, key)).collect(),
        Value::Object(fields) => {
            let is_lead =
                fields.get("id").and_then(Value::as_str).is_some_and(|id| id.starts_with("lead_"));
            let (mut out, mut customs) = (Map::new(), Vec::new());
            for (key, value) in fields {
                match key.strip_prefix("custom.").filter(|_| is_lead) {
                    Some(id) => customs.push(json!({"id": id, "value": value})),
                    None if key == "envelope" => drop(out.insert(key.clone(), value.clone())),
                    None => drop(out.insert(key.clone(), tapped(value, key))),
                }
            }
            if is_lead {
                out.insert("custom_fields".into(), customs.into());
            }
            Value::Object(out)
        }
        Value::String(text) if key.starts_with("date") || key == "due_date" => {
            let day = text.len() == 10;
            let utc =
                text.strip_suffix("+00:00").filter(|text| text.len() == 26 || text.len() == 19);
            match utc {
                _ if day => format!("{text}T00:00:00.000000Z").into(),
                Some(time) if time.len() == 19 => format!("{time}.000000Z").into(),
                Some(time) => format!("{time}Z").into(),
                None => value.clone(),
            }
        }
        other => other.clone(),
    }
}

fn singer(world: &World) -> Files {
    let mut lines = Vec::new();
    for stream in ["custom_fields", "leads", "activities", "tasks", "users"] {
        lines.push(json!({"type": "SCHEMA", "stream": stream, "schema": {"type": "object"}, "key_properties": ["id"]}));
        lines.push(json!({"type": "ACTIVATE_VERSION", "stream": stream, "version": 1}));
    }
    let message = |stream: &str, record: Value| json!({"type": "RECORD", "stream": stream, "record": record, "time_extracted": "2024-01-01T00:00:00.000000Z"});
    lines.extend(world.leads.iter().map(|lead| message("leads", tapped(lead, ""))));
    lines.push(json!({"type": "STATE", "value": {"bookmarks": {}}}));
    let (tap, rest): (Vec<_>, Vec<_>) = world
        .loose
        .iter()
        .cloned()
        .partition(|(name, _)| ["tasks.json", "detached_activities.json"].contains(&&**name));
    for (name, values) in &tap {
        let stream = if name.starts_with("task") { "tasks" } else { "activities" };
        lines.extend(values.iter().map(|value| message(stream, tapped(value, ""))));
    }
    // The tap knows no other streams: what they hold lies beside it as pages.
    let beside = beside(&World { loose: rest, ..world.clone() });
    with(beside, "singer.jsonl", each_line(lines.into_iter()))
}

fn airbyte(world: &World) -> Files {
    let log = |what: &str| json!({"type": "LOG", "log": {"level": "INFO", "message": what}});
    let mut lines =
        vec![log("starting"), json!({"type": "TRACE", "trace": {"type": "STREAM_STATUS"}})];
    for (n, (stream, data)) in records(world).into_iter().enumerate() {
        lines.push(
            json!({"type": "RECORD", "record": {"stream": stream, "data": data, "emitted_at": n}}),
        );
        if n % 50 == 0 {
            lines.push(json!({"type": "STATE", "state": {"type": "STREAM", "stream": {}}}));
        }
    }
    vec![("sync.jsonl".into(), each_line(lines.into_iter()))]
}

fn airbyte_bare(world: &World) -> Files {
    let line = |(stream, data)| json!({"stream": stream, "data": data, "emitted_at": 1});
    vec![("records.jsonl".into(), each_line(records(world).into_iter().map(line)))]
}

fn airbyte_rows(world: &World) -> Files {
    let line = |(_, data)| json!({"_airbyte_raw_id": "5e0", "_airbyte_extracted_at": 1, "_airbyte_meta": {}, "_airbyte_data": data});
    vec![("rows.jsonl".into(), each_line(records(world).into_iter().map(line)))]
}

fn airbyte_texts(world: &World) -> Files {
    let line = |(_, data): (String, Value)| json!({"_airbyte_ab_id": "5e0", "_airbyte_emitted_at": 1, "_airbyte_data": data.to_string()});
    vec![("rows.json".into(), array(&records(world).into_iter().map(line).collect::<Vec<_>>()))]
}

/// Search pages, and stripped copies of the same objects: what is not asked for is not there.
fn search(world: &World) -> Files {
    let mut files = beside(world);
    for (stream, values) in world.flat() {
        let typed = |value: &Value| {
            let mut out = Map::new();
            out.insert("__object_type".into(), stream.clone().into());
            out.extend(object(value).clone());
            Value::Object(out)
        };
        let typed: Vec<Value> = values.iter().map(typed).collect();
        for (n, part) in typed.chunks(40).enumerate() {
            let last = (n + 1) * 40 >= typed.len();
            let cursor = if last { Value::Null } else { "next".into() };
            let page = json!({"data": part, "cursor": cursor, "count": {"limited": typed.len(), "total": typed.len()}});
            files.push((format!("{stream}-{n}.json"), text(&page)));
        }
        if ["lead", "contact"].contains(&&*stream) {
            let strip = |value: &Value| json!({"__object_type": stream, "id": value["id"]});
            let stripped: Vec<Value> = values.iter().map(strip).collect();
            files.push((
                format!("ids-of-{stream}.json"),
                text(&json!({"data": stripped, "cursor": null})),
            ));
        }
    }
    files
}

fn groups(world: &World) -> Files {
    let (leads, deals) = world.without(&["opportunities"]);
    let mut groups: Vec<(String, Vec<Value>)> = Vec::new();
    for deal in deals {
        let key = deal["user_id"].to_string();
        match groups.iter_mut().find(|(known, _)| *known == key) {
            Some((_, list)) => list.push(deal),
            None => groups.push((key, vec![deal])),
        }
    }
    let total: usize = groups.iter().map(|(_, list)| list.len()).sum();
    let group = |(key, list): &(String, Vec<Value>)| json!({"key": key, "objects": list, "total_results": list.len(), "total_value_monthly": 0});
    let page = json!({"data": groups.iter().map(group).collect::<Vec<_>>(), "has_more": false, "total_results": total});
    let files = with(beside(world), "leads.json", array(&leads));
    with(files, "grouped.json", text(&page))
}

/// Settings one object a file, `/me/` and the schema of a type's fields; leads as lines.
fn singles(world: &World) -> Files {
    let mut files = beside(&World { config: Vec::new(), ..world.clone() });
    for (name, values) in &world.config {
        let stem = name.trim_end_matches(".json");
        if stem.starts_with("custom_fields_") {
            files.push((format!("schema/{stem}.json"), text(&json!({"fields": values}))));
            continue;
        }
        for (n, value) in values.iter().enumerate() {
            files.push((format!("{stem}/{n}.json"), text(value)));
        }
    }
    let users = world.config.iter().find(|(name, _)| name == "users.json").expect("users");
    let organization = world.config.iter().find(|(name, _)| name == "organization.json");
    let mut me = object(&users.1[0]).clone();
    me.insert("organizations".into(), organization.expect("an organisation").1.clone().into());
    let files = with(files, "me.json", text(&Value::Object(me)));
    with(files, "leads.jsonl", each_line(world.leads.iter().cloned()))
}

fn per_object(world: &World) -> Files {
    let mut files = Files::new();
    for (n, (stream, value)) in records(world).into_iter().enumerate() {
        let id = value["id"].as_str().map_or_else(|| n.to_string(), str::to_owned);
        files.push((format!("{stream}/{id}-{n}.json"), text(&value)));
    }
    files
}

fn per_lead(world: &World) -> Files {
    let mut files = beside(world);
    for lead in &world.leads {
        let id = lead["id"].as_str().expect("an id");
        let one = World { leads: vec![lead.clone()], loose: Vec::new(), config: Vec::new() };
        for (stream, values) in one.flat() {
            let bytes = if stream == "lead" { text(&values[0]) } else { array(&values) };
            files.push((format!("{id}/{stream}.json"), bytes));
        }
    }
    files
}

fn events(world: &World) -> Files {
    let event = |n: usize, lead: &Value| {
        let mut old = object(lead).clone();
        old.insert("name".into(), "A name long gone".into());
        json!({"id": format!("ev_{n}"), "object_type": "lead", "action": "updated", "object_id": lead["id"],
            "data": lead, "previous_data": {"name": "older"}, "date_created": "2024-01-01T00:00:00", "changed_fields": ["name"],
            "lead_id": lead["id"], "meta": {"old": old}})
    };
    let all: Vec<Value> =
        world.leads.iter().take(5).enumerate().map(|(n, lead)| event(n, lead)).collect();
    let hook = json!({"event": all[0], "subscription_id": "whsub_1"});
    let bare = json!({"object_type": "lead", "action": "deleted", "data": world.leads[0], "previous_data": {}});
    let page = json!({"data": all, "cursor_next": null, "cursor_previous": "x"});
    let files = with(nested(world), "event.json", text(&page));
    with(files, "hooks.jsonl", each_line([hook, bare].into_iter()))
}
