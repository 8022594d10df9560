//! One export in every layout and every container becomes the same CSV files, byte for byte. What a
//! layout cannot express is left out of the export it is compared with. It must not look into cells.

#![forbid(unsafe_code)]

mod cases;
#[path = "layouts/container.rs"]
mod container;
#[path = "layouts/layout.rs"]
mod layout;
#[path = "layouts/world.rs"]
mod world;

use cases::{Bundle, built_in, run_with};
use close2twenty::mapping::LeadStrategy;
use container::Pack;
use layout::{Files, Layout};
use std::collections::BTreeMap;
use std::path::PathBuf;
use world::World;

type Csv = BTreeMap<String, Vec<u8>>;

fn converted(exports: &[PathBuf], threads: usize) -> Result<Bundle, String> {
    run_with(exports, LeadStrategy::Auto, threads, built_in())
        .map_err(|error| format!("{} {error}", error.code))
}

fn csv(bundle: &Bundle) -> Csv {
    bundle.files().into_iter().filter(|(path, _)| path.starts_with("csv/")).collect()
}

/// Packs the files, converts them, and answers the CSV files.
fn csv_of(files: &Files, pack: Pack, threads: usize) -> Result<Csv, String> {
    let folder = tempfile::tempdir().expect("a folder");
    let exports = pack(files, folder.path());
    let bundle = converted(&exports, threads)?;
    let odd = bundle.summary.incomplete.iter().map(|line| format!("{line:?}"));
    let odd: Vec<_> =
        odd.chain(bundle.summary.ignored_files.iter().map(|l| format!("{l:?}"))).collect();
    if odd.is_empty() { Ok(csv(&bundle)) } else { Err(format!("{} odd: {}", odd.len(), odd[0])) }
}

/// What differs, in a few words.
fn difference(expected: &Csv, found: &Csv) -> Option<String> {
    if expected.keys().ne(found.keys()) {
        return Some(format!("other files: {:?}", found.keys().collect::<Vec<_>>()));
    }
    expected.iter().find_map(|(path, bytes)| {
        let (old, new) = (String::from_utf8_lossy(bytes), String::from_utf8_lossy(&found[path]));
        let (n, (old, new)) =
            old.lines().zip(new.lines()).enumerate().find(|(_, (old, new))| old != new)?;
        let head = bytes.split(|b| *b == b'\n').next().unwrap_or_default();
        let head = String::from_utf8_lossy(head).into_owned();
        let cells = |line: &str| line.split("\",\"").map(str::to_owned).collect::<Vec<_>>();
        let (old, new, head) = (cells(old), cells(new), cells(&head));
        let at = old.iter().zip(&new).position(|(old, new)| old != new).unwrap_or_default();
        let get = |cells: &[String]| cells.get(at).cloned().unwrap_or_default();
        Some(format!("{path}:{n} {}: {:?} not {:?}", get(&head), get(&new), get(&old)))
    })
}

/// The CSV files of the layout that holds everything, for what a layout can express.
fn expected(layout: &Layout, world: &World) -> Csv {
    let base = (layout.base)(world);
    csv_of(&(layout::ALL[0].files)(&base), container::ALL[0].1, 1).expect("the plain export")
}

#[test]
fn every_layout_in_every_container_gives_the_same_csv() {
    let world = World::sample();
    let cases: Vec<(usize, usize)> = (0..layout::ALL.len())
        .flat_map(|layout| (0..container::ALL.len()).map(move |pack| (layout, pack)))
        .collect();
    let expected: Vec<Csv> = layout::ALL.iter().map(|layout| expected(layout, &world)).collect();
    assert!(expected[0].len() > 8, "there is something to compare: {:?}", expected[0].keys());
    cases::for_each(&cases, |(layout, pack)| {
        let (name, container) = (layout::ALL[*layout].name, container::ALL[*pack].0);
        let files = (layout::ALL[*layout].files)(&(layout::ALL[*layout].base)(&world));
        let threads = if (layout + pack) % 2 == 0 { 1 } else { 4 };
        let complaint = match csv_of(&files, container::ALL[*pack].1, threads) {
            Ok(found) => difference(&expected[*layout], &found),
            Err(error) => Some(error),
        };
        complaint.map(|what| format!("{name} as {container}: {what}")).into_iter().collect()
    });
}

