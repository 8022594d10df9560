//! Archives that are damaged, hostile or odd: each ends in its own code, with the good neighbours
//! converted, in bounded time and memory, and with nothing written outside the bundle. It must not
//! check how good archives are read.

#![forbid(unsafe_code)]

mod cases;
#[allow(dead_code)]
#[path = "layouts/container.rs"]
mod container;
/// What the packers pack.
mod layout {
    /// Files by name.
    pub type Files = Vec<(String, Vec<u8>)>;
}

use ::zip::CompressionMethod;
use ::zip::write::SimpleFileOptions;
use cases::{Bundle, run};
use container::{gzip, tar, zip, zip_as_stream};
use flate2::Compression;
use flate2::write::GzEncoder;
use layout::Files;
use std::fs;
use std::io::{Cursor, Write};
use tar::{EntryType, Header};

/// What an archive comes to.
enum Ends {
    /// No bundle; the code says why.
    Refused(&'static str),
    /// So many leads, and codes that must be told.
    Whole(u64, &'static [&'static str]),
}
use Ends::{Refused, Whole};

/// A lead of its own name.
fn lead(n: usize) -> Vec<u8> {
    format!("[{{\"id\":\"lead_{n}\",\"name\":\"Firma {n} GmbH\"}}]").into_bytes()
}

fn files(names: &[&str]) -> Files {
    names.iter().enumerate().map(|(n, name)| ((*name).to_owned(), lead(n))).collect()
}

/// A tar of members with names and types as they are given, good or bad.
fn odd_tar(members: &[(&[u8], EntryType)]) -> Vec<u8> {
    let mut out = tar(&files(&["good.json"]));
    out.truncate(1024);
    for (n, (name, kind)) in members.iter().enumerate() {
        let bytes = lead(n + 1);
        let mut header = Header::new_gnu();
        header.as_mut_bytes()[..name.len()].copy_from_slice(name);
        header.set_entry_type(*kind);
        let has_bytes = matches!(kind, EntryType::Regular | EntryType::GNUSparse);
        header.set_size(if has_bytes { bytes.len() as u64 } else { 0 });
        header.set_mode(0o644);
        header.set_cksum();
        out.extend_from_slice(header.as_bytes());
        if has_bytes {
            out.extend_from_slice(&bytes);
            out.resize(out.len().next_multiple_of(512), 0);
        }
    }
    out.resize(out.len() + 1024, 0);
    out
}

/// One good member, and one of this name.
fn named(name: &[u8]) -> Vec<u8> {
    odd_tar(&[(name, EntryType::Regular)])
}

/// One good member, and one of this type.
fn typed(kind: EntryType) -> Vec<u8> {
    odd_tar(&[(b"odd.json", kind)])
}

/// A zip of two, in whose headers bytes at these places (in the entry's own, in the list) change.
fn patched(own: usize, listed: usize, value: u8) -> Vec<u8> {
    let mut bytes = zip(&files(&["a.json", "b.json"]));
    let places = |sign: &[u8], bytes: &[u8]| -> Vec<usize> {
        memchr::memmem::find_iter(bytes, sign).collect()
    };
    let at = places(b"PK\x03\x04", &bytes)[1] + own;
    bytes[at] = value;
    let at = places(b"PK\x01\x02", &bytes)[1] + listed;
    bytes[at] = value;
    bytes
}

/// A zip with a Unix symbolic link.
fn zip_with_link() -> Vec<u8> {
    let mut packed = ::zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default();
    packed.start_file("good.json", options).expect("memory");
    packed.write_all(&lead(0)).expect("memory");
    packed.add_symlink("link.json", "/etc/passwd", options).expect("memory");
    packed.finish().expect("memory").into_inner()
}

/// The same name twice: the second is first written under another name of the same length.
fn zip_with_twins() -> Vec<u8> {
    let bytes = zip(&files(&["a.json", "b.json"]));
    let mut out = bytes;
    while let Some(at) = memchr::memmem::find(&out, b"b.json") {
        out[at] = b'a';
    }
    out
}

