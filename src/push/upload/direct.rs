//! The direct way of a file (`twenty-api.md` §6.2): a place is asked for, remembered, filled, and looked at by the
//! server. It must not take the other way: it says that, and why, this one does not lead there.

use std::sync::atomic::Ordering;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;

use super::{Began, Content, Halt, Remember, SOURCE, Tries, Uploads};
use super::{contradicts, of_this_file, open, text};
use crate::push::client::{Fault, Refusal};

const CREATE: &str = "mutation CreateUpload($filename:String!,$size:Float!,$fileFolder:FileFolder!,$fieldMetadataId:String){createFileUpload(filename:$filename,size:$size,fileFolder:$fileFolder,fieldMetadataId:$fieldMetadataId){fileId uploadUrl contentType expiresAt}}";
const COMPLETE: &str =
    "mutation CompleteUpload($fileId:String!){completeFileUpload(fileId:$fileId){id}}";
/// The folder of files that belong to a record.
const FOLDER: &str = "FilesField";
/// An address with less time left is not used any more: sending takes time too.
const MARGIN: Duration = Duration::from_mins(1);

/// What became of the direct way.
pub(super) enum Direct {
    /// The server has the file.
    Done(String),
    /// Not for this file; `Some` when the place refused it.
    Refused(Option<Fault>),
    /// For no file: the place has never worked in this run.
    Closed(Fault),
}

/// Where the server waits for bytes.
struct Place {
    file_id: String,
    url: String,
    content_type: String,
}

/// What became of a place.
enum Filled {
    Done(String),
    /// Nobody answers there.
    Silent(Fault),
    /// It does not take the bytes.
    Refused(Fault),
}

impl Uploads<'_> {
    /// Goes on where `began` left off, or begins; begins once more when a place refuses.
    pub(super) fn direct(
        &self,
        content: &Content<'_>,
        name: &str,
        began: Option<Began>,
        remember: Remember<'_>,
    ) -> Result<Direct, Halt> {
        if let Some(began) = began
            && let Some(file_id) = self.go_on(content, began)?
        {
            return Ok(Direct::Done(file_id));
        }
        if self.is_closed() || !self.routes.direct {
            return Ok(Direct::Refused(None));
        }
        let mut refused = None;
        for _ in 0..2 {
            let place = self.begin(content, name, remember)?;
            match self.fill(content, &place)? {
                Filled::Done(file_id) => return Ok(Direct::Done(file_id)),
                Filled::Silent(fault) if self.proven.load(Ordering::Relaxed) => {
                    return Err(Refusal::Lost(fault).into());
                }
                Filled::Silent(fault) => return Ok(Direct::Closed(fault)),
                Filled::Refused(fault) => refused = Some(fault),
            }
        }
        Ok(match refused {
            Some(fault) if !self.proven.load(Ordering::Relaxed) => Direct::Closed(fault),
            refused => Direct::Refused(refused),
        })
    }

    /// The file's id, if what was begun can be ended; `None` to begin anew.
    fn go_on(&self, content: &Content<'_>, began: Began) -> Result<Option<String>, Halt> {
        let Began::Direct { file_id, url, content_type, expires, .. } = began else {
            return Ok(None);
        };
        // The bytes may be there, and only the answer, or the run, was lost.
        match self.complete(&file_id) {
            Ok(file_id) => Ok(Some(file_id)),
            Err(Refusal::Data(fault)) if contradicts(&fault) => Err(Refusal::Data(fault).into()),
            Err(Refusal::Data(fault)) if lacks_bytes(&fault) && self.in_time(&expires) => {
                match self.fill(content, &Place { file_id, url, content_type })? {
                    Filled::Done(file_id) => Ok(Some(file_id)),
                    Filled::Silent(_) | Filled::Refused(_) => Ok(None),
                }
            }
            // Expired, or cleared away.
            Err(Refusal::Data(_)) => Ok(None),
            Err(refusal) => Err(refusal.into()),
        }
    }

    /// Asks for a place and has it remembered.
    fn begin(
        &self,
        content: &Content<'_>,
        name: &str,
        remember: Remember<'_>,
    ) -> Result<Place, Halt> {
        let variables = json!({
            "filename": name, "size": content.bytes, "fileFolder": FOLDER, "fieldMetadataId": self.field,
        });
        let data = self.client.metadata(CREATE, &variables).map_err(of_this_file)?;
        let text = |field: &str| text(&data, &["createFileUpload", field]);
        let (file_id, url, content_type) =
            (text("fileId")?, text("uploadUrl")?, text("contentType")?);
        remember(&Began::Direct {
            file_id: file_id.clone(),
            url: url.clone(),
            content_type: content_type.clone(),
            expires: text("expiresAt")?,
            sent_as: name.to_owned(),
        })
        .map_err(Halt::Own)?;
        Ok(Place { file_id, url, content_type })
    }

    /// Puts the bytes to their place and has the server look at them.
    fn fill(&self, content: &Content<'_>, place: &Place) -> Result<Filled, Halt> {
        let mut tries = Tries::new(self.client);
        loop {
            let mut source = open(content)?;
            let put = self.client.put(&place.url, &place.content_type, content.bytes, &mut *source);
            let filled = match put {
                Ok(()) => {
                    self.proven.store(true, Ordering::Relaxed);
                    match self.complete(&place.file_id) {
                        Ok(file_id) => return Ok(Filled::Done(file_id)),
                        Err(Refusal::Data(fault)) if lacks_bytes(&fault) => Filled::Refused(fault),
                        Err(refusal) => return Err(refusal.into()),
                    }
                }
                Err(Refusal::Lost(fault)) => Filled::Silent(fault),
                Err(Refusal::Data(fault)) if fault.code == SOURCE => {
                    return Err(Refusal::Data(fault).into());
                }
                // No key goes along, so whatever it is, it is the place's.
                Err(Refusal::Data(fault) | Refusal::Fatal(fault) | Refusal::TooLarge(fault)) => {
                    return Ok(Filled::Refused(fault));
                }
                Err(Refusal::Stopped) => return Err(Refusal::Stopped.into()),
            };
            let (Filled::Silent(fault) | Filled::Refused(fault)) = &filled else {
                return Ok(filled);
            };
            if !tries.another(fault)? {
                return Ok(filled);
            }
        }
    }

    fn complete(&self, file_id: &str) -> Result<String, Refusal> {
        let data = self.client.metadata(COMPLETE, &json!({ "fileId": file_id }));
        text(&data.map_err(of_this_file)?, &["completeFileUpload", "id"])
    }

    /// Is there time enough left, by the server's clock?
    fn in_time(&self, expires: &str) -> bool {
        match (self.client.server_time(), expires.parse::<Timestamp>()) {
            (Some(now), Ok(expires)) => now.checked_add(MARGIN).is_ok_and(|soon| soon < expires),
            _ => false,
        }
    }
}

/// Does the server say that bytes are missing at their place?
fn lacks_bytes(fault: &Fault) -> bool {
    fault.message.contains("has not been uploaded")
        || fault.message.contains("bytes in storage but")
}
