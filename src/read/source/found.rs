//! What was found so far: sources, and what was left out of them, with a bound on how many lines an
//! archive full of foreign files may cost. It must not open anything.

use super::{Ignored, Outer, Reason, Source, Sources};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Lines of one code for one file on disk; the others are counted in one more line.
const LINES: usize = 100;

/// See the module's head.
#[derive(Default)]
pub(in crate::read) struct Found {
    /// What holds JSON.
    pub sources: Vec<Source>,
    /// Lines told of so far, whether kept or only counted.
    pub seen: usize,
    ignored: Vec<Ignored>,
    damaged: Vec<Ignored>,
    remarks: Vec<Ignored>,
    /// Bundles inside archives: the beginning of their members' names.
    bundles: Vec<Ignored>,
    counts: BTreeMap<(PathBuf, &'static str), (usize, &'static str)>,
}

impl Found {
    /// Notes something that is no source.
    pub(in crate::read) fn leave_out(&mut self, name: &str, path: &Path, why: Reason) {
        self.seen += 1;
        if self.is_new(path, why) {
            self.ignored.push(line(name, path, why));
        }
    }

    /// Notes an archive that could not be listed to its end.
    pub(in crate::read) fn damaged(&mut self, name: &str, path: &Path, why: Reason) {
        self.seen += 1;
        self.damaged.push(line(name, path, why));
    }

    /// Notes something about what is read all the same.
    pub(in crate::read) fn remark(&mut self, name: &str, path: &Path, why: Reason) {
        if self.is_new(path, why) {
            self.remarks.push(line(name, path, why));
        }
    }

    /// Notes a bundle by the name of its manifest: what lies beside that is no export.
    pub(in crate::read) fn bundle(&mut self, manifest: &str, path: &Path, why: Reason) {
        self.seen += 1;
        let folder = manifest.strip_suffix("manifest.json").unwrap_or(manifest);
        self.bundles.push(line(folder, path, why));
    }

    fn is_new(&mut self, path: &Path, why: Reason) -> bool {
        let count = self.counts.entry((path.to_owned(), why.code)).or_insert((0, why.why));
        count.0 += 1;
        count.0 <= LINES
    }

    /// Why nothing of a file on disk is of use; `None` when something is, or when it is an archive.
    pub(super) fn refused(&self, outer: &Outer) -> Option<Reason> {
        let last = self.ignored.last().filter(|last| *last.path == *outer.path)?;
        let alone = last.name == outer.name
            && self.counts.iter().filter(|((path, _), _)| **path == *outer.path).count() == 1
            && self.sources.last().is_none_or(|source| source.path != outer.path);
        alone.then_some(Reason { code: last.code, why: last.why })
    }

    /// All of it, in a fixed order.
    pub(super) fn sources(mut self) -> Sources {
        let bundles: BTreeSet<(&Path, &str)> =
            self.bundles.iter().map(|bundle| (&*bundle.path, &*bundle.name)).collect();
        // The folder of a bundle is an ancestor of what lies in it.
        let inside = |name: &str, path: &Path| {
            !bundles.is_empty()
                && name.match_indices('/').any(|(at, _)| bundles.contains(&(path, &name[..=at])))
        };
        self.sources.retain(|source| !inside(&source.name, &source.path));
        self.ignored.retain(|line| !inside(&line.name, &line.path));
        self.remarks.retain(|line| !inside(&line.name, &line.path));
        for bundle in &mut self.bundles {
            bundle.name.truncate(bundle.name.trim_end_matches('/').len());
        }
        self.ignored.append(&mut self.bundles);
        for ((path, code), (count, why)) in &self.counts {
            if *count > LINES {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                let name = format!("{name} ({} more inside it)", count - LINES);
                let read = self.remarks.iter().any(|line| line.code == *code);
                let list = if read { &mut self.remarks } else { &mut self.ignored };
                list.push(Ignored { name, path: path.clone(), code, why });
            }
        }
        self.ignored.sort_by(|a, b| a.name.cmp(&b.name));
        let Self { sources: files, ignored, damaged, remarks, .. } = self;
        Sources { files, ignored, damaged, remarks }
    }
}

fn line(name: &str, path: &Path, why: Reason) -> Ignored {
    Ignored { name: name.to_owned(), path: path.to_owned(), code: why.code, why: why.why }
}
