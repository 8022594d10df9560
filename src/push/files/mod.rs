//! The files phase: every file of the bundle on the records that show it. A file id is handed out once and used once, and
//! each step is in the journal before the next, so that nothing is stored twice after a crash. It must not hold a file in
//! memory.

mod list;

pub use list::{Line, lines};

use super::client::{Fault, Refusal};
use super::journal::{FileEntry, FileState};
use super::live;
use super::live::LiveObject;
use super::progress::{Counts, Said};
use super::records::batch::{self, Send, Sent};
use super::target::{Target, Upserted};
use super::upload::{Began, Content, Routes, Uploads};
use super::{Halt, refused};
use crate::bundle::Bundle;
use crate::bundle::manifest::Manifest;
use crate::error::{Error, Result};
use crate::event::Notice;
use serde_json::{Map, Value, json};
use std::sync::{Mutex, PoisonError};

/// Files looked at together.
const WINDOW: usize = 200;
/// Files on their way at the same time. The server does not limit uploads.
const AT_ONCE: usize = 4;

/// Brings the files of the bundle to their records.
///
/// # Errors
/// When the bundle, the server or the journal fails.
pub fn run(
    target: &Target<'_>,
    bundle: &Bundle,
    manifest: &Manifest,
    retry: bool,
) -> Result<Counts> {
    let planned = manifest.attachments.attached;
    let mut counts = Counts {
        phase: "files".to_owned(),
        object: "attachments".to_owned(),
        planned,
        ..Counts::default()
    };
    if planned == 0 {
        return Ok(counts);
    }
    let attachment = target.object("attachment")?;
    let field = attachment.field("file").map(|field| field.id.clone()).ok_or_else(|| {
        Error::failed("C2T-E350", "this server keeps attachments in a way this program does not know")
            .fix("update Twenty, or push without files (--only schema,records,targets,timeline) and attach them by hand")
    })?;
    let mutations = live::metadata_type(target.client, "Mutation")
        .map_err(|e| refused(e, "asking how files are uploaded"))?;
    let note =
        |notice: Notice, why: &str| target.note(notice.code, format!("{}: {why}", notice.why));
    let routes = Routes::of(mutations.iter().map(String::as_str));
    let uploads = Uploads::new(target.client, &field, routes, &note);
    let run = Run { target, bundle, attachment, uploads, retry };
    let done = 0;
    let (phase, object) = (counts.phase.clone(), counts.object.clone());
    target.listener.hear(&Said::Phase { phase, object, planned, done });
    let mut window = Vec::new();
    for line in lines(bundle, manifest)? {
        window.push(line?);
        if window.len() >= WINDOW {
            run.window(&std::mem::take(&mut window), &mut counts)?;
        }
    }
    run.window(&window, &mut counts)?;
    target.listener.hear(&Said::Finished(counts.clone()));
    Ok(counts)
}

struct Run<'r> {
    target: &'r Target<'r>,
    bundle: &'r Bundle,
    attachment: &'r LiveObject,
    uploads: Uploads<'r>,
    retry: bool,
}

/// A file that is to be brought, and the columns of the records that show it.
struct Open {
    line: Line,
    columns: Map<String, Value>,
    entry: Option<FileEntry>,
}

/// A file the server has, ready to be attached.
struct Attach {
    entry: FileEntry,
    input: Value,
}

