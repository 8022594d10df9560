//! Parts that belong together. It must not look into them.

use super::{Part, Whole};
use crate::error::{Error, Result};
use std::path::{Path, PathBuf};

/// All parts of one bundle, each once, in the order of the export.
#[derive(Debug)]
pub struct Parts {
    parts: Vec<Part>,
    whole: Whole,
}

impl Parts {
    /// Opens the parts in these folders, given in any order.
    ///
    /// # Errors
    /// When a folder holds no part, or a damaged one; when parts are of different exports, options or
    /// versions; when one is missing or there twice.
    pub fn open(folders: &[PathBuf]) -> Result<Self> {
        let parts = folders.iter().map(|folder| Part::open(folder));
        let mut parts = parts.collect::<Result<Vec<_>>>()?;
        parts.sort_by_key(Part::number);
        let Some(first) = parts.first() else {
            return Err(missing(Path::new(""), "no part was given"));
        };
        let whole = first.whole().clone();
        for part in &parts {
            if let Some(what) = differs(&whole, part.whole()) {
                let what = format!("the parts do not fit together: {what}");
                return Err(Error::usage("C2T-E053", what).at(part.folder()).fix(
                    "convert every part with the same program, from the same export, with the same options",
                ));
            }
        }
        for (part, number) in parts.iter().zip(1..) {
            if part.number() < number {
                let what = format!("part {} of {} was given twice", part.number(), whole.of);
                return Err(missing(part.folder(), &what));
            }
            if part.number() > number {
                let what = format!("part {number} of {} was not given", whole.of);
                return Err(missing(part.folder(), &what));
            }
        }
        let (given, of) = (parts.len() as u64, u64::from(whole.of));
        if let Some(last) = parts.last().filter(|_| given < of) {
            let what = format!("part {} of {of} was not given", given + 1);
            return Err(missing(last.folder(), &what));
        }
        Ok(Self { parts, whole })
    }

    /// What they are parts of.
    pub fn whole(&self) -> &Whole {
        &self.whole
    }

    /// The parts, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Part> {
        self.parts.iter()
    }
}

fn missing(place: &Path, what: &str) -> Error {
    Error::usage("C2T-E054", what)
        .at(place)
        .fix("give every part once: the folders that `convert --shard` wrote, in any order")
}

/// What makes two wholes different, in a few words.
fn differs(one: &Whole, other: &Whole) -> Option<&'static str> {
    if one.tool != other.tool {
        Some("they were made by different versions")
    } else if one.of != other.of {
        Some("the export was cut into different numbers of parts")
    } else if one.options != other.options {
        Some("they were made with different options")
    } else if one.fingerprint != other.fingerprint {
        Some("they were made of different exports, maps or files")
    } else {
        None
    }
}
