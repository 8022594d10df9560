//! Looks into a file of the export: what it is, and which sources a container holds, one level of
//! nesting deep. Every member is recognised by its content; none is unpacked, and its name is only a
//! name for reports. It must not parse JSON.

use super::feed::Feed;
use super::guard::{Budget, Counted, Damage, Unpacked};
use super::names::{self, Name};
use super::recognise::{Content, SNIFF, content};
use super::route::Step;
use super::source::{Found, Outer, Reason, Source};
use super::tar::{self, MemberKind, Next};
use super::zip::{self, EntryKind, Method, ZipIndex};
use super::zip_stream::{self, Local};
use flate2::read::MultiGzDecoder;
use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;

const UNREADABLE: Reason = Reason { code: "C2T-S007", why: "the file cannot be read" };
const BAD_GZIP: Reason = Reason { code: "C2T-S005", why: "the gzip data cannot be decompressed" };
const LINK: Reason = Reason {
    code: "C2T-S013",
    why: "this is a link in an archive, and links are not followed: pack the file itself",
};
const SPECIAL: Reason = Reason {
    code: "C2T-S014",
    why: "this is a device, a pipe or the like in an archive: pack files only",
};
const ENCRYPTED: Reason =
    Reason { code: "C2T-S015", why: "this is encrypted: pack it again without a password" };
const METHOD: Reason = Reason {
    code: "C2T-S016",
    why: "this is compressed in a way that is not read here: pack it again with deflate, the usual way",
};
const DEEP: Reason = Reason {
    code: "C2T-S017",
    why: "this is an archive in an archive in an archive: unpack one level",
};
const MANY: Reason = Reason {
    code: "C2T-S018",
    why: "the archive lists more than 1,000,000 files, and those beyond are left out: unpack it, and name the folder",
};
const NONE: Reason =
    Reason { code: "C2T-S019", why: "the archive is empty: pack the export again" };
const FOREIGN: Reason = Reason {
    code: "C2T-S020",
    why: "the archive holds files, but no JSON export of Close: name the right one",
};
const BROKEN: Reason = Reason {
    code: "C2T-S021",
    why: "the archive is damaged from its beginning: copy or download it again",
};
const TWICE: Reason = Reason {
    code: "C2T-S022",
    why: "the archive holds this name more than once: all of them are read, copies are merged by id",
};
const SPARSE: Reason = Reason {
    code: "C2T-S023",
    why: "this is stored as a sparse file: pack it again without holes",
};
const BOMB: Reason = Reason {
    code: "C2T-S025",
    why: "with others of its archive it would unpack to far more than an export does, or they share their bytes: if it is an export, unpack it first",
};
const BUNDLE: Reason = Reason { code: "C2T-S010", why: "this is a bundle that close2twenty wrote" };

/// The archive breaks off.
pub(super) const CUT_OFF: Reason = Reason {
    code: "C2T-X006",
    why: "the archive breaks off or is damaged in the middle: what stands before that was read; copy or download it again",
};

/// Where in a file something was found.
struct Spot {
    /// How reports call it.
    name: String,
    /// The way to it.
    steps: Vec<Step>,
    /// How many archives it stands in.
    depth: usize,
    /// Its size there.
    bytes: u64,
}

impl Spot {
    fn inside(&self, name: &str, steps: impl IntoIterator<Item = Step>, bytes: u64) -> Self {
        Self {
            name: format!("{}/{name}", self.name),
            steps: self.steps.iter().copied().chain(steps).collect(),
            depth: self.depth + 1,
            bytes,
        }
    }

    /// The way to `bytes` bytes at `offset` of what stands here; a part of a part is one part.
    fn part(&self, offset: u64, bytes: u64) -> Vec<Step> {
        match self.steps.split_last() {
            Some((Step::Part { offset: first, .. }, before)) => {
                let part = Step::Part { offset: first.saturating_add(offset), bytes };
                before.iter().copied().chain([part]).collect()
            }
            _ => self.steps.iter().copied().chain([Step::Part { offset, bytes }]).collect(),
        }
    }
}

