//! What of a record is in the archive. A line is parsed only when it holds the id at all. It must not hold more than
//! one line.

use super::{Archived, Story, TOLD};
use crate::bundle::Bundle;
use crate::error::{Error, Result};
use crate::event::excerpt;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};

/// A line longer than the largest record is none.
const LONGEST: u64 = 300 << 20;

/// Reads every file of the archive.
pub(super) fn read(bundle: &Bundle, story: &mut Story) -> Result<()> {
    let names: Vec<&str> = bundle.names().filter(|name| name.starts_with("archive/")).collect();
    for name in names {
        let io = |e| Error::io("cannot read the bundle", &bundle.path(name), e);
        let mut input = BufReader::new(bundle.read(name)?);
        let finder = memchr::memmem::Finder::new(story.id.as_bytes()).into_owned();
        let (mut line, mut number) = (Vec::new(), 0);
        loop {
            line.clear();
            if input.by_ref().take(LONGEST).read_until(b'\n', &mut line).map_err(io)? == 0 {
                break;
            }
            number += 1;
            if finder.find(&line).is_some()
                && let Ok(value) = serde_json::from_slice::<Value>(&line)
            {
                see(story, name, number, &value);
            }
        }
    }
    Ok(())
}

fn see(story: &mut Story, name: &str, line: u64, value: &Value) {
    if value["lead"] == story.id.as_str() {
        *story.archived_below.entry(name.to_owned()).or_default() += 1;
    }
    if value["id"] != story.id.as_str() || story.archived.len() >= TOLD {
        return;
    }
    let why = match value["why"].as_str() {
        Some(why) => why.to_owned(),
        // Cells longer than a cell can be.
        None => format!("the whole text of {}", value["header"].as_str().unwrap_or("a cell")),
    };
    let whole = value.get("record").is_some();
    let values = value["values"].as_object().into_iter().flatten();
    let values: BTreeMap<String, String> =
        values.map(|(place, value)| (place.clone(), shown(value))).collect();
    story.archived.push(Archived { file: name.to_owned(), line, why, whole, values });
}

/// A value on one line.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => excerpt(text),
        other => excerpt(&other.to_string()),
    }
}
