//! Counting references and found files, each side by itself: the two sums the final check compares. It
//! must not write.

use super::claims::{Claims, Read};
use super::row::status;
use crate::bundle::manifest::{Attachments, FoundFiles, IndexFile, StoredFiles};
use crate::event::{Notice, file as notice};
use crate::plan::Files;
use crate::plan::files::Role;
use crate::read::attachments::{Found, FoundFile, State};
use crate::transform::Reference;
use hashbrown::HashSet;

/// What a found file is to the references.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Use {
    #[default]
    None,
    Refused,
    Duplicate,
    Attached,
}

/// See the module's head.
pub(super) struct Tally {
    sum: Attachments,
    uses: Vec<Use>,
    contents: HashSet<[u8; 32], foldhash::fast::FixedState>,
    stored: StoredFiles,
    rows: u64,
}

impl Tally {
    pub fn new(files: &Files) -> Self {
        Self {
            sum: Attachments { given: files.given(), ..Attachments::default() },
            uses: vec![Use::None; files.found.files.len()],
            contents: HashSet::default(),
            stored: StoredFiles::default(),
            rows: 0,
        }
    }

    /// One reference, and what became of it.
    pub fn reference(&mut self, reference: &Reference, why: Option<Notice>, flags: &[Notice]) {
        let sum = &mut self.sum;
        sum.referenced += 1;
        sum.referenced_bytes += reference.size.unwrap_or_default();
        sum.recordings += u64::from(reference.role.is_some_and(Role::is_audio));
        sum.flagged += u64::from(!flags.is_empty());
        match status(why) {
            "attached" => sum.attached += 1,
            "missing" => sum.missing += 1,
            _ => sum.rejected += 1,
        }
        let role = reference.role.map_or("", Role::word);
        *sum.roles.entry(role.to_owned()).or_default() += 1;
        for why in why.iter().chain(flags) {
            *sum.reasons.entry(why.code.to_owned()).or_default() += 1;
        }
        let used = reference.file.and_then(|at| self.uses.get_mut(at as usize));
        if let Some(used) = used.filter(|used| why.is_some() && **used == Use::None) {
            *used = Use::Refused;
        }
    }

    /// The line was written, or left out because an older bundle has it.
    pub fn row(&mut self, written: bool) {
        self.rows += u64::from(written);
        self.sum.unchanged += u64::from(!written);
    }

    /// Lines written.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// A reference has this file, with this content.
    pub fn attached(&mut self, file: usize, sha256: [u8; 32]) {
        let first = self.contents.insert(sha256);
        let Some(used) = self.uses.get_mut(file) else { return };
        if !matches!(used, Use::Attached | Use::Duplicate) {
            *used = if first { Use::Attached } else { Use::Duplicate };
        }
    }

    /// A content was put into the bundle.
    pub fn stored(&mut self, bytes: u64) {
        self.stored.files += 1;
        self.stored.bytes += bytes;
    }

    /// Counts a found file; answers why no reference has it, when that should be listed.
    pub fn unclaimed(
        &mut self,
        at: usize,
        file: &FoundFile,
        read: Option<&Read>,
        claims: &Claims,
        sample: bool,
    ) -> Option<Notice> {
        let found = &mut self.sum.found;
        found.files += 1;
        found.bytes += file.bytes;
        let same = || {
            let facts = read.and_then(Read::facts).and_then(|facts| facts.sha256);
            facts.is_some_and(|sha256| self.contents.contains(&sha256))
        };
        let used = self.uses.get(at).copied().unwrap_or_default();
        let why = match (used, file.state) {
            (Use::Attached, _) => {
                found.attached += 1;
                return None;
            }
            (Use::Duplicate, _) => {
                found.duplicate += 1;
                return None;
            }
            (Use::Refused, _) => notice::REFUSED,
            (Use::None, _) if claims.is_candidate(at) => notice::CANDIDATE,
            (Use::None, State::Link) => notice::LINK,
            (Use::None, State::Odd) => notice::ODD,
            (Use::None, _) if crate::plan::files::is_thumbnail(&file.name()) => notice::THUMBNAIL,
            (Use::None, _) if same() => notice::SAME_CONTENT,
            (Use::None, _) if sample => notice::NOT_IN_SAMPLE,
            (Use::None, _) => notice::UNCLAIMED,
        };
        found.unclaimed += 1;
        *self.sum.reasons.entry(why.code.to_owned()).or_default() += 1;
        (why != notice::NOT_IN_SAMPLE).then_some(why)
    }

    /// The sums.
    pub fn finish(self, found: &Found, index: Option<IndexFile>, keep: bool) -> Attachments {
        let mut sum = Attachments { index, stored: self.stored, ..self.sum };
        sum.in_bundle = keep && sum.given;
        sum.found = FoundFiles {
            system_files: found.system_files,
            lists: found.lists.len() as u64,
            problems: found.problems.len() as u64,
            ..sum.found
        };
        sum
    }
}
