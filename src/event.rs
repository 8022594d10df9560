//! What happens to records and values besides being written: one type on one path, which feeds the
//! counts, `reports/rejects.csv`, the summary and the exit code. It must not print.

pub mod count;
pub mod file;
pub mod watch;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What kind of thing is reported; the code is stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Notice {
    /// Stable code, `C2T-R…` for records, `C2T-V…` for values, `C2T-N…` for remarks, `C2T-A…` for files.
    pub code: &'static str,
    /// Why, in a few words.
    pub why: &'static str,
    /// What to do about it.
    pub fix: &'static str,
}

macro_rules! notices {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $why:literal, $fix:literal;)*) => {
        $($(#[$doc])* pub const $name: Notice = Notice { code: $code, why: $why, fix: $fix };)*
        /// Every notice about records and remarks.
        pub const NOTICES: &[Notice] = &[$($name,)*];
    };
}

notices! {
    /// The record's JSON is broken.
    BROKEN = "C2T-R001", "the record is no valid JSON", "export again, or mend the record in archive/rejected.jsonl";
    /// The file ends inside the record.
    TRUNCATED = "C2T-R002", "the file ends inside this record", "download the export again";
    /// The record has no id.
    NO_ID = "C2T-R003", "the record has no usable id", "nothing can refer to it; it is kept in the archive";
    /// Something that is no object where a record belongs.
    NO_OBJECT = "C2T-R004", "this is no JSON object", "it is kept in the archive";
    /// The record could be read after a repair.
    REPAIRED = "C2T-R005", "the record was read after a repair", "compare it with the untouched copy in the archive";
    /// A child without its parent.
    ORPHAN = "C2T-R006", "the lead it belongs to is not in the export", "it is written without links; export the lead as well";
    /// An amount in a currency without minor units.
    DOUBTFUL_AMOUNT = "C2T-N002", "the currency has no cents and nothing shows whether Close counts in hundredths", "the amount was divided by 100: compare one with Close";
    /// A record that belongs to no lead: a detached call, a notification.
    DETACHED = "C2T-R010", "it belongs to no lead", "it is written without links; link it by hand where that matters";
    /// A reference to something that is not there.
    DANGLING = "C2T-R007", "it refers to a record that is not in the export", "the link is left out; the id is kept in the archive";
    /// An older or poorer copy of the same object says something else.
    OLDER_COPY = "C2T-R008", "an older copy of the same object holds other values", "they are kept in the archive";
    /// Another record that was merged into this one says something else.
    LOST_MERGE = "C2T-R009", "the record was merged and this value differs", "it is kept in the archive";
    /// A text longer than a cell.
    CUT = "C2T-V720", "longer than the 32,767 characters of a cell", "the whole text is kept in the archive";
    /// Characters no cell may hold.
    CONTROL = "C2T-V721", "control characters were taken out", "the text as it was is kept in the archive";
    /// A value of the wrong JSON type.
    WRONG_TYPE = "C2T-V710", "the value has a type Close does not write here", "it is kept in the archive";
    /// A country Twenty's list does not have.
    UNKNOWN_COUNTRY = "C2T-V420", "this is no country Twenty knows", "it is kept in the archive; correct it in Close";
    /// A custom value that does not fit its field's type.
    UNFIT = "C2T-V711", "the value does not fit the type of its field", "it is kept in the archive";
    /// An amount Twenty would round.
    TOO_PRECISE = "C2T-V714", "the amount has more digits than Twenty's importer keeps", "it is kept in the archive; enter it by hand";
    /// A user who is no member of the workspace.
    NO_MEMBER = "C2T-V713", "this user is no member of the workspace", "invite them, and convert again with a fresh workspace file";
    /// No time stamp.
    NO_TIME = "C2T-V712", "this is no date or time", "it is kept in the archive";
    /// A web domain another company already has.
    SHARED_DOMAIN = "C2T-N003", "another company has this web domain", "the address is kept in Close Lead URL or among the further links";
    /// An address another person already has as primary.
    SHARED_EMAIL = "C2T-N001", "another person has this e-mail as primary", "it is kept as an additional e-mail, or in Other Emails";
}

/// Something set aside, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reject {
    /// What and why.
    pub notice: Notice,
    /// Index of the source file.
    pub source: usize,
    /// Byte offset of the record in the (decompressed) source.
    pub offset: u64,
    /// Close type.
    pub kind: String,
    /// Close id, where known.
    pub id: String,
    /// Path inside the record, or empty for the record.
    pub path: String,
    /// The value, cut to a short excerpt.
    pub excerpt: String,
    /// The parser's or rule's own words, where it has any.
    pub detail: String,
}

/// Longest excerpt, in characters.
const EXCERPT: usize = 80;

/// The first characters of `text`, on one line.
pub fn excerpt(text: &str) -> String {
    let mut out: String = text.chars().take(EXCERPT).collect();
    if text.len() > out.len() {
        out.push('…');
    }
    out.replace(char::is_control, " ")
}

/// What became of the records of one Close type; the last four add up to the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RecordCounts {
    /// Objects read; copies count each time.
    pub read: u64,
    /// Written as rows of their own.
    pub written: u64,
    /// Merged: copies, and records that are the same person, company or lead as another.
    pub merged: u64,
    /// Kept in the archive only.
    pub archived: u64,
    /// Unreadable or unusable; kept in the archive.
    pub rejected: u64,
}

impl RecordCounts {
    /// Adds those of more records.
    pub fn add(&mut self, more: &Self) {
        self.read += more.read;
        self.written += more.written;
        self.merged += more.merged;
        self.archived += more.archived;
        self.rejected += more.rejected;
    }

    /// Records whose fate is unknown; 0 when all is well.
    pub fn remainder(&self) -> i64 {
        self.read as i64 - (self.written + self.merged + self.archived + self.rejected) as i64
    }
}
