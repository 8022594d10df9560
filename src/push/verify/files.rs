//! Attachments against `files.csv`: name, category, time, the records that show them and, when asked, their content, which
//! is hashed as it comes and never held. It must not judge files the bundle does not hold.

use super::bound::Draw;
use super::findings::{Finding, Kind};
use super::{Check, Counts};
use crate::error::{Error, Result};
use crate::push::client::Refusal;
use crate::push::journal::{FileEntry, FileState};
use crate::push::live::LiveObject;
use crate::push::progress::Said;
use crate::push::refused;
use crate::push::target::LOOK;
use crate::push::value::Difference;
use csv::StringRecord;
use hashbrown::HashMap;
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::io::Write;

/// Columns of `files.csv` that name a row of the bundle, and its object.
const TARGETS: &[(&str, &str)] = &[
    ("task", "task"),
    ("note", "note"),
    ("person", "person"),
    ("company", "company"),
    ("opportunity", "opportunity"),
];

/// One line of `files.csv`.
struct Line {
    cells: StringRecord,
}

/// Where each column of `files.csv` is.
struct Head(HashMap<String, usize>);

impl Head {
    fn of<'l>(&self, line: &'l Line, name: &str) -> &'l str {
        self.0.get(name).and_then(|at| line.cells.get(*at)).unwrap_or_default()
    }
}

impl Head {
    /// Object and Close id of the rows that show the file.
    fn targets<'l>(&'l self, line: &'l Line) -> impl Iterator<Item = (&'l str, &'l str)> {
        let other = (self.of(line, "object"), self.of(line, "object_id"));
        let named = TARGETS.iter().map(|(header, object)| (*object, self.of(line, header)));
        named.chain([other]).filter(|(_, close_id)| !close_id.is_empty())
    }
}

/// Hashes what comes by.
struct Hash(Sha256);

impl Write for Hash {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Check<'_> {
    /// The attachments that are drawn.
    pub(super) fn files(&mut self, mut draw: Draw) -> Result<Counts> {
        let Some(index) = &self.manifest.attachments.index else { return Ok(Counts::default()) };
        let mut counts = Counts { step: "files".to_owned(), rows: index.rows, ..Counts::default() };
        let unreadable = |e: csv::Error| Error {
            source: Some(Box::new(e)),
            ..Error::failed("C2T-E345", "the file cannot be read as CSV")
                .at(self.bundle.path(&index.path))
                .fix("take the bundle as it was written")
        };
        let mut reader = csv::Reader::from_reader(self.bundle.read(&index.path)?);
        let names = reader.headers().map_err(unreadable)?;
        let head = Head(names.iter().enumerate().map(|(at, name)| (name.to_owned(), at)).collect());
        let mut window = Vec::new();
        for cells in reader.into_records() {
            let line = Line { cells: cells.map_err(unreadable)? };
            if !draw.take() {
                continue;
            }
            self.looked_at += 1;
            if head.of(&line, "status") == "attached" {
                window.push(line);
            }
            if window.len() >= LOOK {
                self.files_window(&head, &std::mem::take(&mut window), &mut counts)?;
            }
        }
        self.files_window(&head, &window, &mut counts)?;
        Ok(counts)
    }

    fn files_window(&mut self, head: &Head, lines: &[Line], counts: &mut Counts) -> Result<()> {
        if lines.is_empty() {
            return Ok(());
        }
        let ids: Vec<&str> = lines.iter().map(|line| head.of(line, "id")).collect();
        let known = self.journal.files(ids.iter().copied())?;
        let object = self.target.object("attachment")?;
        let found = self
            .target
            .find(object, json!({ "id": { "in": ids } }), &selection(object))
            .map_err(|e| refused(e, "reading attachments back"))?;
        let id = |record: &Value| record["id"].as_str().map(str::to_owned);
        let found: HashMap<String, Value> =
            found.into_iter().filter_map(|record| Some((id(&record)?, record))).collect();
        for line in lines {
            let id = head.of(line, "id");
            self.file(object, head, line, (known.get(id), found.get(id)), counts)?;
            self.target.listener.hear(&Said::Step { done: 1 });
        }
        Ok(())
    }