/// Three hundred entries of a megabyte each from next to nothing.
fn zip_of_many_bombs() -> Vec<u8> {
    let mut one = ::zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    one.start_file("x.json", options).expect("memory");
    one.write_all(&[lead(0), vec![b' '; 1 << 20]].concat()).expect("memory");
    let one = one.finish().expect("memory").into_inner();
    let mut one = ::zip::ZipArchive::new(Cursor::new(one)).expect("a zip");
    let mut all = ::zip::ZipWriter::new(Cursor::new(Vec::new()));
    for n in 0..300 {
        let entry = one.by_index_raw(0).expect("an entry");
        all.raw_copy_file_rename(entry, format!("{n}.json")).expect("memory");
    }
    all.finish().expect("memory").into_inner()
}

/// An entry that is a bomb of its own, before a good one.
fn zip_bomb_first() -> Vec<u8> {
    let blanks = [&lead(0)[..lead(0).len() - 1], &vec![b' '; 280 << 20]].concat();
    zip(&vec![("bomb.json".to_owned(), blanks), ("good.json".to_owned(), lead(1))])
}

/// Many entries that are one: all of them point to the data of the first.
fn zip_of_one() -> Vec<u8> {
    let names: Vec<String> = (0..50).map(|n| format!("{n:02}.json")).collect();
    let mut files: Files = names.iter().map(|name| (name.clone(), b"[]".to_vec())).collect();
    // Digits without a pattern, so that the data is larger than what stands around it.
    let digits = (0..20_000u32).map(|n| n.wrapping_mul(2_654_435_761).rotate_left(n % 31) % 10);
    let digits: String = digits.filter_map(|n| char::from_digit(n, 10)).collect();
    let lead = format!("[{{\"id\":\"lead_0\",\"name\":\"A GmbH\",\"description\":\"{digits}\"}}]");
    files[0].1 = lead.into_bytes();
    let mut bytes = zip_as_stream(&files);
    let list: Vec<usize> = memchr::memmem::find_iter(&bytes, b"PK\x01\x02").collect();
    // Checksum, both sizes and the place of the header.
    for at in &list[1..] {
        for range in [16..28, 42..46] {
            let first: Vec<u8> = bytes[list[0]..][range.clone()].to_vec();
            bytes[*at..][range].copy_from_slice(&first);
        }
    }
    bytes
}

/// A good lead, and more blanks than anybody would write.
fn gzip_bomb() -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(&lead(0)[..lead(0).len() - 1]).expect("memory");
    let blanks = vec![b' '; 1 << 20];
    (0..280).for_each(|_| packed.write_all(&blanks).expect("memory"));
    packed.finish().expect("memory")
}

fn cut(mut bytes: Vec<u8>, keep: usize) -> Vec<u8> {
    bytes.truncate(keep);
    bytes
}

fn flipped(mut bytes: Vec<u8>, from_end: usize) -> Vec<u8> {
    let at = bytes.len() - from_end;
    bytes[at] ^= 0xff;
    bytes
}

/// A zip with a member whose stored checksum is wrong.
fn wrong_checksum() -> Vec<u8> {
    let mut bytes = zip(&files(&["a.json", "b.json"]));
    let at = memchr::memmem::find(&bytes, b"Firma 1").expect("stored as it is");
    bytes[at] = b'X';
    bytes
}

/// A zip whose list says that the second member is where nothing is.
fn header_elsewhere() -> Vec<u8> {
    let mut bytes = zip(&files(&["a.json", "b.json"]));
    let at = memchr::memmem::rfind(&bytes, b"PK\x01\x02").expect("a list");
    bytes[at + 42..at + 46].copy_from_slice(&0x00ff_ffff_u32.to_le_bytes());
    bytes
}

