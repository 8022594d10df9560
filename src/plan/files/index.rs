//! The found files by what their paths say: ids of records with tokens and names, and names with
//! sizes. Kept as sorted pairs of a hash and a position, so that a million files cost little; every
//! hit is compared again with the path itself. It must not know of download lists.

use super::name::{folded, without_suffix};
use super::{Step, Wanted};
use crate::close::file_url::decoded;
use crate::read::attachments::{Found, FoundFile};
use crate::survey::hash;
use std::borrow::Cow;
use std::ops::ControlFlow;

/// Prefixes of ids of records that hold files (`close-format.md` §1.5).
const RECORDS: &[&str] =
    &["acti_", "oppo_", "task_", "noti_", "leadfile_", "custobj_", "comm_", "tmpl_", "smstmpl_"];
/// Prefix of what a text message carries: an id of its own, which needs no record's id beside it.
const MEDIA: &str = "media_";
/// Prefix of leads: a file in a lead's folder may belong to any of its records.
const LEAD: &str = "lead_";
/// What Close's own script calls a recording, before the call's id.
const RECORDING: &str = "close-recording-";
/// With more files than this under one id, a token must be a part of the path by itself.
const MAX_SCAN: usize = 256;
/// Ids one path can carry.
const MAX_IDS: usize = 24;

/// See the module's head.
#[derive(Debug, Default)]
pub(super) struct Index {
    pairs: Vec<(u64, u32)>,
    by_id: Vec<(u64, u32)>,
    by_size: Vec<(u64, u32)>,
}

/// Sorts of pairs.
#[derive(Clone, Copy)]
enum Of {
    Part,
    Name,
    Suffixed,
    Recording,
}

fn key(of: Of, id: &str, text: &str) -> u64 {
    hash(&format!("{}\0{id}\0{text}", of as u8))
}

fn size_key(name: &str, size: u64) -> u64 {
    hash(&format!("{size}\0{name}"))
}

impl Index {
    pub fn new(found: &Found) -> Self {
        let mut index = Self::default();
        for (at, file) in found.files.iter().enumerate() {
            index.add(at as u32, file);
        }
        for list in [&mut index.pairs, &mut index.by_id, &mut index.by_size] {
            list.sort_unstable();
            list.dedup();
            list.shrink_to_fit();
        }
        index
    }

    fn add(&mut self, at: u32, file: &FoundFile) {
        let path = file.name();
        if is_thumbnail(&path) {
            return;
        }
        let names = names(file, &path);
        let last = path.rsplit('/').next().unwrap_or_default();
        if let Some(call) = recording_of(last) {
            self.pairs.push((key(Of::Recording, call, ""), at));
        }
        let ids = ids(&path);
        for (id, rest) in &ids {
            self.by_id.push((hash(id), at));
            let parts = path.split('/').filter(|part| part != id);
            self.pairs.extend(parts.map(|part| (key(Of::Part, id, part), at)));
            let rest = rest.iter().map(|rest| Cow::Borrowed(*rest));
            for name in names.iter().cloned().chain(rest) {
                let name = folded(&name);
                if let Some(bare) = without_suffix(&name) {
                    self.pairs.push((key(Of::Suffixed, id, &bare), at));
                }
                self.pairs.push((key(Of::Name, id, &name), at));
            }
        }
        let of_record = ids.iter().any(|(id, _)| !id.starts_with(LEAD));
        if !of_record && recording_of(last).is_none() {
            let keys = names.iter().map(|name| (size_key(&folded(name), file.bytes), at));
            self.by_size.extend(keys);
        }
    }

    /// Files whose path carries one of the ids and one of the tokens, or the id of a text message's media.
    pub fn by_token(&self, found: &Found, wanted: &Wanted<'_>) -> Step {
        let pairs = wanted.ids.iter().flat_map(|id| wanted.tokens.iter().map(move |t| (*id, *t)));
        for (id, token) in pairs.filter(|(id, token)| id != token) {
            let there = |at: &usize| {
                let path = path(found, *at);
                carries(&path, id) && carries(&path, token)
            };
            let mut files: Vec<usize> =
                hits(&self.pairs, key(Of::Part, id, token)).filter(there).collect();
            if files.is_empty() {
                let near = hits(&self.by_id, hash(id)).take(MAX_SCAN + 1).collect::<Vec<_>>();
                if near.len() <= MAX_SCAN {
                    files = near.into_iter().filter(there).collect();
                }
            }
            if !files.is_empty() {
                return best(found, files, wanted);
            }
        }
        let media = wanted.tokens.iter().filter(|token| token.starts_with(MEDIA));
        let files = media.flat_map(|token| {
            hits(&self.by_id, hash(token)).filter(|at| carries(&path(found, *at), token))
        });
        let mut files: Vec<usize> = files.collect();
        files.sort_unstable();
        files.dedup();
        if files.is_empty() { Step::Nothing } else { best(found, files, wanted) }
    }

