//! `push-rejects.csv`: the rows the target has refused, as a table that a person repairs and `push --rejects` takes. Its
//! first columns say which step a row belongs to and why it was refused; the others are the columns of the steps
//! concerned, each once. It must not repair anything.

use super::journal::Journal;
use super::records::{Repairs, step_name};
use crate::bundle::manifest::{Manifest, Step};
use crate::error::{Error, Result};
use csv::StringRecord;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Name of the file, in the journal's folder.
pub const FILE: &str = "push-rejects.csv";
/// Columns that are not of the rows.
const HEAD: [&str; 4] = ["Step", "Reject Code", "Reject Reason", "Reject Column"];

/// Writes the list anew, and returns where it is and how many rows it has; removes it when nothing is refused.
///
/// # Errors
/// When the file or the journal fails.
pub fn write(journal: &Journal, manifest: &Manifest) -> Result<Option<(PathBuf, u64)>> {
    let path = journal.folder().join(FILE);
    let known = journal.steps()?;
    let mut found = Vec::new();
    for step in &manifest.steps {
        let Some((key, ..)) = known.iter().find(|(_, name, _)| name == step_name(step)) else {
            continue;
        };
        let rejects = journal.rejects(*key)?;
        if !rejects.is_empty() {
            found.push((step, rejects));
        }
    }
    let io = |e| Error::io("cannot write the list of rejects", &path, e);
    if found.is_empty() {
        return match std::fs::remove_file(&path) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(io(e)),
            _ => Ok(None),
        };
    }
    let headers = headers(found.iter().map(|(step, _)| *step));
    // Whole or as it was: written beside its place and renamed.
    let new = path.with_extension("csv.new");
    let mut writer = csv::WriterBuilder::new()
        .quote_style(csv::QuoteStyle::Always)
        .from_writer(std::fs::File::create(&new).map_err(io)?);
    let mut rows = 0;
    writer
        .write_record(HEAD.iter().copied().chain(headers.iter().copied()))
        .map_err(Error::report)?;
    for (step, rejects) in &found {
        for reject in rejects {
            let own = [
                step_name(step),
                reject.code.as_str(),
                reject.why.as_str(),
                reject.header.as_deref().unwrap_or_default(),
            ];
            let cells = headers.iter().map(|header| {
                let at = step.columns.iter().position(|column| column.header == *header);
                at.and_then(|at| reject.cells.get(at)).map_or("", String::as_str)
            });
            writer.write_record(own.into_iter().chain(cells)).map_err(Error::report)?;
            rows += 1;
        }
    }
    writer.flush().map_err(io)?;
    writer.into_inner().map_err(|e| io(e.into_error()))?.flush().map_err(io)?;
    std::fs::rename(&new, &path).map_err(io)?;
    Ok(Some((path, rows)))
}

/// The columns of these steps, each header once, in the steps' order.
fn headers<'s>(steps: impl Iterator<Item = &'s Step>) -> Vec<&'s str> {
    let mut headers: Vec<&str> = Vec::new();
    for step in steps {
        for column in &step.columns {
            if !headers.contains(&column.header.as_str()) {
                headers.push(&column.header);
            }
        }
    }
    headers
}

/// Reads a repaired list.
///
/// # Errors
/// `C2T-E348` when it is no such list or names a step the bundle does not have.
pub fn read(path: &Path, manifest: &Manifest) -> Result<Repairs> {
    let wrong = |what: String| {
        Error::usage("C2T-E348", what)
            .at(path)
            .fix(format!("give the {FILE} that `push` has left, with cells repaired and its first columns as they were"))
    };
    let unreadable = |e: csv::Error| wrong(format!("the list of rejects cannot be read ({e})"));
    let mut reader = csv::Reader::from_path(path).map_err(unreadable)?;
    let headers: Vec<String> = reader
        .headers()
        .map_err(unreadable)?
        .iter()
        .map(|h| h.trim_start_matches('\u{feff}').to_owned())
        .collect();
    if headers.first().map(String::as_str) != Some(HEAD[0]) {
        return Err(wrong(format!("the first column is not {}", HEAD[0])));
    }
    let mut repairs = Repairs::default();
    for (line, row) in (2..).zip(reader.records()) {
        let row = row.map_err(unreadable)?;
        let name = row.get(0).unwrap_or_default();
        let Some(step) = manifest.steps.iter().find(|step| step_name(step) == name) else {
            return Err(wrong(format!("line {line}: the bundle has no step `{name}`")));
        };
        let cells: StringRecord = step
            .columns
            .iter()
            .map(|column| {
                let at = headers.iter().position(|header| *header == column.header);
                at.and_then(|at| row.get(at)).unwrap_or_default()
            })
            .collect();
        repairs.0.entry(name.to_owned()).or_default().push(cells);
    }
    Ok(repairs)
}