/// A zip that lists more entries than anybody reads, all of them the same one.
fn too_many() -> Vec<u8> {
    const ENTRIES: u64 = 1_000_001;
    let mut bytes = zip(&files(&["a.json"]));
    let end = bytes.split_off(bytes.len() - 22);
    let list = u32::from_le_bytes(end[16..20].try_into().expect("four bytes")) as usize;
    let entry = bytes.split_off(list);
    bytes.extend(entry.repeat(ENTRIES as usize));
    let place = bytes.len() as u64;
    bytes.extend(b"PK\x06\x06");
    bytes.extend(44_u64.to_le_bytes());
    bytes.extend([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    for number in [ENTRIES, ENTRIES, place - list as u64, list as u64] {
        bytes.extend(number.to_le_bytes());
    }
    bytes.extend(b"PK\x06\x07\0\0\0\0");
    bytes.extend(place.to_le_bytes());
    bytes.extend(1_u32.to_le_bytes());
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend([0xff; 12]);
    bytes.extend([0, 0]);
    bytes
}

fn case(name: &str, bytes: Vec<u8>, ends: Ends) -> (String, Vec<u8>, Ends) {
    (name.to_owned(), bytes, ends)
}

#[allow(clippy::too_many_lines)] // A table.
fn all() -> Vec<(String, Vec<u8>, Ends)> {
    let three = || files(&["a.json", "b.json", "c.json"]);
    let inside = |name: &str, bytes: Vec<u8>| -> Files {
        vec![(name.to_owned(), bytes), ("good.json".to_owned(), lead(9))]
    };
    let foreign = |bytes: &[u8]| -> Files { vec![("x.json".to_owned(), bytes.to_vec())] };
    vec![
        case(
            "junk.json.gz",
            b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xff\xff\xff".to_vec(),
            Refused("C2T-S005"),
        ),
        case("elsewhere.zip", header_elsewhere(), Whole(1, &["C2T-S007"])),
        case("many.zip", too_many(), Refused("C2T-S018")),
        case("head.zip", b"PK\x03\x04\xff\xff\xff\xff".to_vec(), Refused("C2T-S021")),
        case("climbs.tar", named(b"../../evil.json"), Whole(1, &["C2T-S011"])),
        case("climbs-inside.tar.gz", gzip(&named(b"a/../../evil.json")), Whole(1, &["C2T-S011"])),
        case("climbs-windows.tar", named(b"..\\evil.json"), Whole(1, &["C2T-S011"])),
        case("climbs.zip", zip(&files(&["a.json", "../evil.json"])), Whole(1, &["C2T-S011"])),
        case("nul.zip", zip(&files(&["a.json", "b\0.json"])), Whole(1, &["C2T-S011"])),
        case("root.tar", named(b"/etc/evil.json"), Whole(2, &["C2T-S012"])),
        case("drive.tar", named(b"C:\\evil.json"), Whole(2, &["C2T-S012"])),
        case("backslash.zip", zip(&files(&["a\\b.json"])), Whole(1, &[])),
        case("latin1.tar", named(b"gr\xfcn.json"), Whole(2, &[])),
        case("symlink.tar", typed(EntryType::Symlink), Whole(1, &["C2T-S013"])),
        case("hard-link.tar.gz", gzip(&typed(EntryType::Link)), Whole(1, &["C2T-S013"])),
        case("symlink.zip", zip_with_link(), Whole(1, &["C2T-S013"])),
        case("device.tar", typed(EntryType::Char), Whole(1, &["C2T-S014"])),
        case("pipe.tar.gz", gzip(&typed(EntryType::Fifo)), Whole(1, &["C2T-S014"])),
        case("sparse.tar", typed(EntryType::GNUSparse), Whole(1, &["C2T-S023"])),
        case("encrypted.zip", patched(6, 8, 1), Whole(1, &["C2T-S015"])),
        case(
            "encrypted-inside.tar",
            tar(&inside("x.zip", patched(6, 8, 1))),
            Whole(2, &["C2T-S015"]),
        ),
        case("bzip2.zip", patched(8, 10, 12), Whole(1, &["C2T-S016"])),
        case(
            "bzip2-inside.zip",
            zip(&inside("x.zip", patched(8, 10, 12))),
            Whole(2, &["C2T-S016"]),
        ),
        case(
            "three-deep.zip",
            zip(&inside("x.zip", zip(&inside("y.zip", zip(&three()))))),
            Whole(1, &["C2T-S017"]),
        ),
        case("gzip-three-deep.gz", gzip(&gzip(&gzip(&lead(0)))), Refused("C2T-S017")),
        case("gzip-two-deep.gz", gzip(&gzip(&lead(0))), Whole(1, &[])),
        case(
            "json-three-deep.tar.gz",
            gzip(&tar(&inside("x.zip", zip(&vec![("a.gz".into(), gzip(&lead(0)))])))),
            Whole(1, &["C2T-S017"]),
        ),
        case("empty.zip", zip(&Files::new()), Refused("C2T-S019")),
        case("empty.tar", tar(&Files::new()), Refused("C2T-S019")),
        case("empty.tar.gz", gzip(&tar(&Files::new())), Refused("C2T-S019")),
        case("empty.gz", gzip(b""), Refused("C2T-S001")),
        case("foreign.zip", zip(&foreign(b"\x89PNG\r\n\x1a\n")), Refused("C2T-S020")),
        case("foreign.tar.gz", gzip(&tar(&foreign(b"hello"))), Refused("C2T-S020")),
        case("csv.zip", zip(&foreign(b"id,display_name,status\nx,y,z\n")), Refused("C2T-S002")),
        case("backup.tar.gz", gzip(&tar(&foreign(b"[\n,0,1\n]"))), Refused("C2T-S003")),
        case(
            "garbage.tar",
            [tar(&files(&["a.json"]))[..512].to_vec(), vec![b'x'; 2048]].concat(),
            Whole(0, &["C2T-X006"]),
        ),
        case(
            "twins.tar",
            tar(&vec![("a".into(), lead(0)), ("a".into(), lead(1))]),
            Whole(2, &["C2T-S022"]),
        ),
        case("twins.zip", zip_with_twins(), Whole(2, &["C2T-S022"])),
        case("other.7z", b"7z\xbc\xaf\x27\x1c\0\x04".to_vec(), Refused("C2T-S024")),
        case(
            "other-inside.zip",
            zip(&inside("x.7z", b"7z\xbc\xaf\x27\x1c\0\x04".to_vec())),
            Whole(1, &["C2T-S024"]),
        ),
        case("many-bombs.zip", zip_of_many_bombs(), Whole(1, &["C2T-S025"])),
        case("bomb-first.zip", zip_bomb_first(), Whole(2, &["C2T-X005"])),
        case("overlapping.zip", zip_of_one(), Whole(1, &["C2T-S025"])),
        case("bomb.json.gz", gzip_bomb(), Whole(1, &["C2T-X005"])),
        case("bomb-inside.zip", zip(&inside("b.json.gz", gzip_bomb())), Whole(2, &["C2T-X005"])),
        case("checksum.zip", wrong_checksum(), Whole(2, &["C2T-X004"])),
        case(
            "checksum-inside.tar.gz",
            gzip(&tar(&inside("x.zip", wrong_checksum()))),
            Whole(3, &["C2T-X004"]),
        ),
        case("checksum.gz", flipped(gzip(&lead(0)), 6), Whole(1, &["C2T-X004"])),
        case("checksum.tar.gz", flipped(gzip(&tar(&three())), 6), Whole(3, &["C2T-X004"])),
        case("cut.zip", cut(zip(&three()), 150), Whole(1, &["C2T-X006"])),
        case(
            "no-list.zip",
            cut(
                zip(&three()),
                memchr::memmem::find(&zip(&three()), b"PK\x01\x02").expect("a list"),
            ),
            Whole(3, &["C2T-X006"]),
        ),
        case("cut.tar", cut(tar(&three()), 1024 + 512 + 20), Whole(1, &["C2T-X006", "C2T-R002"])),
        case("cut-between.tar", cut(tar(&three()), 2048), Whole(2, &[])),
        case("cut.tar.gz", cut(gzip(&tar(&three())), 100), Whole(1, &["C2T-X006"])),
        case(
            "cut-stream-inside.tar",
            tar(&inside("x.zip", cut(zip_as_stream(&three()), 200))),
            Whole(3, &["C2T-X006"]),
        ),
        case(
            "long-name.tar",
            {
                let mut long = typed(EntryType::GNULongName);
                let mut header = Header::from_byte_slice(&long[1024..1536]).clone();
                header.set_size(1 << 33);
                header.set_cksum();
                long[1024..1536].copy_from_slice(header.as_bytes());
                long
            },
            Whole(1, &["C2T-X006"]),
        ),
        case(
            "mac.zip",
            zip(&vec![
                ("leads.json".into(), lead(0)),
                ("__MACOSX/._leads.json".into(), b"\0\x05\x16\x07".to_vec()),
                (".DS_Store".into(), b"\0\0\0\x01Bud1".to_vec()),
            ]),
            Whole(1, &[]),
        ),
        case(
            "bundle.zip",
            zip(&vec![
                ("old/manifest.json".into(), b"{\"format\": \"close2twenty-bundle\"}".to_vec()),
                ("old/archive/lead.jsonl".into(), lead(3)),
                ("leads.json".into(), lead(0)),
            ]),
            Whole(1, &["C2T-S010"]),
        ),
        case(
            "bundle-alone.zip",
            zip(&vec![
                ("manifest.json".into(), b"{\"format\": \"close2twenty-bundle\"}".to_vec()),
                ("archive/lead.jsonl".into(), lead(3)),
            ]),
            Refused("C2T-S010"),
        ),
    ]
}

/// Codes the run told of, in any of its reports.
fn told(bundle: &Bundle) -> Vec<String> {
    let summary = &bundle.summary;
    let left = summary.ignored_files.iter().chain(&summary.remarks).map(|line| line.code);
    let cut = summary.incomplete.iter().map(|line| line.code);
    let records = summary.notices.iter().map(|line| line.code);
    left.chain(cut).chain(records).map(str::to_owned).collect()
}

#[test]
fn every_bad_archive_ends_as_it_should() {
    let all = all();
    cases::for_each(&all, |(name, bytes, ends)| {
        let folder = tempfile::tempdir().expect("a folder");
        let place = folder.path().join("deep").join("deeper");
        fs::create_dir_all(&place).expect("a folder");
        fs::write(place.join(name), bytes).expect("a file");
        let result = run(&place.join(name));
        let left = cases::files(folder.path()).len();
        assert_eq!(left, 1, "{name}: nothing is written beside the export");
        let complaint = match (ends, &result) {
            (Refused(code), Err(error)) if error.code == *code => return Vec::new(),
            (Whole(good, codes), Ok(bundle)) => {
                let counts = bundle.summary.records.values();
                assert!(counts.clone().all(|counts| counts.remainder() == 0), "{name}");
                let found = bundle.summary.records.get("lead").map_or(0, |counts| counts.written);
                let told = told(bundle);
                let silent: Vec<_> =
                    codes.iter().filter(|c| !told.iter().any(|t| t == *c)).collect();
                let clean = !codes.is_empty() || told.is_empty();
                if found == *good && silent.is_empty() && clean {
                    return Vec::new();
                }
                format!("{found} leads, told {told:?}, not told {silent:?}")
            }
            // What breaks off before the first record leaves nothing to convert.
            (Whole(0, codes), Err(error))
                if codes.contains(&error.code) || error.code == "C2T-E021" =>
            {
                return Vec::new();
            }
            (_, Err(error)) => format!("{} {error}", error.code),
            (_, Ok(bundle)) => format!("a bundle; told {:?}", told(bundle)),
        };
        vec![format!("{name}: {complaint}")]
    });
}

/// A message about a member names the archive and the member.
#[test]
fn the_place_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("export.zip");
    fs::write(
        &file,
        zip(&vec![
            ("a/leads.json".into(), lead(0)),
            ("a/photo.png".into(), b"\x89PNG\r\n\x1a\n".to_vec()),
            ("b.json".into(), b"[{\"id\":\"lead_2\",\"name\" \"x\"}]".to_vec()),
        ]),
    )
    .expect("a file");
    let bundle = run(&file).expect("it converts");
    let left: Vec<_> = bundle.summary.ignored_files.iter().map(|line| &*line.file).collect();
    assert_eq!(left, ["export.zip/a/photo.png", "export.zip/b.json"]);
    let rejects = String::from_utf8_lossy(&bundle.files()["reports/rejects.csv"]).into_owned();
    assert!(rejects.contains("\"export.zip/b.json\""), "{rejects}");
}

/// Foreign files cost one line each up to a bound, and a line for the others.
#[test]
fn many_foreign_files_are_counted() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("x.tar.gz");
    let mut files: Files = (0..500).map(|n| (format!("{n}.txt"), b"hello".to_vec())).collect();
    files.push(("leads.json".into(), lead(0)));
    fs::write(&file, gzip(&tar(&files))).expect("a file");
    let bundle = run(&file).expect("it converts");
    let lines = &bundle.summary.ignored_files;
    assert_eq!(lines.len(), 101);
    assert!(lines.iter().any(|line| line.file == "x.tar.gz (400 more inside it)"), "{lines:?}");
}
