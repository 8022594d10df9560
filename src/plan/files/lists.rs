//! What download lists say (`close-format.md` §5.3): by address, else by record and name, image or
//! sound. It must not look at paths of files that no list names.

use super::name::folded;
use super::{How, Match, Wanted};
use crate::close::file_url::same;
use crate::event::file as notice;
use crate::read::attachments::{Found, Listed, ListedFile, Said};
use crate::survey::hash;

/// See the module's head.
#[derive(Debug, Default)]
pub(super) struct Lists {
    by_url: Vec<(u64, u32)>,
    by_object: Vec<(u64, u32)>,
    /// By position of a found file: a manifest says whose it is.
    named: Vec<bool>,
    by_file: Vec<(u32, u32)>,
}

impl Lists {
    pub fn new(found: &Found) -> Self {
        let mut lists = Self { named: vec![false; found.files.len()], ..Self::default() };
        for (at, line) in found.listed.iter().enumerate() {
            let at = at as u32;
            if let ListedFile::Found(file) = line.file {
                lists.by_file.push((file as u32, at));
                if let Some(named) = lists.named.get_mut(file) {
                    *named = true;
                }
            }
            lists.by_url.extend(line.url.iter().map(|url| (hash(&same(url)), at)));
            lists.by_object.extend(line.object.iter().map(|object| (hash(object), at)));
        }
        lists.by_url.sort_unstable();
        lists.by_object.sort_unstable();
        lists.by_file.sort_unstable();
        lists
    }

    /// A list says whose the file is.
    pub fn names(&self, file: usize) -> bool {
        self.named.get(file).copied().unwrap_or_default()
    }

    /// A list says that the file is the other sound of the call.
    pub fn is_other_sound(&self, found: &Found, file: usize, wanted: &Wanted<'_>) -> bool {
        let lines = hits(&self.by_file, file as u32).filter_map(|at| found.listed.get(at));
        let mut roles = lines.filter_map(|line| line.role.as_deref()).peekable();
        !wanted.only_sound && roles.peek().is_some() && roles.all(|role| role != wanted.role.word())
    }

    /// The file a list names for what is wanted: the CSV of recordings, or a manifest.
    pub fn find(&self, found: &Found, wanted: &Wanted<'_>, csv: bool) -> Match {
        let how = if csv { How::ReferenceCsv } else { How::Manifest };
        let mut lines = self.lines(found, wanted, csv);
        let there = |line: &&Listed| matches!(line.file, ListedFile::Found(_));
        if lines.iter().any(there) {
            lines.retain(there);
        }
        let mut files: Vec<usize> = lines.iter().filter_map(|line| position(line)).collect();
        files.sort_unstable();
        files.dedup();
        if files.len() > 1 {
            let size = |at: &usize| found.files.get(*at).map(|file| file.bytes) == wanted.size;
            let fitting: Vec<usize> = files.iter().copied().filter(size).collect();
            let name = folded(wanted.name);
            let named = |at: &usize| {
                let mut lines = lines.iter().filter(|line| position(line) == Some(*at));
                lines.any(|line| name_of(line) == name)
            };
            let fitting = if fitting.is_empty() { files.clone() } else { fitting };
            let exact: Vec<usize> = fitting.iter().copied().filter(named).collect();
            files = if exact.is_empty() { fitting } else { exact };
        }
        match files.as_slice() {
            [] => none(&lines, how),
            [file] => {
                let line = lines.iter().find(|line| position(line) == Some(*file));
                let sha256 = line.and_then(|line| line.sha256.clone());
                Match { file: Some(*file), how: Some(how), sha256, ..Match::default() }
            }
            _ => super::several(files, how),
        }
    }

    /// The lines about what is wanted: those with its address, else those of its record.
    fn lines<'f>(&self, found: &'f Found, wanted: &Wanted<'_>, csv: bool) -> Vec<&'f Listed> {
        let ours = |at: usize| {
            let line = found.listed.get(at)?;
            (line.is_reference_csv == csv && line.role.as_deref() != Some("thumbnail"))
                .then_some(line)
        };
        let sound = |line: &Listed| match line.role.as_deref() {
            Some(role) => role == wanted.role.word() || wanted.only_sound && is_sound(role),
            None => wanted.only_sound,
        };
        if let Some(url) = wanted.url {
            let url = same(url);
            let lines = hits(&self.by_url, hash(&url)).filter_map(ours);
            let lines = lines.filter(|line| line.url.as_deref().is_some_and(|u| same(u) == url));
            let lines: Vec<_> = lines.filter(|line| !csv || sound(line)).collect();
            if !lines.is_empty() {
                return lines;
            }
        }
        let name = folded(wanted.name);
        for id in wanted.ids {
            let of_record = hits(&self.by_object, hash(id)).filter_map(ours);
            let of_record = of_record.filter(|line| line.object.as_deref() == Some(id));
            // A line with an address of its own is about that address.
            let other = |line: &Listed| {
                line.url.as_deref().zip(wanted.url).is_some_and(|(a, b)| same(a) != same(b))
            };
            let is_it = |line: &&Listed| {
                if wanted.role.is_audio() {
                    return sound(line);
                }
                let image = line.content_id.as_deref().map(bare);
                image.is_some() && image == wanted.content_id
                    || !name.is_empty() && !other(line) && name_of(line) == name
            };
            let lines: Vec<_> = of_record.filter(is_it).collect();
            if !lines.is_empty() {
                return lines;
            }
        }
        Vec::new()
    }
}

fn is_sound(role: &str) -> bool {
    matches!(role, "recording" | "voicemail")
}

/// A `Content-Id` without its brackets.
fn bare(id: &str) -> &str {
    id.trim_start_matches('<').trim_end_matches('>')
}

fn position(line: &Listed) -> Option<usize> {
    match line.file {
        ListedFile::Found(at) => Some(at),
        _ => None,
    }
}

/// The name a line gives: that in Close, else that of its file.
fn name_of(line: &Listed) -> String {
    let mut parts = line.path.rsplit(['/', '\\']);
    let last = parts.next().unwrap_or_default();
    let folder = parts.next().filter(|_| last.eq_ignore_ascii_case("index.html"));
    folded(line.filename.as_deref().or(folder).unwrap_or(last))
}

/// Why none of these lines leads to a file.
fn none(lines: &[&Listed], how: How) -> Match {
    let why = |line: &&&Listed| match (&line.file, line.said) {
        (ListedFile::Outside, _) => Some(notice::OUTSIDE),
        (_, Said::Missing) => Some(notice::SAID_MISSING),
        (_, Said::Forbidden) => Some(notice::SAID_FORBIDDEN),
        (_, Said::Expired) => Some(notice::SAID_EXPIRED),
        (ListedFile::NotThere, Said::Ok) => Some(notice::LISTED_NOT_THERE),
        _ => None,
    };
    let told = lines.iter().find_map(|line| Some((why(&line)?, line.path.clone())));
    match told {
        Some((why, detail)) => Match { how: Some(how), why: Some(why), detail, ..Match::default() },
        None => Match::default(),
    }
}

fn hits<K: Copy + Ord>(list: &[(K, u32)], key: K) -> impl Iterator<Item = usize> {
    let start = list.partition_point(|(known, _)| *known < key);
    let list = list.get(start..).unwrap_or_default();
    list.iter().take_while(move |(known, _)| *known == key).map(|(_, at)| *at as usize)
}
