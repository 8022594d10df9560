//! One file to the server (`twenty-api.md` §6, `twenty-observed.md` E5): to the address the server hands out, or else
//! through its API. Files are streamed and opened anew for each try. It must not know the journal, only hand out what is
//! to be remembered, nor make the attachment.
//!
//! ```text
//!  createFileUpload ─► remember ─► PUT ─► completeFileUpload ─► remember      direct
//!  uploadFilesFieldFile ─► remember                                           multipart
//! ```

mod direct;
mod name;
mod shapes;

use std::io::Read;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use self::direct::Direct;
pub use self::shapes::{Began, Content, Route, Routes, Uploaded};
pub use super::Halt;
use super::client::{Client, Fault, FilePart, Refusal};
use crate::error::Result;
use crate::event::Notice;
use crate::event::file::NO_DIRECT;

const MULTIPART: &str = "mutation Upload($file:Upload!,$fieldMetadataId:String!){uploadFilesFieldFile(file:$file,fieldMetadataId:$fieldMetadataId){id}}";
/// Most bytes the server takes.
const LARGEST: u64 = 1 << 30;
/// Tries of one stream, and the wait after the first; doubled after each.
const TRIES: u32 = 3;
const FIRST_WAIT: Duration = Duration::from_secs(1);

/// Sends files for one field, one at a time or from several threads.
pub struct Uploads<'c> {
    client: &'c Client,
    /// Metadata id of `attachment.file`.
    field: &'c str,
    routes: Routes,
    note: &'c (dyn Fn(Notice, &str) + Sync),
    /// A PUT has come through.
    proven: AtomicBool,
    /// No PUT comes through: the address cannot be used from here.
    closed: AtomicBool,
}

type Remember<'r> = &'r mut dyn FnMut(&Began) -> Result<()>;

impl<'c> Uploads<'c> {
    /// Files for the field with metadata id `field`, by `routes`. `note` is told once when the direct way is closed
    /// (`C2T-A050`), with the reason.
    pub fn new(
        client: &'c Client,
        field: &'c str,
        routes: Routes,
        note: &'c (dyn Fn(Notice, &str) + Sync),
    ) -> Self {
        let (proven, closed) = (AtomicBool::new(false), AtomicBool::new(false));
        Self { client, field, routes, note, proven, closed }
    }

    /// Sends `content`, or goes on where `began` left off. `remember` gets each step before it counts; multipart has no
    /// step before the last, so a run killed right then leaves a file nobody attaches.
    ///
    /// # Errors
    /// [`Halt::Server`] with `Data` when the file cannot be had or is refused under every name; otherwise the run ends.
    pub fn send(
        &self,
        content: &Content<'_>,
        began: Option<Began>,
        remember: Remember<'_>,
    ) -> std::result::Result<Uploaded, Halt> {
        let (name, began) = match began {
            Some(Began::Stored { file_id, sent_as, route }) => {
                return Ok(Uploaded { file_id, sent_as, route });
            }
            Some(Began::Direct { ref sent_as, .. }) => (sent_as.clone(), began),
            None => (name::clean(content.name), None),
        };
        if content.bytes > LARGEST {
            let words = format!("{} bytes are more than the {LARGEST} Twenty takes", content.bytes);
            return Err(Refusal::Data(Fault::own("FILE_TOO_LARGE", words)).into());
        }
        match self.send_as(content, &name, began, remember) {
            Err(Halt::Server(Refusal::Data(fault))) if contradicts(&fault) => {
                let neutral = neutral(content, &name)?;
                if neutral == name {
                    return Err(Refusal::Data(fault).into());
                }
                self.send_as(content, &neutral, None, remember)
            }
            sent => sent,
        }
    }

    /// Sends it under one name by the first way that is open.
    fn send_as(
        &self,
        content: &Content<'_>,
        name: &str,
        began: Option<Began>,
        remember: Remember<'_>,
    ) -> std::result::Result<Uploaded, Halt> {
        // The direct way takes no empty files.
        let open = self.routes.direct && !self.is_closed() && content.bytes > 0;
        let direct = if open || began.is_some() {
            self.direct(content, name, began, remember)?
        } else {
            Direct::Refused(None)
        };
        let (file_id, route) = match direct {
            Direct::Done(file_id) => (file_id, Route::Direct),
            Direct::Refused(fault) => (self.multipart(content, name, fault)?, Route::Multipart),
            Direct::Closed(fault) if !self.routes.multipart => {
                return Err(Refusal::Lost(fault).into());
            }
            Direct::Closed(fault) => {
                let file_id = self.multipart(content, name, Some(fault.clone()))?;
                // Only now is it sure that not the whole server is out of reach.
                if !self.closed.swap(true, Ordering::Relaxed) {
                    (self.note)(NO_DIRECT, &fault.to_string());
                }
                (file_id, Route::Multipart)
            }
        };
        let sent_as = name.to_owned();
        let stored = Began::Stored { file_id: file_id.clone(), sent_as: sent_as.clone(), route };
        remember(&stored).map_err(Halt::Own)?;
        Ok(Uploaded { file_id, sent_as, route })
    }

    fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Relaxed)
    }

    /// The way through the API; `instead_of` is why the direct one was refused. A lost answer leaves a file nobody attaches.
    fn multipart(
        &self,
        content: &Content<'_>,
        name: &str,
        instead_of: Option<Fault>,
    ) -> std::result::Result<String, Halt> {
        if !self.routes.multipart {
            let words = if content.bytes == 0 { "empty files" } else { "files" };
            let fault = Fault::own("NO_UPLOAD", format!("this version of Twenty takes no {words}"));
            return Err(Refusal::Data(instead_of.unwrap_or(fault)).into());
        }
        let variables = json!({ "file": null, "fieldMetadataId": self.field });
        let mut tries = Tries::new(self.client);
        loop {
            let mut source = open(content)?;
            let (length, body) = (content.bytes, &mut *source as &mut dyn Read);
            let file = FilePart { name, content_type: content.content_type, length, body };
            match self.client.upload(MULTIPART, &variables, file) {
                Ok(data) => return Ok(text(&data, &["uploadFilesFieldFile", "id"])?),
                Err(Refusal::Lost(fault)) if !fault.is("INTERNAL_SERVER_ERROR") => {
                    if !tries.another(&fault)? {
                        return Err(Refusal::Lost(fault).into());
                    }
                }
                Err(refusal) => return Err(of_this_file(refusal).into()),
            }
        }
    }
}

/// Tries of one stream.
struct Tries<'c> {
    client: &'c Client,
    failed: u32,
    throttled: u32,
}

impl<'c> Tries<'c> {
    fn new(client: &'c Client) -> Self {
        Self { client, failed: 0, throttled: 0 }
    }

    /// After one that failed by `fault`: waits, unless it was the last. One that came too soon does not count.
    fn another(&mut self, fault: &Fault) -> std::result::Result<bool, Refusal> {
        let count = if fault.status == 429 || fault.is("RATE_LIMITED") || fault.is("LIMIT_REACHED")
        {
            &mut self.throttled
        } else {
            &mut self.failed
        };
        *count += 1;
        let doublings = (*count - 1).min(6);
        if self.failed == TRIES {
            return Ok(false);
        }
        self.client.pause(FIRST_WAIT * 2u32.pow(doublings)).map(|()| true)
    }
}

/// The client's word for a file that cannot be read, or is shorter than it was.
const SOURCE: &str = "SOURCE";

fn open(content: &Content<'_>) -> std::result::Result<Box<dyn Read + Send>, Refusal> {
    (content.open)().map_err(|error| Refusal::Data(Fault::own(SOURCE, error.to_string())))
}

/// The name under which the server compares no content.
fn neutral(content: &Content<'_>, name: &str) -> std::result::Result<String, Refusal> {
    if [name::TEXT, name::BINARY].contains(&name::extension(name)) {
        return Ok(name.to_owned());
    }
    let text = is_text(&mut *open(content)?)?;
    Ok(name::renamed(name, if text { name::TEXT } else { name::BINARY }))
}

/// A server that is there, and fails over one file again and again, must not stop the others: see
/// `twenty-observed.md` §0.5 for what such failures may mean.
fn of_this_file(refusal: Refusal) -> Refusal {
    match refusal {
        Refusal::Lost(fault) if fault.is("INTERNAL_SERVER_ERROR") => Refusal::Data(fault),
        // A file cannot be sent in smaller parts.
        Refusal::TooLarge(fault) => Refusal::Data(fault),
        other => other,
    }
}

/// Does the server say that content and name contradict each other?
fn contradicts(fault: &Fault) -> bool {
    fault.is("INVALID_EXTENSION")
        || fault.message.starts_with("File content does not match its extension")
        || fault.message.contains("must have an extension")
}

/// Are the first bytes text? An empty file is none.
fn is_text(source: &mut dyn Read) -> std::result::Result<bool, Refusal> {
    let mut head = Vec::new();
    let read = source.take(8 * 1024).read_to_end(&mut head);
    read.map_err(|error| Refusal::Data(Fault::own(SOURCE, error.to_string())))?;
    let text = match std::str::from_utf8(&head) {
        Ok(text) => text,
        // A letter may be cut in two at the end.
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return Ok(false),
    };
    Ok(!text.is_empty() && !text.contains(|c: char| c.is_control() && !c.is_whitespace()))
}

/// A text in an answer; without it the answer is of no use.
fn text(data: &Value, path: &[&str]) -> std::result::Result<String, Refusal> {
    let found = path.iter().try_fold(data, |value, key| value.get(key)).and_then(Value::as_str);
    let none = || Fault::own("NO_JSON", format!("the answer has no {}", path.join(".")));
    found.map(str::to_owned).ok_or_else(|| Refusal::Lost(none()))
}

#[cfg(test)]
mod tests;