    fn file(
        &mut self,
        object: &LiveObject,
        head: &Head,
        line: &Line,
        (entry, record): (Option<&FileEntry>, Option<&Value>),
        counts: &mut Counts,
    ) -> Result<()> {
        let (id, close_id) = (head.of(line, "id"), head.of(line, "close_id"));
        if entry.is_some_and(|entry| entry.state == FileState::Rejected) {
            counts.rejected += 1;
            return Ok(());
        }
        if entry.is_none() && record.is_none() && !self.has_a_place(head, line)? {
            counts.waiting += 1;
            return Ok(());
        }
        let Some(record) = record.filter(|record| record["deletedAt"].is_null()) else {
            counts.missing += 1;
            self.wrong += 1;
            let finding = Finding::about("attachment", close_id, id, Kind::FileMissing);
            return self.out.findings.add(&finding);
        };
        counts.compared += 1;
        let mut right = true;
        for difference in self.file_differences(object, head, line, record, counts)? {
            right = false;
            self.out.findings.add(&Finding::value("attachment", close_id, id, &difference))?;
        }
        if self.options.files
            && let Some((kind, found)) = self.content(head.of(line, "sha256"), record)?
        {
            right = false;
            let expected = json!(head.of(line, "sha256"));
            let about = Finding::about("attachment", close_id, id, kind);
            self.out.findings.add(&Finding {
                field: "sha256".to_owned(),
                expected,
                found,
                ..about
            })?;
        }
        *(if right { &mut counts.equal } else { &mut counts.different }) += 1;
        self.wrong += u64::from(!right);
        Ok(())
    }

    /// Whether a record that shows the file is there: without one it waits.
    fn has_a_place(&self, head: &Head, line: &Line) -> Result<bool> {
        for (target, close_id) in head.targets(line) {
            if self.journal.id_of(target, close_id)?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn file_differences(
        &self,
        object: &LiveObject,
        head: &Head,
        line: &Line,
        record: &Value,
        counts: &mut Counts,
    ) -> Result<Vec<Difference>> {
        let instant = |text: &str| text.parse::<Timestamp>().ok().map(Timestamp::as_millisecond);
        let mut differences = Vec::new();
        let mut differs = |field: &str, header: &str, expected: Value| {
            let (field, header, found) =
                (field.to_owned(), header.to_owned(), record[field].clone());
            differences.push(Difference { field, sub_field: None, header, expected, found });
        };
        for (field, header) in [("name", "name"), ("fileCategory", "category")] {
            let expected = head.of(line, header);
            let is_there = object.field(field).is_some() && !expected.is_empty();
            if is_there && record[field] != *expected {
                differs(field, header, json!(expected));
            }
        }
        let at = head.of(line, "uploaded_at");
        let there = record["createdAt"].as_str().and_then(instant);
        if instant(at).is_some_and(|at| there != Some(at)) {
            differs("createdAt", "uploaded_at", json!(at));
        }
        for (target, close_id) in head.targets(line) {
            let Some(column) = object.target_column(target) else { continue };
            match self.journal.id_of(target, close_id)? {
                Some(id) if record[column.as_str()] == id.to_string() => {}
                Some(id) => differs(&column, target, json!(id.to_string())),
                None => counts.waiting += 1,
            }
        }
        Ok(differences)
    }

    /// What is wrong with the content; nothing when it is the bundle's.
    fn content(&self, sha256: &str, record: &Value) -> Result<Option<(Kind, Value)>> {
        let Some(url) = record["file"][0]["url"].as_str() else {
            return Ok(Some((Kind::FileMissing, Value::Null)));
        };
        let mut hash = Hash(Sha256::new());
        match self.target.client.fetch(url, &mut hash) {
            Ok(_) => {
                let found = format!("{:x}", hash.0.finalize());
                Ok((found != sha256).then(|| (Kind::FileDiffers, json!(found))))
            }
            Err(Refusal::Data(fault)) => Ok(Some((Kind::FileMissing, json!(fault.message)))),
            Err(refusal) => Err(refused(refusal, "downloading a file")),
        }
    }
}

/// What is read of an attachment: older versions have neither category nor files of their own (`twenty-api.md` §12.1).
fn selection(object: &LiveObject) -> String {
    let mut wanted = vec!["id".to_owned(), "deletedAt".to_owned(), "createdAt".to_owned()];
    for (field, part) in
        [("name", "name"), ("fileCategory", "fileCategory"), ("file", "file { fileId url }")]
    {
        if object.field(field).is_some_and(|field| field.is_active) {
            wanted.push(part.to_owned());
        }
    }
    let targets = object
        .fields
        .iter()
        .flat_map(|field| field.morph.iter().chain(field.relation.as_ref()))
        .filter_map(|relation| object.target_column(&relation.target));
    let mut targets: Vec<String> = targets.collect();
    targets.sort_unstable();
    targets.dedup();
    wanted.extend(targets);
    wanted.join(" ")
}