    /// Files whose path carries one of the ids, and which have the name.
    pub fn by_name(&self, found: &Found, wanted: &Wanted<'_>) -> Step {
        if wanted.name.is_empty() {
            return Step::Nothing;
        }
        let name = folded(wanted.name);
        let lead = wanted.lead.filter(|_| wanted.ids.iter().any(|id| id.starts_with("leadfile_")));
        for id in wanted.ids.iter().copied().chain(lead) {
            let mine =
                |at: &usize| carries(&path(found, *at), id) && !is_siblings(found, *at, wanted);
            let mut files: Vec<usize> =
                hits(&self.pairs, key(Of::Name, id, &name)).filter(mine).collect();
            // A number behind the name may be the name of another file: the size must say so too.
            let same_size = |at: &usize| {
                wanted.size.is_some() && found.files.get(*at).map(|file| file.bytes) == wanted.size
            };
            let numbered = hits(&self.pairs, key(Of::Suffixed, id, &name));
            files.extend(numbered.filter(mine).filter(same_size));
            files.sort_unstable();
            files.dedup();
            if !files.is_empty() {
                return best(found, files, wanted);
            }
        }
        Step::Nothing
    }

    /// `close-recording-<call>`, whatever its ending.
    pub fn recording(&self, found: &Found, wanted: &Wanted<'_>) -> Step {
        for id in wanted.ids {
            let named = |at: &usize| {
                let path = path(found, *at);
                recording_of(path.rsplit('/').next().unwrap_or_default()) == Some(*id)
            };
            let files: Vec<usize> =
                hits(&self.pairs, key(Of::Recording, id, "")).filter(named).collect();
            if !files.is_empty() {
                return best(found, files, wanted);
            }
        }
        Step::Nothing
    }

    /// Files that belong to no record by their path, with the name and the size.
    pub fn by_size(
        &self,
        found: &Found,
        wanted: &Wanted<'_>,
        free: &dyn Fn(usize) -> bool,
    ) -> Step {
        let Some(size) = wanted.size.filter(|size| *size > 0 && !wanted.name.is_empty()) else {
            return Step::Nothing;
        };
        let name = folded(wanted.name);
        let same = |at: &usize| {
            let file = found.files.get(*at);
            let file = file.filter(|file| file.bytes == size);
            file.is_some_and(|file| names(file, &file.name()).iter().any(|n| folded(n) == name))
        };
        let hits = hits(&self.by_size, size_key(&name, size));
        let files: Vec<usize> = hits.filter(|at| free(*at)).filter(same).collect();
        // A file in the folder of another lead is another lead's.
        let (mut own, mut anybodys) = (Vec::new(), Vec::new());
        for file in files {
            let path = path(found, file);
            match wanted.lead {
                Some(lead) if carries(&path, lead) => own.push(file),
                _ if ids(&path).is_empty() => anybodys.push(file),
                _ => {}
            }
        }
        let files = if own.is_empty() { anybodys } else { own };
        if files.is_empty() { Step::Nothing } else { best(found, files, wanted) }
    }
}

/// The one file that fits best: the declared size first, then the name letter by letter. Several that
/// fit equally well are not told apart.
fn best(found: &Found, files: Vec<usize>, wanted: &Wanted<'_>) -> Step {
    let same_size = |at: &usize| found.files.get(*at).map(|file| file.bytes) == wanted.size;
    let exact = |at: &usize| {
        let file = found.files.get(*at);
        file.is_some_and(|file| names(file, &file.name()).iter().any(|n| decoded(n) == wanted.name))
    };
    let alike = |at: &usize| {
        let (file, name) = (found.files.get(*at), folded(wanted.name));
        file.is_some_and(|file| names(file, &file.name()).iter().any(|n| folded(n) == name))
    };
    let tests: [&dyn Fn(&usize) -> bool; 3] = [&same_size, &exact, &alike];
    let narrowed = tests.iter().try_fold(files, |files, test| {
        if files.len() < 2 {
            return ControlFlow::Break(files);
        }
        let fitting: Vec<usize> = files.iter().copied().filter(|at| test(at)).collect();
        ControlFlow::Continue(if fitting.is_empty() { files } else { fitting })
    });
    let (ControlFlow::Continue(left) | ControlFlow::Break(left)) = narrowed;
    match left.as_slice() {
        [only] => Step::Is(*only),
        _ => Step::Several(left),
    }
}

