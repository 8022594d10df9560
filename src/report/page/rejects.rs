//! What was set aside or remarked, each with what to do; signs that the export is not whole; files left out;
//! attachments. It must not show examples: `rejects.csv` has every one.

use super::text::{Book, Figure, Quoted};
use crate::error::Result;
use crate::event::file;
use crate::report::Summary;
use crate::report::left_out::IgnoredLine;
use crate::report::summary::NoticeLine;

/// Lines of a sort that are listed.
const LISTED: usize = 100;

/// See the module's head.
pub(super) struct Rejects {
    pub to_look_at: Figure,
    pub notices: Figure,
    /// Those a person should look at, then remarks.
    pub open: Vec<Line>,
    pub remarks: Vec<Line>,
    pub incomplete_count: Figure,
    pub incomplete: Vec<Plain>,
    pub ignored_count: Figure,
    pub ignored: Vec<Plain>,
    pub read: Vec<Plain>,
    pub messages: Vec<(Quoted, Figure)>,
    pub files: Files,
}

/// A code, how often, why, and what to do.
pub(super) struct Line {
    pub code: Quoted,
    pub count: Figure,
    pub why: Quoted,
    pub fix: Quoted,
}

/// A code and what it says of a file.
pub(super) struct Plain {
    pub code: Quoted,
    pub file: Quoted,
    pub what: Quoted,
}

/// Attachments.
pub(super) struct Files {
    /// A folder of downloaded files was given.
    pub given: bool,
    /// Anything refers to a file, or one was found.
    pub any: bool,
    /// Referenced, attached, missing, rejected.
    pub referenced: [Figure; 4],
    /// Found, attached, duplicate, unclaimed.
    pub found: [Figure; 4],
    pub bytes: Figure,
    pub reasons: Vec<Line>,
}

impl Rejects {
    pub fn new(book: &Book, summary: &Summary) -> Result<Self> {
        let sum = |key: &str| book.at(&["sums", key]);
        let all = summary.notices.iter().enumerate();
        let (open, remarks): (Vec<_>, Vec<_>) =
            all.partition(|(_, line)| !line.code.starts_with("C2T-N"));
        let incomplete = summary.incomplete.iter().take(LISTED).map(|line| Plain {
            code: Quoted::new(line.code),
            file: Quoted::new(&line.file),
            what: Quoted::new(&line.what),
        });
        let messages = summary.messages.keys().take(LISTED).map(|word| {
            let count = book.at(&["messages", word])?;
            Ok((Quoted::new(word), count))
        });
        Ok(Self {
            to_look_at: sum("to_look_at")?,
            notices: sum("notices")?,
            open: lines(book, open)?,
            remarks: lines(book, remarks)?,
            incomplete_count: sum("incomplete")?,
            incomplete: incomplete.collect(),
            ignored_count: sum("ignored_files")?,
            ignored: left_out(&summary.ignored_files),
            read: left_out(&summary.remarks),
            messages: messages.collect::<Result<_>>()?,
            files: Files::new(book, summary)?,
        })
    }
}

/// The most frequent first.
fn lines(book: &Book, mut notices: Vec<(usize, &NoticeLine)>) -> Result<Vec<Line>> {
    notices.sort_by_key(|(_, line)| (std::cmp::Reverse(line.count), line.code));
    let lines = notices.into_iter().map(|(at, line)| {
        Ok(Line {
            code: Quoted::new(line.code),
            count: book.at(&["notices", &at.to_string(), "count"])?,
            why: Quoted::new(line.why),
            fix: Quoted::new(line.fix),
        })
    });
    lines.collect()
}

fn left_out(lines: &[IgnoredLine]) -> Vec<Plain> {
    let lines = lines.iter().take(LISTED).map(|line| Plain {
        code: Quoted::new(line.code),
        file: Quoted::new(&line.file),
        what: Quoted::new(line.why),
    });
    lines.collect()
}

impl Files {
    fn new(book: &Book, summary: &Summary) -> Result<Self> {
        let files = &summary.attachments;
        let at = |key: &str| book.at(&["attachments", key]);
        let found = |key: &str| book.at(&["attachments", "found", key]);
        let reasons = files.reasons.keys().map(|code| {
            let notice = file::by_code(code);
            Ok(Line {
                code: Quoted::new(code),
                count: book.at(&["attachments", "reasons", code])?,
                why: Quoted::new(notice.map_or("", |notice| notice.why)),
                fix: Quoted::new(notice.map_or("", |notice| notice.fix)),
            })
        });
        Ok(Self {
            given: files.given,
            any: files.given || files.referenced > 0,
            referenced: [at("referenced")?, at("attached")?, at("missing")?, at("rejected")?],
            found: [found("files")?, found("attached")?, found("duplicate")?, found("unclaimed")?],
            bytes: at("referenced_bytes")?.bytes(),
            reasons: reasons.collect::<Result<_>>()?,
        })
    }
}
