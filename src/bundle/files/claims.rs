//! Which found files references ask for, and what reading them came to. One entry for each found file,
//! however many references there are. It must not know a bundle's layout.

use super::judge::{self, Facts};
use super::store::{self, Wish};
use crate::error::Result;
use crate::event::{Notice, file as notice};
use crate::plan::files::{How, Role};
use crate::read::attachments::{Found, State};
use crate::survey::hash;
use crate::transform::Reference;
use hashbrown::{HashMap, HashSet};
use rayon::prelude::*;
use std::path::{Path, PathBuf};

/// A reference asks for the file.
const CLAIMED: u8 = 1;
/// A reference asks for it that it may be right for.
const FITS: u8 = 2;
/// It is one of several that could be what a reference asks for.
const CANDIDATE: u8 = 4;

/// See the module's head.
#[derive(Debug)]
pub(super) struct Claims {
    files: Vec<u8>,
    /// By file: the reference that asks for it by name and size alone; none when several do.
    by_size: HashMap<u32, Option<u64>, foldhash::fast::FixedState>,
}

/// What reading a file came to.
#[derive(Debug, Default)]
pub(super) enum Read {
    /// Nobody asked.
    #[default]
    Not,
    /// It cannot be read.
    Unreadable(String),
    /// It was read.
    Is(Facts),
}

impl Read {
    /// What was learned.
    pub fn facts(&self) -> Option<&Facts> {
        match self {
            Self::Is(facts) => Some(facts),
            _ => None,
        }
    }
}

/// What became of a reference.
pub(super) struct Verdict<'r> {
    /// The file it was judged by.
    pub facts: Option<&'r Facts>,
    /// Why there is no file; none when there is.
    pub why: Option<Notice>,
    /// More about why.
    pub detail: String,
}

/// Where a file stands that was read and may be wanted.
pub(super) fn temp(folder: &Path, file: usize) -> PathBuf {
    folder.join(file.to_string())
}

impl Claims {
    pub fn new(files: usize) -> Self {
        Self { files: vec![0; files], by_size: HashMap::default() }
    }

    pub fn note(&mut self, found: &Found, reference: &Reference) {
        for at in &reference.candidates {
            if let Some(flags) = self.files.get_mut(*at as usize) {
                *flags |= CANDIDATE;
            }
        }
        let Some(at) = reference.file else { return };
        let file = found.files.get(at as usize);
        let Some((file, flags)) = file.zip(self.files.get_mut(at as usize)) else { return };
        *flags |= CLAIMED;
        if reference.size.is_none_or(|size| size == file.bytes) && file.bytes > 0 {
            *flags |= FITS;
        }
        if is_anybodys(reference) {
            let key = hash(&reference.key);
            let known = self.by_size.entry(at).or_insert(Some(key));
            *known = known.filter(|known| *known == key);
        }
    }

    /// It is one of several that could be what a record refers to.
    pub fn is_candidate(&self, file: usize) -> bool {
        self.files.get(file).is_some_and(|flags| flags & CANDIDATE != 0)
    }

    /// Reads every file that is asked for, in parallel. With `keep`, those that fit stand below `folder`
    /// afterwards. Files nobody asks for are read where their size is that of one that fits: a further
    /// copy is no loss.
    ///
    /// # Errors
    /// When the bundle's disk refuses.
    pub fn read(&self, found: &Found, folder: &Path, keep: bool) -> Result<Vec<Read>> {
        let fitting = found.files.iter().zip(&self.files).filter(|(_, flags)| **flags & FITS != 0);
        let sizes: HashSet<u64, foldhash::fast::FixedState> =
            fitting.map(|(file, _)| file.bytes).collect();
        let files = found.files.par_iter().zip(&self.files).enumerate();
        let read = files.map(|(at, (file, flags))| {
            let path = found.path(file);
            let kept = keep || file.below.to_str().is_none();
            let wish = match flags {
                _ if file.state != State::File => return Ok(Read::Not),
                flags if flags & FITS != 0 && kept => Wish::Keep,
                flags if flags & FITS != 0 => Wish::Hash,
                flags if flags & CLAIMED != 0 => Wish::Head,
                _ if file.bytes > 0 && sizes.contains(&file.bytes) => Wish::Hash,
                _ => return Ok(Read::Not),
            };
            Ok(match store::read(&path, wish, &temp(folder, at))? {
                Ok(facts) => Read::Is(facts),
                Err(error) => Read::Unreadable(error.to_string()),
            })
        });
        read.collect()
    }

    /// What becomes of a reference, now that all are known and all files are read.
    pub fn verdict<'r>(&self, reference: &Reference, read: &'r [Read]) -> Verdict<'r> {
        let known = reference.why.as_deref().and_then(notice::by_code);
        let detail = reference.detail.clone();
        if let Some(why) = known {
            return Verdict { facts: None, why: Some(why), detail };
        }
        let Some(file) = reference.file else {
            return Verdict { facts: None, why: Some(notice::NOT_FOUND), detail };
        };
        if is_anybodys(reference) && self.by_size.get(&file) == Some(&None) {
            return Verdict { facts: None, why: Some(notice::SHARED), detail };
        }
        match read.get(file as usize) {
            Some(Read::Is(facts)) => {
                Verdict { facts: Some(facts), why: judge::refusal(reference, facts), detail }
            }
            Some(Read::Unreadable(error)) => {
                Verdict { facts: None, why: Some(notice::UNREADABLE), detail: error.clone() }
            }
            _ => Verdict { facts: None, why: Some(notice::UNREADABLE), detail },
        }
    }
}

/// Known by nothing but its name and size: it can be the file of one record only. Images in texts are
/// the same in many messages.
fn is_anybodys(reference: &Reference) -> bool {
    reference.how == Some(How::NameAndSize)
        && reference.file.is_some()
        && !matches!(reference.role, Some(Role::Inline))
}
