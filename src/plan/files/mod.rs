//! Which found file is the one a record refers to (`close-format.md` §5.3). Decided for each reference
//! by itself, from what was found alone: whoever asks first, or whether others ask, changes nothing.
//! Ids and tokens are compared exactly, names are folded, and where several files could be it, none is
//! taken. It must not open a file.

mod index;
mod lists;
mod name;

pub use index::is_thumbnail;
pub use name::{folded, without_suffix};

use crate::event::{Notice, file as notice};
use crate::read::attachments::{Found, State};
use index::Index;
use lists::Lists;
use serde::{Deserialize, Serialize};

/// How a file was found to be the one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// A line of a `manifest.jsonl` says so.
    Manifest,
    /// The record's id and the file's token stand in its path.
    IdAndToken,
    /// The record's id stands in its path, and it has the name.
    IdAndName,
    /// It is called `close-recording-<call>.mp3`.
    RecordingName,
    /// The CSV of Close's script for recordings says so.
    ReferenceCsv,
    /// It alone has this name and this size.
    NameAndSize,
}

impl How {
    /// In `files.csv`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Manifest => "manifest",
            Self::IdAndToken => "id-and-token",
            Self::IdAndName => "id-and-name",
            Self::RecordingName => "recording-name",
            Self::ReferenceCsv => "reference-csv",
            Self::NameAndSize => "name-and-size",
        }
    }
}

/// What a file is to its record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Attached to a note, message, task or opportunity.
    Attachment,
    /// Shown inside a text.
    Inline,
    /// The recording of a call.
    Recording,
    /// What somebody said to the answering machine.
    Voicemail,
    /// A picture or sound of a text message.
    Mms,
    /// Put on a lead by hand.
    Leadfile,
}

impl Role {
    /// In `files.csv`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Attachment => "attachment",
            Self::Inline => "inline",
            Self::Recording => "recording",
            Self::Voicemail => "voicemail",
            Self::Mms => "mms",
            Self::Leadfile => "leadfile",
        }
    }

    /// Sound of a call.
    pub fn is_audio(self) -> bool {
        matches!(self, Self::Recording | Self::Voicemail)
    }
}

/// What is looked for.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'w> {
    /// Ids its path may carry: of the record, of the record its address names, of the file itself.
    pub ids: &'w [&'w str],
    /// The lead it belongs to.
    pub lead: Option<&'w str>,
    /// What names the file in its address, or by itself.
    pub tokens: &'w [&'w str],
    /// Its name in Close; empty when Close does not say.
    pub name: &'w str,
    /// Its size in bytes, where Close says.
    pub size: Option<u64>,
    /// Its address.
    pub url: Option<&'w str>,
    /// Id of an inline image, without `<>`.
    pub content_id: Option<&'w str>,
    /// What it is.
    pub role: Role,
    /// The only sound of its call: `close-recording-…` is it, whatever sort it is.
    pub only_sound: bool,
    /// The other files of the record.
    pub siblings: &'w [Sibling<'w>],
}

/// Another file of the same record, which must not be taken for the one that is looked for.
#[derive(Clone, Copy, Debug)]
pub struct Sibling<'w> {
    /// Its name in Close.
    pub name: &'w str,
    /// What names it in its address.
    pub token: Option<&'w str>,
    /// Its size in bytes, where Close says.
    pub size: Option<u64>,
}

/// What came of looking.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Match {
    /// Position of the file among the found ones.
    pub file: Option<usize>,
    /// How it was found, or where it is said what became of it.
    pub how: Option<How>,
    /// Why there is none, or why it cannot be used.
    pub why: Option<Notice>,
    /// Files that could be it, when there are several.
    pub candidates: Vec<usize>,
    /// The SHA-256 it should have.
    pub sha256: Option<String>,
    /// More about why: the path a list names.
    pub detail: String,
}

/// See the module's head.
#[derive(Debug, Default)]
pub struct Files {
    /// What was found.
    pub found: Found,
    index: Index,
    lists: Lists,
}

/// What one way of looking came to.
enum Step {
    Is(usize),
    Several(Vec<usize>),
    Nothing,
}

impl Files {
    /// An index of what was found.
    pub fn new(found: Found) -> Self {
        let (index, lists) = (Index::new(&found), Lists::new(&found));
        Self { found, index, lists }
    }

    /// True when somebody said where files are.
    pub fn given(&self) -> bool {
        self.found.given
    }

    /// Looks for one file.
    pub fn find(&self, wanted: &Wanted<'_>) -> Match {
        if !self.given() {
            return Match { why: Some(notice::NO_FOLDER), ..Match::default() };
        }
        let said = self.lists.find(&self.found, wanted, false);
        if said.file.is_some() || said.why == Some(notice::OUTSIDE) {
            return self.judged(said);
        }
        let mut ambiguous = (!said.candidates.is_empty()).then(|| said.clone());
        let ways: [(How, &dyn Fn() -> Step); 3] = [
            (How::IdAndToken, &|| self.index.by_token(&self.found, wanted)),
            (How::IdAndName, &|| self.index.by_name(&self.found, wanted)),
            (How::RecordingName, &|| self.recording(wanted)),
        ];
        for (how, way) in ways {
            if ambiguous.is_some() {
                break;
            }
            match way() {
                Step::Is(file) => return self.is(file, how),
                Step::Several(candidates) => ambiguous = Some(several(candidates, how)),
                Step::Nothing => {}
            }
        }
        if ambiguous.is_none() {
            let csv = self.lists.find(&self.found, wanted, true);
            if csv.file.is_some() || csv.why == Some(notice::OUTSIDE) {
                return self.judged(csv);
            }
            let free = |file: usize| !self.lists.names(file);
            match self.index.by_size(&self.found, wanted, &free) {
                Step::Is(file) => return self.is(file, How::NameAndSize),
                Step::Several(files) => ambiguous = Some(several(files, How::NameAndSize)),
                Step::Nothing if said.why.is_none() && csv.why.is_some() => return csv,
                Step::Nothing => {}
            }
        }
        // A list that says why there is none knows more than a search that found none.
        match ambiguous {
            Some(ambiguous) => ambiguous,
            None if said.why.is_some() => said,
            None => Match { why: Some(notice::NOT_FOUND), ..Match::default() },
        }
    }

    fn is(&self, file: usize, how: How) -> Match {
        self.judged(Match { file: Some(file), how: Some(how), ..Match::default() })
    }

    /// What is no file cannot be used, however sure it is that it was meant.
    fn judged(&self, mut found: Match) -> Match {
        let state = found.file.and_then(|at| self.found.files.get(at)).map(|file| file.state);
        found.why = found.why.or(match state {
            Some(State::Link) => Some(notice::OUTSIDE),
            Some(State::Odd) => Some(notice::NO_FILE),
            _ => None,
        });
        found
    }

    /// `close-recording-<call>.mp3`. A list that says it is the other sound of the call knows better.
    fn recording(&self, wanted: &Wanted<'_>) -> Step {
        if !wanted.role.is_audio() || (wanted.role == Role::Voicemail && !wanted.only_sound) {
            return Step::Nothing;
        }
        match self.index.recording(&self.found, wanted) {
            Step::Is(file) if self.lists.is_other_sound(&self.found, file, wanted) => Step::Nothing,
            step => step,
        }
    }
}

fn several(candidates: Vec<usize>, how: How) -> Match {
    let why = Some(notice::AMBIGUOUS);
    Match { how: Some(how), why, candidates, ..Match::default() }
}