impl Run<'_> {
    /// Brings these files, and counts what became of them.
    fn window(&self, window: &[Line], counts: &mut Counts) -> Result<()> {
        if window.is_empty() {
            return Ok(());
        }
        let journal = self.target.journal;
        let known = journal.files(window.iter().map(|line| line.id.as_str()))?;
        let mut open = Vec::new();
        for line in window {
            let entry = known.get(&line.id);
            if entry.is_some_and(|entry| self.is_done(entry.state)) {
                continue;
            }
            let columns = self.columns(line)?;
            if columns.is_empty() {
                counts.waiting += 1;
            } else {
                open.push(Open { line: line.clone(), columns, entry: entry.cloned() });
            }
        }
        self.target.listener.hear(&Said::Step { done: (window.len() - open.len()) as u64 });
        self.leave_out_existing(&mut open)?;
        let stored = self.upload(&open)?;
        self.attach(&stored)?;
        for entry in journal.files(window.iter().map(|line| line.id.as_str()))?.values() {
            match entry.state {
                FileState::Created => counts.created += 1,
                FileState::Same => counts.unchanged += 1,
                FileState::Rejected => counts.rejected += 1,
                FileState::Began | FileState::Stored => {}
            }
        }
        Ok(())
    }

    fn is_done(&self, state: FileState) -> bool {
        match state {
            FileState::Created | FileState::Same => true,
            FileState::Rejected => !self.retry,
            FileState::Began | FileState::Stored => false,
        }
    }

    /// The target columns of the records that show the file and are there.
    fn columns(&self, line: &Line) -> Result<Map<String, Value>> {
        let mut columns = Map::new();
        for (object, close_id) in line.targets() {
            let Some(column) = self.attachment.target_column(object) else { continue };
            if let Some(id) = self.target.journal.id_of(object, close_id)? {
                columns.insert(column, json!(id.to_string()));
            }
        }
        Ok(columns)
    }

    /// Attachments that are there already, of a push whose journal is lost: to send them a new file would orphan it.
    fn leave_out_existing(&self, open: &mut Vec<Open>) -> Result<()> {
        let fresh: Vec<&str> = open
            .iter()
            .filter(|one| one.entry.as_ref().is_none_or(|entry| entry.state == FileState::Began))
            .map(|one| one.line.id.as_str())
            .collect();
        if fresh.is_empty() {
            return Ok(());
        }
        let filter = json!({ "id": { "in": fresh } });
        let found = self
            .target
            .find(self.attachment, filter, "id")
            .map_err(|e| refused(e, "looking for files that are there already"))?;
        let there: Vec<&str> = found.iter().filter_map(|record| record["id"].as_str()).collect();
        let mut same = Vec::new();
        open.retain(|one| {
            let is_there = there.contains(&one.line.id.as_str());
            if is_there {
                same.push(entry(&one.line.id, FileState::Same));
            }
            !is_there
        });
        self.target.journal.note_files(&same)?;
        self.target.listener.hear(&Said::Step { done: same.len() as u64 });
        Ok(())
    }

    /// Uploads these files, several at once, and returns what is to be attached.
    fn upload(&self, open: &[Open]) -> Result<Vec<Attach>> {
        let queue = Mutex::new(open.iter());
        let done: Mutex<(Vec<Attach>, Option<Error>)> = Mutex::default();
        std::thread::scope(|scope| {
            for _ in 0..AT_ONCE.min(open.len()) {
                scope.spawn(|| {
                    loop {
                        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).next();
                        let Some(one) = next else { return };
                        let came = self.one(one);
                        let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
                        match came {
                            Ok(attach) => done.0.extend(attach),
                            Err(error) => done.1 = done.1.take().or(Some(error)),
                        }
                        if done.1.is_some() {
                            return;
                        }
                    }
                });
            }
        });
        let (mut stored, failed) = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        // What is stored is attached even when another file ends the run: it cannot be used later than a day.
        stored.sort_by(|a, b| a.entry.id.cmp(&b.entry.id));
        match failed {
            Some(error) => {
                self.attach(&stored)?;
                Err(error)
            }
            None => Ok(stored),
        }
    }

    fn one(&self, one: &Open) -> Result<Option<Attach>> {
        let Open { line, columns, entry: known } = one;
        let content = Content {
            name: &line.name,
            content_type: &line.content_type,
            bytes: line.bytes.unwrap_or_default(),
            open: &|| line.open(self.bundle),
        };
        let journal = self.target.journal;
        let began = known.as_ref().and_then(|entry| entry.began.as_ref());
        let began: Option<Began> = began.and_then(|text| serde_json::from_str(text).ok());
        let mut remember = |began: &Began| {
            let state = match began {
                Began::Direct { .. } => FileState::Began,
                Began::Stored { .. } => FileState::Stored,
            };
            let text = serde_json::to_string(began).map_err(Error::report)?;
            journal.note_files(&[FileEntry { began: Some(text), ..entry(&line.id, state) }])
        };
        match self.uploads.send(&content, began, &mut remember) {
            Ok(uploaded) => {
                let entry = FileEntry {
                    file_id: Some(uploaded.file_id.clone()),
                    sent_as: Some(uploaded.sent_as),
                    ..entry(&line.id, FileState::Stored)
                };
                let input = self.input(line, columns, &uploaded.file_id);
                Ok(Some(Attach { entry, input }))
            }
            Err(Halt::Server(Refusal::Data(fault) | Refusal::TooLarge(fault))) => {
                self.reject(&line.id, &fault)?;
                Ok(None)
            }
            Err(halt) => Err(halt.into_error("uploading files")),
        }
    }

    fn reject(&self, id: &str, fault: &Fault) -> Result<()> {
        let refused = FileEntry { why: Some(fault.to_string()), ..entry(id, FileState::Rejected) };
        self.target.note("C2T-E351", format!("the file {id} was refused: {fault}"));
        self.target.listener.hear(&Said::Step { done: 1 });
        self.target.journal.note_files(&[refused])
    }

    /// The attachment record: the original name stays, whatever name the file was sent under.
    fn input(&self, line: &Line, columns: &Map<String, Value>, file_id: &str) -> Value {
        let mut input = columns.clone();
        let mut put = |key: &str, value: Value| {
            if self.attachment.field(key).is_some() {
                input.insert(key.to_owned(), value);
            }
        };
        put("id", json!(line.id));
        put("name", json!(line.name));
        put("file", json!([{ "fileId": file_id, "label": line.name }]));
        put("createdBy", json!({ "source": "IMPORT" }));
        if !line.category.is_empty() {
            put("fileCategory", json!(line.category));
        }
        if !line.uploaded_at.is_empty() {
            put("createdAt", json!(line.uploaded_at));
            put("updatedAt", json!(line.uploaded_at));
        }
        Value::Object(input)
    }

    fn attach(&self, stored: &[Attach]) -> Result<()> {
        for part in stored.chunks(self.target.rows()) {
            batch::send(&mut Sender { run: self }, part)
                .map_err(|halt| halt.into_error("attaching files"))?;
        }
        Ok(())
    }
}

