//! `explain`: what a diagnostic code means, or what became of one record.

use crate::bundle::Bundle;
use crate::cli::args::ExplainArgs;
use crate::cli::printer::Printer;
use crate::error::{Error, Result};
use crate::pipeline;
use crate::read::{Chunk, Sources};
use crate::report::codes::{self, Codes};
use crate::report::story::{self, Origin};
use serde_json::Value;
use std::path::PathBuf;

/// Copies of a record that are told.
const COPIES: usize = 5;
/// Bytes of a record that are shown.
const LONG: usize = 8 * 1024;

/// Runs the command.
///
/// # Errors
/// `C2T-E090` for an unknown code, `C2T-E091` for a record without its bundle, `C2T-E092` for one the bundle does not
/// know, `C2T-E093` when more than one record is asked for.
pub(super) fn run(args: &ExplainArgs, printer: &Printer) -> Result<u8> {
    if args.list {
        let all = Codes { codes: codes::all() };
        if printer.is_json() {
            printer.json(&all);
        } else {
            printer.result(&codes::list(&all.codes));
        }
        return Ok(0);
    }
    if args.what.iter().all(|word| codes::is_code(word)) {
        let found = args.what.iter().map(|word| code(word)).collect::<Result<Vec<_>>>()?;
        if printer.is_json() {
            printer.json(&Codes { codes: found });
        } else {
            printer.result(&codes::text(&found));
        }
        return Ok(0);
    }
    record(args, printer)
}

fn code(word: &str) -> Result<codes::Code> {
    codes::find(word).map_err(|near| {
        let fix = if near.is_empty() {
            "see all of them with `close2twenty explain --list`".to_owned()
        } else {
            format!("did you mean {}?", near.join(", "))
        };
        Error::usage("C2T-E090", format!("there is no code `{word}`")).fix(fix)
    })
}

fn record(args: &ExplainArgs, printer: &Printer) -> Result<u8> {
    let [id] = args.what.as_slice() else {
        let what = "only one record can be explained at a time, and no codes beside it";
        return Err(Error::usage("C2T-E093", what).fix("ask for one after the other"));
    };
    let Some(bundle) = &args.bundle else {
        let what = format!("`{id}` is no diagnostic code, and for a record the bundle is needed");
        return Err(Error::usage("C2T-E091", what)
            .fix(format!("name it: close2twenty explain {id} --bundle BUNDLE")));
    };
    let bundle = Bundle::open(bundle)?;
    let manifest = bundle.manifest()?;
    let origins = if args.export.is_empty() { Vec::new() } else { origins(&args.export, id)? };
    let story = story::tell(&bundle, &manifest, id, origins)?;
    if printer.is_json() {
        printer.json(&story);
    } else {
        printer.result(&story.text());
    }
    Ok(0)
}

/// Where a record stands in the export. Those that only name it are passed over.
fn origins(exports: &[PathBuf], id: &str) -> Result<Vec<Origin>> {
    let sources = Sources::find(exports)?.files;
    let pool = pipeline::pool(0)?;
    let quoted = memchr::memmem::Finder::new(id.as_bytes());
    let mut found = Vec::new();
    let look = |chunk: &Chunk| {
        let spans = chunk.records.iter();
        let hits = spans.filter_map(|span| {
            let bytes = chunk.bytes.get(span.start..span.end)?;
            quoted.find(bytes)?;
            let whole: Value = serde_json::from_slice(bytes).ok()?;
            let record = serde_json::to_string_pretty(within(&whole, id)?).ok()?;
            Some((chunk.source, chunk.offset + span.start as u64, record))
        });
        hits.collect::<Vec<_>>()
    };
    pipeline::first(&pool, &sources, look, |hits| {
        for (source, offset, record) in hits {
            if let Some(source) = sources.get(source).filter(|_| found.len() < COPIES) {
                let source = source.name.clone();
                found.push(Origin { source, offset, record: shortened(record) });
            }
        }
        Ok(())
    })?;
    Ok(found)
}

/// The object of this id, however deep it stands.
fn within<'v>(value: &'v Value, id: &str) -> Option<&'v Value> {
    match value {
        Value::Object(keys) if keys.get("id").is_some_and(|it| it == id) => Some(value),
        Value::Object(keys) => keys.values().find_map(|value| within(value, id)),
        Value::Array(items) => items.iter().find_map(|value| within(value, id)),
        _ => None,
    }
}

/// A record of readable length; cut, it says so.
fn shortened(mut record: String) -> String {
    if record.len() > LONG {
        record.truncate(record.floor_char_boundary(LONG));
        record.push_str("\n… (cut here)");
    }
    record
}
