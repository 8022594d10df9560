//! The head of the page: what came of it in one sentence, what asks for a person, what it was made from. It must
//! not soften a finding.

use super::text::{Book, Figure, Quoted};
use crate::bundle::manifest::Manifest;
use crate::error::Result;
use crate::report::Summary;
use crate::report::attachments;

/// Files of the export that are named.
const SOURCES: usize = 20;

/// See the module's head.
pub(super) struct Verdict {
    /// The state in a few words.
    pub state: &'static str,
    /// Nothing asks for a person.
    pub clean: bool,
    pub records: Figure,
    pub values: Figure,
    pub rejected: Figure,
    pub set_aside: Figure,
    /// Numbers of a sample: leads chosen, added, of all.
    pub sample: Option<[Figure; 3]>,
    /// Rows new, changed, gone, unchanged.
    pub since: Option<[Figure; 4]>,
    /// What asks for a person.
    pub open: Vec<Open>,
    pub confirmed: bool,
    pub tool: Quoted,
    pub fingerprint: Quoted,
    pub map: Quoted,
    pub warnings: Vec<Quoted>,
    pub source_files: Figure,
    pub source_bytes: Figure,
    pub sources: Vec<(Quoted, Figure)>,
    pub more_sources: bool,
    pub csv_files: Figure,
    pub rows: Figure,
}

/// One thing that asks for a person: how much, what, and the section that tells, by id and name.
pub(super) struct Open {
    pub count: Option<Figure>,
    pub what: &'static str,
    pub section: (&'static str, &'static str),
}

impl Verdict {
    pub fn new(book: &Book, summary: &Summary, manifest: &Manifest) -> Result<Self> {
        let sum = |key: &str| book.at(&["sums", key]);
        let sources = &manifest.source.files;
        let named = sources.iter().enumerate().take(SOURCES).map(|(at, file)| {
            let from = format!("/source/files/{at}/bytes");
            (Quoted::new(&file.path), Figure::of_manifest(file.bytes, &from).bytes())
        });
        let open = open(book, summary)?;
        let warnings = summary.map.warnings.iter().take(SOURCES);
        Ok(Self {
            state: state(summary),
            clean: !summary.needs_a_person(),
            records: book.at(&["sums", "records", "read"])?,
            values: book.at(&["values", "values"])?,
            rejected: book.at(&["sums", "records", "rejected"])?,
            set_aside: book.at(&["values", "fates", "set_aside"])?,
            sample: match summary.sample {
                Some(_) => Some(three(book)?),
                None => None,
            },
            since: match summary.sums.since {
                Some(_) => Some(four(book)?),
                None => None,
            },
            open,
            confirmed: summary.map.confirmed,
            tool: Quoted::new(&format!("{} {}", manifest.tool.name, manifest.tool.version)),
            fingerprint: Quoted::new(&summary.map.fingerprint),
            map: Quoted::new(&summary.map.sha256),
            warnings: warnings.map(|text| Quoted::new(text)).collect(),
            source_files: sum("source_files")?,
            source_bytes: sum("source_bytes")?.bytes(),
            sources: named.collect(),
            more_sources: sources.len() > SOURCES,
            csv_files: sum("files")?,
            rows: sum("rows")?,
        })
    }
}

fn state(summary: &Summary) -> &'static str {
    match (summary.incomplete.is_empty(), summary.needs_a_person()) {
        (false, _) => "The export is not whole",
        (true, true) => "Complete; a person should look",
        (true, false) => "Complete and clean",
    }
}

fn three(book: &Book) -> Result<[Figure; 3]> {
    let at = |key: &str| book.at(&["sample", key]);
    Ok([at("leads")?, at("added")?, at("of")?])
}

fn four(book: &Book) -> Result<[Figure; 4]> {
    let at = |key: &str| book.at(&["sums", "since", key]);
    Ok([at("new")?, at("changed")?, at("gone")?, at("unchanged")?])
}

/// What asks for a person, the gravest first.
fn open(book: &Book, summary: &Summary) -> Result<Vec<Open>> {
    let mut open = Vec::new();
    let (rejects, files) = (("rejects", "Rejects and fixes"), ("attachments", "Attachments"));
    let mut add = |keys: &[&str],
                   what: [&'static str; 2],
                   section: (&'static str, &'static str)|
     -> Result<()> {
        let count = book.at(keys)?;
        if !count.is_zero() {
            open.push(Open { what: count.of(what[0], what[1]), count: Some(count), section });
        }
        Ok(())
    };
    let signs = ["sign that the export is not whole", "signs that the export is not whole"];
    add(&["sums", "incomplete"], signs, rejects)?;
    let records = ["record could not be used", "records could not be used"];
    add(&["sums", "records", "rejected"], records, rejects)?;
    let notices = [
        "record or value was set aside or has something to look at",
        "records and values were set aside or have something to look at",
    ];
    add(&["sums", "to_look_at"], notices, rejects)?;
    if attachments::needs_a_person(&summary.attachments) {
        let missing = ["file is missing", "files are missing"];
        add(&["attachments", "missing"], missing, files)?;
        let rejected = ["file cannot be used", "files cannot be used"];
        add(&["attachments", "rejected"], rejected, files)?;
    }
    let people = [
        "person of Close who owns something is no member of the workspace",
        "people of Close who own something are no members of the workspace",
    ];
    add(&["owners", "missing"], people, ("owners", "Owners"))?;
    let merges = [
        "record went into another one: see whether the reason holds",
        "records went into another one: see whether the reasons hold",
    ];
    add(&["sums", "merged"], merges, ("merges", "Merges"))?;
    if !summary.map.confirmed {
        let what = "Nobody has confirmed the map for this export";
        open.push(Open { count: None, what, section: ("ledger", "Field ledger") });
    }
    Ok(open)
}