fn entry(id: &str, state: FileState) -> FileEntry {
    FileEntry { id: id.to_owned(), state, began: None, file_id: None, sent_as: None, why: None }
}

struct Sender<'s, 'r> {
    run: &'s Run<'r>,
}

impl Send<Attach> for Sender<'_, '_> {
    fn send(&mut self, batch: &[Attach]) -> std::result::Result<Sent, Halt> {
        let target = self.run.target;
        let data: Vec<&Value> = batch.iter().map(|one| &one.input).collect();
        if let Upserted::AtMost(rows) = target.upsert(self.run.attachment, &data, "id")? {
            return Ok(Sent::AtMost(rows));
        }
        let done: Vec<FileEntry> = batch
            .iter()
            .map(|one| FileEntry { state: FileState::Created, ..one.entry.clone() })
            .collect();
        target.journal.note_files(&done)?;
        target.wrote(done.len() as u64);
        Ok(Sent::Done)
    }

    fn guilty(&mut self, one: &Attach, fault: &Fault) -> Result<()> {
        self.run.reject(&one.entry.id, fault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::push::client::tests::Stage;
    use crate::push::journal::Journal;
    use crate::push::live::Live;

    #[test]
    fn a_server_without_files_on_attachments_is_named() {
        let golden =
            std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/golden/sample");
        let bundle = Bundle::open(&golden).unwrap();
        let mut manifest = bundle.manifest().unwrap();
        manifest.attachments.attached = 1;
        let text = include_str!("../../../testdata/twenty/contract/objects-2.21.json");
        let mut said: Value = serde_json::from_str(text).unwrap();
        let nodes = said["objects"].as_array_mut().unwrap();
        let attachment = nodes.iter_mut().find(|node| node["nameSingular"] == "attachment");
        let fields = &mut attachment.unwrap()["fieldsList"];
        fields.as_array_mut().unwrap().retain(|field| field["name"] != "file");
        let (stage, dir) = (Stage::new(Vec::new()), tempfile::tempdir().unwrap());
        let journal = Journal::open(dir.path()).unwrap();
        let listener = |_: &Said| ();
        let live = Live::from_nodes(nodes);
        let members = hashbrown::HashMap::new();
        let target = Target::new((&stage.client, &journal), live, members, &listener);
        let error = run(&target, &bundle, &manifest, false).unwrap_err();
        assert_eq!(error.code, "C2T-E350");
    }
}
