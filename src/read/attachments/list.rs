//! Download lists: `manifest.jsonl` (`close-format.md` §5.3), and the CSV that Close's own script for
//! call recordings leaves (§5.2). Known by what stands in them, whatever they are called. It must not
//! trust a path: none leads out of the folder.

use super::{Found, FoundFile, State};
use crate::event::count::plural;
use crate::event::file as notice;
use hashbrown::HashMap;
use serde::Deserialize;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Component, Path, PathBuf};
use unicode_normalization::UnicodeNormalization;

/// Bytes looked at to recognise a list.
const HEAD: u64 = 8 * 1024;
/// A longer line is broken.
const MAX_LINE: u64 = 1 << 20;
/// Broken lines of one list that are named; further ones are counted.
const MAX_NAMED: u64 = 200;
/// Endings a list may have; files with others are attachments, and are not opened to look.
const ENDINGS: &[&str] = &["jsonl", "ndjson", "json", "csv", "tsv", "txt", "log", "manifest", ""];

/// What a list says became of a download.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Said {
    /// It is there.
    #[default]
    Ok,
    /// Close did not have it.
    Missing,
    /// Close refused it.
    Forbidden,
    /// Its time was over.
    Expired,
}

/// Where the file of a line is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListedFile {
    /// Position among the found files.
    Found(usize),
    /// Not in the folder.
    NotThere,
    /// The path leads out of the folder.
    Outside,
    /// The line names none.
    None,
}

/// One line of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// It stands in the CSV of the script for recordings.
    pub is_reference_csv: bool,
    /// The path as written.
    pub path: String,
    /// The list's folder, below the folder that was given.
    pub folder: PathBuf,
    /// Where that is.
    pub file: ListedFile,
    /// Address in Close.
    pub url: Option<String>,
    /// Record it belongs to.
    pub object: Option<String>,
    /// `attachment`, `inline`, `recording`, `voicemail`, `thumbnail`, `leadfile`.
    pub role: Option<String>,
    /// Its name in Close.
    pub filename: Option<String>,
    /// Id of an inline image.
    pub content_id: Option<String>,
    /// Its size, in bytes.
    pub size: Option<u64>,
    /// SHA-256 of its content, in lower case.
    pub sha256: Option<String>,
    /// What became of the download.
    pub said: Said,
}

/// A line of `manifest.jsonl`. Keys it does not know are left alone.
#[derive(Debug, Deserialize)]
struct Line {
    path: Option<String>,
    url: Option<String>,
    object_id: Option<String>,
    role: Option<String>,
    filename: Option<String>,
    content_id: Option<String>,
    size: Option<u64>,
    sha256: Option<String>,
    #[serde(default)]
    status: Option<Said>,
}

impl Line {
    /// It says what file, and of what.
    fn is_whole(&self) -> bool {
        let fails = self.status.is_some_and(|said| said != Said::Ok);
        (self.path.is_some() || fails) && (self.url.is_some() || self.object_id.is_some())
    }
}

/// Finds the lists among the files, reads them, and takes them out.
pub(super) fn read_all(found: &mut Found) {
    let kinds: Vec<_> = found.files.iter().map(|file| recognise(found, file)).collect();
    let lists: Vec<(Kind, FoundFile)> = kinds
        .iter()
        .zip(&found.files)
        .filter_map(|(kind, file)| Some(((*kind)?, file.clone())))
        .collect();
    let mut kinds = kinds.iter();
    found.files.retain(|_| kinds.next().is_some_and(Option::is_none));
    for (kind, list) in lists {
        found.lists.push(list.name().into_owned());
        match kind {
            Kind::Manifest => manifest(found, &list),
            Kind::ReferenceCsv => reference_csv(found, &list),
        }
    }
    other_forms(found);
}

