//! What goes into an upload and what comes out of it; what the journal keeps of it. It must not act.

use std::io::{self, Read};

use serde::{Deserialize, Serialize};

/// A way to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Route {
    /// PUT to an address the server hands out; the extension stays as sent.
    Direct,
    /// Through the API; the extension becomes that of the content.
    Multipart,
}

/// The ways the server has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Routes {
    /// There is `createFileUpload`.
    pub direct: bool,
    /// There is `uploadFilesFieldFile`.
    pub multipart: bool,
}

impl Routes {
    /// By the names of the mutations on `/metadata`.
    pub fn of<'a>(mutations: impl IntoIterator<Item = &'a str>) -> Self {
        let mut routes = Self { direct: false, multipart: false };
        for name in mutations {
            routes.direct |= name == "createFileUpload";
            routes.multipart |= name == "uploadFilesFieldFile";
        }
        routes
    }
}

/// A file to be sent.
pub struct Content<'a> {
    /// Its name in the old system.
    pub name: &'a str,
    /// MIME type.
    pub content_type: &'a str,
    /// Its size.
    pub bytes: u64,
    /// Opens it, from the beginning; called for each try.
    pub open: &'a dyn Fn() -> io::Result<Box<dyn Read + Send>>,
}

/// How far a file is; what the journal keeps. The address in it lets anybody put bytes there for a quarter of an hour.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Began {
    /// The server waits for the bytes at an address.
    Direct {
        /// The file's id.
        file_id: String,
        /// Where to put it.
        url: String,
        /// MIME type to put it with.
        content_type: String,
        /// Until when, as the server wrote it.
        expires: String,
        /// The name it is sent under.
        sent_as: String,
    },
    /// The server has it; it may be attached once.
    Stored {
        /// The file's id.
        file_id: String,
        /// The name it was sent under.
        sent_as: String,
        /// The way it went.
        route: Route,
    },
}

/// A file the server has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uploaded {
    /// The id an attachment refers to, once.
    pub file_id: String,
    /// The name it was sent under; the attachment keeps the original one.
    pub sent_as: String,
    /// The way it went.
    pub route: Route,
}