/// Adds what a file holds to `found`.
pub(super) fn look(outer: &Outer, found: &mut Found) {
    let spot = Spot { name: outer.name.clone(), steps: Vec::new(), depth: 0, bytes: outer.bytes };
    let mut look = Look { outer, found, zip: None, members: 0 };
    match File::open(&outer.path).and_then(Feed::file) {
        Ok(mut feed) => look.see(&mut feed, &spot),
        Err(_) => look.found.leave_out(&spot.name, &outer.path, UNREADABLE),
    }
}

struct Look<'l> {
    outer: &'l Outer,
    found: &'l mut Found,
    zip: Option<Arc<ZipIndex>>,
    members: usize,
}

impl Look<'_> {
    fn leave_out(&mut self, name: &str, why: Reason) {
        self.found.leave_out(name, &self.outer.path, why);
    }

    /// Recognises what the feed holds.
    fn see(&mut self, feed: &mut Feed<'_>, spot: &Spot) {
        let Ok(sniff) = feed.peek(SNIFF) else { return self.leave_out(&spot.name, UNREADABLE) };
        match content(sniff) {
            Content::Json if names::is_manifest(&spot.name) && names::is_bundle(sniff) => {
                self.found.bundle(&spot.name, &self.outer.path, BUNDLE);
            }
            Content::Json => self.json(spot),
            Content::Not(why) => self.leave_out(&spot.name, why),
            _ if spot.depth > 1 => self.leave_out(&spot.name, DEEP),
            Content::Gzip => self.gzip(feed, spot),
            Content::Tar => self.archive(spot, |look| look.tar(feed, spot)),
            Content::Zip if spot.steps.is_empty() => {
                self.archive(spot, |look| look.zip_file(feed, spot));
            }
            Content::Zip => self.archive(spot, |look| look.zip_inside(feed, spot)),
        }
    }

    fn json(&mut self, spot: &Spot) {
        self.found.sources.push(Source::new(
            self.outer,
            &spot.name,
            spot.bytes,
            &spot.steps,
            self.zip.as_ref(),
        ));
    }

    fn gzip(&mut self, feed: &mut Feed<'_>, spot: &Spot) {
        let (input, packed) = Counted::new(feed);
        let mut inner = Feed::stream(Unpacked::new(MultiGzDecoder::new(input), packed));
        let steps = spot.steps.iter().copied().chain([Step::Gunzip]).collect();
        let name = spot.name.clone();
        let mut spot = Spot { name, steps, depth: spot.depth, bytes: spot.bytes };
        match inner.peek(SNIFF) {
            Err(_) => self.leave_out(&spot.name, BAD_GZIP),
            Ok(sniff) => {
                let again = content(sniff) == Content::Gzip;
                spot.depth += usize::from(again);
                self.see(&mut inner, &spot);
            }
        }
    }

    /// Lists an archive and says when nothing of it is of use.
    fn archive(&mut self, spot: &Spot, list: impl FnOnce(&mut Self) -> io::Result<()>) {
        let before = (self.found.sources.len(), self.found.seen, self.members);
        if let Err(error) = list(self) {
            let why = match Damage::of(&error) {
                Some(Damage::Bomb) => BOMB,
                Some(Damage::Checksum) => Damage::Checksum.reason(),
                _ if self.members == before.2 => BROKEN,
                _ => CUT_OFF,
            };
            self.damaged(&spot.name, why);
        }
        let told = self.found.seen > before.1;
        if self.found.sources.len() == before.0 {
            let why = if self.members == before.2 { NONE } else { FOREIGN };
            if why == FOREIGN || !told {
                self.leave_out(&spot.name, why);
            }
        }
    }

    /// The archive itself is damaged; what was found in it stays.
    fn damaged(&mut self, name: &str, why: Reason) {
        self.found.damaged(name, &self.outer.path, why);
    }

    /// Counts a member and cleans its name; `None`: it is left out.
    fn name(&mut self, spot: &Spot, raw: &[u8]) -> Option<String> {
        match names::clean(raw) {
            Name::Hidden => None,
            Name::Plain(name) => Some(name),
            Name::Unsafe(name, why) => {
                self.members += 1;
                self.leave_out(&format!("{}/{name}", spot.name), why);
                None
            }
            Name::Rooted(name, why) => {
                self.found.remark(&format!("{}/{name}", spot.name), &self.outer.path, why);
                Some(name)
            }
        }
    }

    fn again(&mut self, spot: &Spot, names: &mut names::Seen, name: &str) {
        if !names.insert(name) {
            self.found.remark(&format!("{}/{name}", spot.name), &self.outer.path, TWICE);
        }
    }

    fn tar(&mut self, feed: &mut Feed<'_>, spot: &Spot) -> io::Result<()> {
        let mut names = names::Seen::default();
        loop {
            let member = match tar::next(feed)? {
                // What packs the tar has its checksum behind the tar's own end.
                Next::End if spot.steps.contains(&Step::Gunzip) => {
                    return io::copy(feed, &mut io::sink()).map(drop);
                }
                Next::End => return Ok(()),
                Next::Broken => return Err(Damage::CutOff.error()),
                Next::Member(member) => member,
            };
            let end = tar::behind(member.offset, member.bytes);
            if let Some(name) = self.name(spot, &member.name)
                && member.kind != MemberKind::Folder
            {
                self.members += 1;
                if self.members > zip::MAX_ENTRIES {
                    self.leave_out(&spot.name, MANY);
                    return Ok(());
                }
                self.again(spot, &mut names, &name);
                let refused = match member.kind {
                    MemberKind::Link => Some(LINK),
                    MemberKind::Special => Some(SPECIAL),
                    MemberKind::Sparse => Some(SPARSE),
                    _ => None,
                };
                if let Some(why) = refused {
                    self.leave_out(&format!("{}/{name}", spot.name), why);
                } else {
                    let mut inside = spot.inside(&name, [], member.bytes);
                    inside.steps = spot.part(member.offset, member.bytes);
                    let mut data = Feed::stream(feed.by_ref().take(member.bytes));
                    self.see(&mut data, &inside);
                }
            }
            if !feed.skip_to(end)? {
                let whole = feed.at() >= member.offset.saturating_add(member.bytes);
                return if whole { Ok(()) } else { Err(Damage::CutOff.error()) };
            }
        }
    }

    /// A zip that is a file of its own: its list says what is in it.
    fn zip_file(&mut self, feed: &mut Feed<'_>, spot: &Spot) -> io::Result<()> {
        let zip = match ZipIndex::open(&self.outer.path) {
            Ok(zip) => Arc::new(zip),
            Err(error) if error.code == "C2T-E046" => {
                self.members += 1;
                self.leave_out(&spot.name, MANY);
                return Ok(());
            }
            // The list at the end is missing; the entries tell of themselves.
            Err(_) => {
                self.zip_inside(feed, spot)?;
                return Err(Damage::CutOff.error());
            }
        };
        self.zip = Some(Arc::clone(&zip));
        let mut names = names::Seen::default();
        let mut budget = Budget::default();
        for (number, entry) in zip.entries().iter().enumerate() {
            let Some(name) = self.name(spot, entry.name.as_bytes()) else { continue };
            if entry.kind == EntryKind::Folder {
                continue;
            }
            self.members += 1;
            self.again(spot, &mut names, &name);
            let inside = spot.inside(&name, [Step::Entry(number as u32)], entry.size);
            let refused = match entry.kind {
                EntryKind::Symlink => Some(LINK),
                EntryKind::Special => Some(SPECIAL),
                _ => unreadable(entry.encrypted, entry.method),
            };
            if let Some(why) = refused {
                self.leave_out(&inside.name, why);
                continue;
            }
            let has_room = budget.has_room(entry.size, entry.compressed);
            if budget.overlaps(spot.bytes) {
                self.leave_out(&spot.name, BOMB);
                break;
            }
            if !has_room {
                self.leave_out(&inside.name, BOMB);
                continue;
            }
            match zip.read(entry) {
                Ok(data) => self.see(&mut Feed::stream(data), &inside),
                Err(_) => self.leave_out(&inside.name, UNREADABLE),
            }
        }
        Ok(())
    }

    /// A zip inside something else, or without its list.
    fn zip_inside(&mut self, feed: &mut Feed<'_>, spot: &Spot) -> io::Result<()> {
        let mut names = names::Seen::default();
        let mut budget = Budget::default();
        while let Some(entry) = zip_stream::next(feed)? {
            let name = self.name(spot, &entry.name).filter(|name| !name.ends_with('/'));
            self.members += usize::from(name.is_some());
            if self.members > zip::MAX_ENTRIES {
                self.leave_out(&spot.name, MANY);
                return Ok(());
            }
            if let Some(name) = &name {
                self.again(spot, &mut names, name);
            }
            let has_room = entry.known.is_none_or(|s| budget.has_room(s.bytes, s.packed));
            if let Some(name) = name.as_ref().filter(|_| !has_room) {
                self.leave_out(&format!("{}/{name}", spot.name), BOMB);
            }
            let name = name.filter(|_| has_room);
            let sizes = self.local(feed, spot, &entry, name.as_deref())?;
            if entry.known.is_none() && !budget.has_room(sizes.bytes, sizes.packed) {
                return Err(Damage::Bomb.error());
            }
        }
        let end = feed.peek(4)?;
        let proper = end.starts_with(b"PK\x01\x02") || end.starts_with(b"PK\x05\x06");
        if proper { Ok(()) } else { Err(Damage::CutOff.error()) }
    }

    /// One entry of such a zip; the feed stands behind it afterwards.
    fn local(
        &mut self,
        feed: &mut Feed<'_>,
        spot: &Spot,
        entry: &Local,
        name: Option<&str>,
    ) -> io::Result<zip_stream::Sizes> {
        let refused = unreadable(entry.encrypted, entry.method);
        if let (Some(why), Some(name)) = (refused, name) {
            self.leave_out(&format!("{}/{name}", spot.name), why);
        }
        let deflated = entry.method == Method::Deflated;
        let inside = |sizes: zip_stream::Sizes, name: &str| {
            let mut inside = spot.inside(name, [], sizes.bytes);
            inside.steps = spot.part(entry.offset, sizes.packed);
            inside.steps.push(Step::Unzip { deflated, bytes: sizes.bytes, crc: sizes.crc });
            inside
        };
        let Some(sizes) = entry.known else {
            if refused.is_some() || !deflated {
                // Nobody knows where it ends.
                return Err(Damage::CutOff.error());
            }
            let from = self.found.sources.len();
            let unknown = zip_stream::Sizes { packed: u64::MAX / 4, bytes: 0, crc: 0 };
            let sizes = zip_stream::measured(feed, |data| {
                if let Some(name) = name {
                    self.see(&mut Feed::stream(data), &inside(unknown, name));
                }
                Ok(())
            })?;
            let way = inside(sizes, "").steps;
            self.found.sources[from..].iter_mut().for_each(|s| s.begin_with(&way, sizes.bytes));
            return Ok(sizes);
        };
        if let Some(name) = name.filter(|_| refused.is_none()) {
            let data = feed.by_ref().take(sizes.packed);
            let (data, counter) = Counted::new(data);
            let data: Box<dyn Read + '_> = if deflated {
                Box::new(Unpacked::new(flate2::read::DeflateDecoder::new(data), counter))
            } else {
                Box::new(data)
            };
            self.see(&mut Feed::stream(data), &inside(sizes, name));
        }
        if feed.skip_to(entry.offset.saturating_add(sizes.packed))? {
            Ok(sizes)
        } else {
            Err(Damage::CutOff.error())
        }
    }
}

fn unreadable(encrypted: bool, method: Method) -> Option<Reason> {
    match method {
        _ if encrypted => Some(ENCRYPTED),
        Method::Other => Some(METHOD),
        _ => None,
    }
}