/// The file is that of another attachment of the same record: it lies under the other's token, has the
/// other's very name, or the other's name and size where ours is another.
fn is_siblings(found: &Found, at: usize, wanted: &Wanted<'_>) -> bool {
    let Some(file) = found.files.get(at) else { return true };
    let path = file.name();
    let names: Vec<String> = names(file, &path).iter().map(|name| folded(name)).collect();
    let own = folded(wanted.name);
    wanted.siblings.iter().any(|other| {
        let theirs = folded(other.name);
        let named = names.contains(&theirs);
        let token = other.token.filter(|token| !wanted.tokens.contains(token));
        token.is_some_and(|token| carries(&path, token))
            || named && theirs != own && !names.contains(&own)
            || named
                && other.size == Some(file.bytes)
                && wanted.size.is_some_and(|s| s != file.bytes)
    })
}

fn hits(list: &[(u64, u32)], key: u64) -> impl Iterator<Item = usize> {
    let start = list.partition_point(|(hash, _)| *hash < key);
    let list = list.get(start..).unwrap_or_default();
    list.iter().take_while(move |(hash, _)| *hash == key).map(|(_, at)| *at as usize)
}

fn path(found: &Found, at: usize) -> Cow<'_, str> {
    found.files.get(at).map_or(Cow::Borrowed(""), FoundFile::name)
}

/// The names a file may have in Close: its own, and that of its folder where a mirror has put the file
/// of an address that ends with a slash.
fn names<'p>(file: &FoundFile, path: &'p str) -> Vec<Cow<'p, str>> {
    let mut parts = path.rsplit('/');
    let last = parts.next().unwrap_or_default();
    let mut names = vec![Cow::Borrowed(last)];
    if last.eq_ignore_ascii_case("index.html") {
        names.extend(parts.next().map(Cow::Borrowed));
    }
    if path.contains('\u{fffd}') {
        // No UTF-8: most likely the letters of an older system.
        let bytes = file.below.file_name().unwrap_or_default().as_encoded_bytes();
        names.push(bytes.iter().map(|byte| char::from(*byte)).collect::<String>().into());
    }
    names
}

/// The preview of a file lies in a folder `thumbnail`, or is called so.
pub fn is_thumbnail(path: &str) -> bool {
    let mut parts = path.rsplit('/');
    let last = parts.next().unwrap_or_default();
    let before = parts.next().unwrap_or_default();
    last == "thumbnail" && !before.is_empty()
        || before == "thumbnail" && last.eq_ignore_ascii_case("index.html")
}

/// The call a recording is of, by its name.
fn recording_of(name: &str) -> Option<&str> {
    let rest = name.strip_prefix(RECORDING)?;
    let id = rest.split('.').next().unwrap_or_default().split(' ').next().unwrap_or_default();
    id.starts_with("acti_").then_some(id)
}

/// The text stands in the path with nothing but signs around it.
fn carries(path: &str, text: &str) -> bool {
    if text.is_empty() {
        return false;
    }
    let letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    path.match_indices(text).any(|(at, found)| {
        let (before, after) = (path.get(..at), path.get(at + found.len()..));
        !letter(before.and_then(|text| text.chars().next_back()))
            && !letter(after.and_then(|text| text.chars().next()))
    })
}

/// The ids in a path, each with what stands behind it in the same name. Where an id ends cannot be
/// seen: every end that could be one is tried, and the exact comparison decides.
fn ids(path: &str) -> Vec<(&str, Option<&str>)> {
    let mut found = Vec::new();
    for part in path.split('/') {
        if part.starts_with(RECORDING) {
            continue;
        }
        for prefix in RECORDS.iter().chain([&LEAD, &MEDIA]) {
            for (at, _) in part.match_indices(prefix) {
                let before = part.get(..at).and_then(|text| text.chars().next_back());
                if before.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_') {
                    continue;
                }
                let id = part.get(at..).unwrap_or_default();
                let start = prefix.len();
                let ends = id.match_indices(['_', '-', '.', ' ']).map(|(end, _)| end);
                let ends = ends.filter(|end| *end > start).take(6).chain([id.len()]);
                for end in ends {
                    let rest = id.get(end + 1..).filter(|rest| !rest.is_empty());
                    found.extend(id.get(..end).map(|id| (id, rest)));
                }
            }
        }
        if found.len() >= MAX_IDS {
            found.truncate(MAX_IDS);
            break;
        }
    }
    found
}