#[test]
fn an_archive_in_an_archive_gives_the_same_csv() {
    let world = World::sample();
    let layouts = [layout("L3 one page"), layout("L5 array per endpoint"), layout("L12")];
    let expected = expected(layouts[0], &world);
    let cases: Vec<(&Layout, usize)> = layouts
        .iter()
        .flat_map(|layout| (0..container::NESTED.len()).map(move |pack| (*layout, pack)))
        .collect();
    cases::for_each(&cases, |(layout, pack)| {
        let (container, pack) = container::NESTED[*pack];
        let complaint = match csv_of(&(layout.files)(&world), pack, 2) {
            Ok(found) => difference(&expected, &found),
            Err(error) => Some(error),
        };
        complaint
            .map(|what| format!("{} as {container}: {what}", layout.name))
            .into_iter()
            .collect()
    });
}

/// The names of files decide the order they are read in, and nothing else.
#[test]
fn names_and_order_of_files_do_not_show() {
    let world = World::sample();
    let cases: Vec<(&Layout, usize)> = ["L1", "L2", "L5", "L6", "L8", "L10", "L12", "L13 folder"]
        .into_iter()
        .flat_map(|name| (0..3).map(move |turn| (layout(name), turn)))
        .collect();
    cases::for_each(&cases, |(layout, turn)| {
        let base = (layout.base)(&world);
        let mut files = (layout.files)(&base);
        let count = files.len();
        for (n, (name, _)) in files.iter_mut().enumerate() {
            // 7919 is a prime no count of files is a multiple of: every name is used once.
            let place = (n * 7919 + turn * 31) % count;
            *name = if *turn == 0 { format!("{:05}", count - n) } else { format!("{place:05}") };
        }
        let complaint = match csv_of(&files, container::ALL[0].1, 1 + turn) {
            Ok(found) => difference(&expected(layout, &world), &found),
            Err(error) => Some(error),
        };
        complaint.map(|what| format!("{} turn {turn}: {what}", layout.name)).into_iter().collect()
    });
}

/// The same records in one file or two, in one order or the other.
#[test]
fn the_order_of_records_does_not_show() {
    let world = World::sample();
    let expected = expected(layout("L7"), &world);
    let lines = (layout("L7").files)(&world).remove(0).1;
    let mut lines: Vec<&[u8]> = lines.split_inclusive(|byte| *byte == b'\n').collect();
    lines.reverse();
    let backwards = lines.concat();
    let half: Vec<Vec<u8>> = (0..2)
        .map(|n| lines.iter().skip(n).step_by(2).copied().collect::<Vec<_>>().concat())
        .collect();
    let two: Files = half.into_iter().enumerate().map(|(n, half)| (n.to_string(), half)).collect();
    for (what, files) in [("backwards", vec![("x".into(), backwards)]), ("in two files", two)] {
        let found = csv_of(&files, container::ALL[0].1, 2).expect(what);
        assert_eq!(difference(&expected, &found), None, "{what}");
    }
}

fn layout(name: &str) -> &'static Layout {
    layout::ALL.iter().find(|layout| layout.name.starts_with(name)).expect("a layout")
}

/// Small files are read whole by the workers; one that unpacks to much is read like a large one, and
/// its place among the others stays.
#[test]
fn a_small_file_that_unpacks_to_much_keeps_its_place() {
    let lead = |n: usize| format!("{{\"id\":\"lead_{n}\",\"name\":\"Firma {n} GmbH\"}}");
    let blanks = " ".repeat(8 << 20);
    let large = format!("[{},{blanks}{}]", lead(1), lead(2));
    let files = |pack: fn(&[u8]) -> Vec<u8>| -> Files {
        let small = |n: usize| format!("[{}]", lead(n)).into_bytes();
        let mut files: Files =
            (3..400).map(|n| (format!("{n:03}.json"), pack(&small(n)))).collect();
        files.push(("100-large.json".into(), pack(large.as_bytes())));
        files
    };
    let of = |files: &Files, threads| {
        let folder = tempfile::tempdir().expect("a folder");
        let bundle =
            converted(&container::ALL[0].1(files, folder.path()), threads).expect("a bundle");
        let manifest = bundle.files().remove("manifest.json").expect("a manifest");
        let manifest: serde_json::Value = serde_json::from_slice(&manifest).expect("JSON");
        (csv(&bundle), manifest["source"]["files"].clone())
    };
    let plain = of(&files(<[u8]>::to_vec), 1);
    let packed = files(container::gzip);
    assert!(packed.last().is_some_and(|(_, bytes)| bytes.len() < 100_000));
    for threads in [1, 4] {
        let found = of(&packed, threads);
        assert_eq!(difference(&plain.0, &found.0), None);
        assert_eq!(plain.1, found.1, "bytes and digests of every file");
    }
}