/// Lists and disks may spell one name in different normal forms of Unicode: paths that are not there as
/// written are looked for in the composed form.
fn other_forms(found: &mut Found) {
    if found.listed.iter().all(|line| line.file != ListedFile::NotThere) {
        return;
    }
    let composed = |text: &str| text.nfc().collect::<String>();
    let mut names: HashMap<String, Option<usize>, foldhash::fast::FixedState> = HashMap::default();
    for (at, file) in found.files.iter().enumerate() {
        // Two files that only differ in form: neither is taken for the other.
        names.entry(composed(&file.name())).and_modify(|known| *known = None).or_insert(Some(at));
    }
    for line in found.listed.iter_mut().filter(|line| line.file == ListedFile::NotThere) {
        let starts = [line.folder.as_path(), Path::new("")];
        let paths = starts.iter().filter_map(|start| joined(start, &line.path));
        let mut at = paths.filter_map(|path| *names.get(&composed(&super::shown(&path)))?);
        if let Some(at) = at.next() {
            line.file = ListedFile::Found(at);
        }
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Manifest,
    ReferenceCsv,
}

fn recognise(found: &Found, file: &FoundFile) -> Option<Kind> {
    let name = file.name().to_lowercase();
    let ending = Path::new(&name).extension().unwrap_or_default().to_string_lossy();
    if file.state != State::File || !ENDINGS.contains(&&*ending) {
        return None;
    }
    let mut head = Vec::new();
    let input = File::open(found.path(file)).ok()?;
    input.take(HEAD).read_to_end(&mut head).ok()?;
    let text = String::from_utf8_lossy(&head);
    let text = text.trim_start_matches('\u{feff}');
    let first = text.lines().next().unwrap_or_default();
    if first.contains("Call Activity ID") && first.contains("Filename") {
        return Some(Kind::ReferenceCsv);
    }
    let whole = |line: &str| serde_json::from_str::<Line>(line).is_ok_and(|line| line.is_whole());
    // One broken line must not hide the list it stands in.
    let is_list = text.lines().filter(|line| !line.trim().is_empty()).take(8).any(whole);
    let by_name = name.ends_with("manifest.jsonl");
    (is_list || by_name).then_some(Kind::Manifest)
}

fn manifest(found: &mut Found, list: &FoundFile) {
    let mut broken = 0;
    let mut number = 0;
    let mut say = |found: &mut Found, line: u64, why: &str| {
        broken += 1;
        if broken <= MAX_NAMED {
            found.problem(&list.below, line, notice::BROKEN_LINE, why);
        }
    };
    let input = match File::open(found.path(list)) {
        Ok(input) => input,
        Err(error) => {
            return found.problem(&list.below, 0, notice::BROKEN_LIST, &error.to_string());
        }
    };
    let mut input = BufReader::new(input);
    loop {
        let mut bytes = Vec::new();
        number += 1;
        match input.by_ref().take(MAX_LINE).read_until(b'\n', &mut bytes) {
            Ok(0) => break,
            Ok(_) if !bytes.ends_with(b"\n") && bytes.len() as u64 == MAX_LINE => {
                say(found, number, "the line is longer than 1 MiB");
                if let Err(error) = input.skip_until(b'\n') {
                    return found.problem(
                        &list.below,
                        number,
                        notice::BROKEN_LIST,
                        &error.to_string(),
                    );
                }
                continue;
            }
            Ok(_) => {}
            Err(error) => {
                return found.problem(&list.below, number, notice::BROKEN_LIST, &error.to_string());
            }
        }
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        if bytes.trim_ascii().is_empty() {
            continue;
        }
        match serde_json::from_slice::<Line>(bytes) {
            Ok(line) if line.is_whole() => {
                let listed = entry(found, list, line);
                if listed.file == ListedFile::Outside {
                    found.problem(&list.below, number, notice::LEAVES, &listed.path);
                }
                found.listed.push(listed);
            }
            Ok(_) => say(found, number, "it needs path, and url or object_id"),
            Err(error) => say(found, number, &error.to_string()),
        }
    }
    if broken > MAX_NAMED {
        let more = format!("and {}", plural(broken - MAX_NAMED, "further line", "further lines"));
        found.problem(&list.below, 0, notice::BROKEN_LINE, &more);
    }
}

fn entry(found: &Found, list: &FoundFile, line: Line) -> Listed {
    let path = line.path.unwrap_or_default();
    let file = if path.is_empty() { ListedFile::None } else { resolve(found, list, &path) };
    let filled = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
    Listed {
        is_reference_csv: false,
        path,
        folder: list.below.parent().map(Path::to_owned).unwrap_or_default(),
        file,
        url: filled(line.url),
        object: filled(line.object_id),
        role: filled(line.role),
        filename: filled(line.filename),
        content_id: filled(line.content_id),
        size: line.size,
        sha256: filled(line.sha256).map(|hex| hex.trim().to_lowercase()),
        said: line.status.unwrap_or_default(),
    }
}

fn reference_csv(found: &mut Found, list: &FoundFile) {
    let mut broken = 0;
    let input = match File::open(found.path(list)) {
        Ok(input) => input,
        Err(error) => {
            return found.problem(&list.below, 0, notice::BROKEN_LIST, &error.to_string());
        }
    };
    // A record is bounded by the file's size; a quote that is never closed must not fill the memory.
    let input = input.take(MAX_LINE << 8);
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(BufReader::new(input));
    let header: Vec<String> = match reader.headers() {
        Ok(header) => {
            header.iter().map(|cell| cell.trim_start_matches('\u{feff}').trim().into()).collect()
        }
        Err(error) => {
            return found.problem(&list.below, 1, notice::BROKEN_LIST, &error.to_string());
        }
    };
    let column = |name: &str| header.iter().position(|cell| cell.eq_ignore_ascii_case(name));
    let (id, name) = (column("Call Activity ID"), column("Filename"));
    let (kind, url) = (column("Type"), column("url"));
    for row in reader.records() {
        let row = match row {
            Ok(row) => row,
            Err(error) => {
                broken += 1;
                let line = error.position().map_or(0, csv::Position::line);
                if broken <= MAX_NAMED {
                    found.problem(&list.below, line, notice::BROKEN_LINE, &error.to_string());
                }
                if matches!(error.kind(), csv::ErrorKind::Io(_)) {
                    return;
                }
                continue;
            }
        };
        let cell = |at: Option<usize>| {
            at.and_then(|at| row.get(at)).map(str::trim).filter(|cell| !cell.is_empty())
        };
        let line = row.position().map_or(0, csv::Position::line);
        let (Some(object), Some(path)) = (cell(id), cell(name)) else {
            broken += 1;
            if broken <= MAX_NAMED {
                found.problem(&list.below, line, notice::BROKEN_LINE, "it has no id or file name");
            }
            continue;
        };
        let voicemail = cell(kind).is_some_and(|kind| kind.eq_ignore_ascii_case("voicemail"));
        let listed = Listed {
            is_reference_csv: true,
            path: path.to_owned(),
            folder: list.below.parent().map(Path::to_owned).unwrap_or_default(),
            file: resolve(found, list, path),
            url: cell(url).map(str::to_owned),
            object: Some(object.to_owned()),
            role: Some(if voicemail { "voicemail" } else { "recording" }.to_owned()),
            filename: None,
            content_id: None,
            size: None,
            sha256: None,
            said: Said::Ok,
        };
        if listed.file == ListedFile::Outside {
            found.problem(&list.below, line, notice::LEAVES, path);
        }
        found.listed.push(listed);
    }
}

/// A path of a list: below the list's folder, else below the folder that was given.
fn resolve(found: &Found, list: &FoundFile, path: &str) -> ListedFile {
    let folder = list.below.parent().unwrap_or(Path::new(""));
    let mut outside = false;
    for start in [folder, Path::new("")] {
        match joined(start, path) {
            Some(below) => {
                if let Some(at) = found.at(list.root, &below) {
                    return ListedFile::Found(at);
                }
            }
            None => outside = true,
        }
    }
    if outside { ListedFile::Outside } else { ListedFile::NotThere }
}

/// `path` below `start` without `.` and `..`; `None` when it leaves the folder.
fn joined(start: &Path, path: &str) -> Option<PathBuf> {
    let path = if path.contains('/') { path.to_owned() } else { path.replace('\\', "/") };
    let mut below: Vec<Component<'_>> = start.components().collect();
    for part in Path::new(&path).components() {
        match part {
            Component::Normal(_) => below.push(part),
            Component::CurDir => {}
            Component::ParentDir => {
                below.pop()?;
            }
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(below.into_iter().collect())
}
