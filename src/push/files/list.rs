//! Reads `files.csv`: one line for each file the export refers to (docs/bundle.md). It must not open the files.

use crate::bundle::Bundle;
use crate::bundle::manifest::Manifest;
use crate::error::{Error, Result};
use serde::Deserialize;
use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;

/// A line whose file is there.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Line {
    /// Id of the attachment record.
    pub id: String,
    /// Its Close id.
    pub close_id: String,
    /// Where the content is in the bundle; empty when it stayed where it was.
    pub path: String,
    /// Its name in Close.
    pub name: String,
    /// MIME type.
    pub content_type: String,
    /// Its size; none when the file is not there.
    pub bytes: Option<u64>,
    /// Of its content, in hex.
    pub sha256: String,
    /// When it came to Close.
    pub uploaded_at: String,
    /// Twenty's `fileCategory`.
    pub category: String,
    /// Close ids of the rows that show it.
    pub task: String,
    /// As `task`.
    pub note: String,
    /// As `task`.
    pub person: String,
    /// As `task`.
    pub company: String,
    /// As `task`.
    pub opportunity: String,
    /// API name of a custom type's object.
    pub object: String,
    /// Close id of its row.
    pub object_id: String,
    /// `attached`, or why not.
    pub status: String,
    /// Where it was found.
    pub source: String,
}

impl Line {
    /// The records that show the file: API name of the object, and Close id.
    pub fn targets(&self) -> impl Iterator<Item = (&str, &str)> {
        let standard = [
            ("task", &self.task),
            ("note", &self.note),
            ("person", &self.person),
            ("company", &self.company),
            ("opportunity", &self.opportunity),
            (self.object.as_str(), &self.object_id),
        ];
        standard
            .into_iter()
            .filter(|(_, id)| !id.is_empty())
            .map(|(object, id)| (object, id.as_str()))
    }

    /// Opens the content, from its beginning.
    ///
    /// # Errors
    /// When it is not there or cannot be read.
    pub fn open(&self, bundle: &Bundle) -> io::Result<Box<dyn Read + Send>> {
        if self.path.is_empty() {
            return Ok(Box::new(File::open(PathBuf::from(&self.source))?));
        }
        bundle.read(&self.path).map_err(io::Error::other)
    }
}

/// The lines whose files are there, in the order of the file; none without `files.csv`.
///
/// # Errors
/// `C2T-E345` when the file cannot be read.
pub fn lines(
    bundle: &Bundle,
    manifest: &Manifest,
) -> Result<impl Iterator<Item = Result<Line>> + use<>> {
    let index = manifest.attachments.index.as_ref();
    let input: Box<dyn Read + Send> = match index {
        Some(index) => bundle.read(&index.path)?,
        None => Box::new(io::empty()),
    };
    let place = bundle.path("files.csv");
    let lines = csv::Reader::from_reader(input).into_deserialize::<Line>();
    Ok(lines.filter_map(move |line| match line {
        Ok(line) => (line.status == "attached").then_some(Ok(line)),
        Err(e) => Some(Err(Error {
            source: Some(Box::new(e)),
            ..Error::failed("C2T-E345", "the list of files cannot be read")
                .at(&place)
                .fix("push the bundle as it was written")
        })),
    }))
}
