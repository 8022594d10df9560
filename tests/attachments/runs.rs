//! Whole runs: the same bytes for any number of threads and any order on disk, changes only, samples, and
//! files that stay where they are.

use crate::ground::{
    Folder, How, MP3, PDF, call, convert_with, export, file, made, map, note, pdf,
};
use serde_json::{Value, json};
use std::fs;

/// Notes with two files each, a call now and then, and a folder with most of them.
fn many(n: usize) -> (Vec<Value>, Vec<(String, Vec<u8>)>) {
    let (mut records, mut files) = (Vec::new(), Vec::new());
    for i in 0..n {
        let id = format!("acti_{i:04}");
        let content = pdf(&(i % 7).to_string());
        let offer = file(&id, "tokA", "offer.pdf", Some(content.len()));
        let other = file(&id, "tokB", &format!("file {i}.txt"), Some(i + 1));
        records.push(note(&id, &[offer, other]));
        files.push((format!("{id}/tokA/offer.pdf"), content));
        match i % 5 {
            0 => {}
            1 => files.push((format!("flat/file {i}.txt"), vec![b'x'; i + 1])),
            2 => files.push((format!("{id}_file {i}.txt"), vec![b'x'; i + 1])),
            3 => files.push((format!("{id}/tokB/x"), vec![b'x'; i])),
            _ => files.push((format!("stray/{i}.bin"), vec![b'y'; i + 1])),
        }
        if i % 3 == 0 {
            let id = format!("acti_C{i:04}");
            records.push(call(&id, true, false));
            files.push((format!("close-recording-{id}.mp3"), [MP3, id.as_bytes()].concat()));
        }
    }
    (records, files)
}

fn placed(files: impl Iterator<Item = (String, Vec<u8>)>) -> Folder {
    files.fold(Folder::new(), |folder, (path, bytes)| folder.put(&path, bytes))
}

#[test]
fn the_same_bytes_for_any_threads_and_any_order_on_disk() {
    let (records, files) = many(120);
    let (forth, back) = (placed(files.clone().into_iter()), placed(files.into_iter().rev()));
    let first = made(&records, &forth);
    let sum = &first.summary.attachments;
    assert!(sum.attached > 100 && sum.missing > 10 && sum.rejected > 10, "{sum:?}");
    assert!(sum.found.duplicate > 50 && sum.found.unclaimed > 10, "{sum:?}");
    let expected = first.files();
    for (folder, threads) in [(&forth, 4), (&back, 1), (&back, 3)] {
        let how = How { threads, ..How::default() };
        let made = convert_with(&export(&records), &[folder.path()], &how).unwrap();
        let now = made.files();
        assert_eq!(now.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
        let different: Vec<_> =
            now.iter().filter(|(path, bytes)| expected[*path] != **bytes).collect();
        let different: Vec<_> = different.iter().map(|(path, _)| path).collect();
        assert!(different.is_empty(), "{threads} threads: {different:?}");
    }
}

#[cfg(unix)]
#[test]
fn files_are_linked_and_the_originals_stay() {
    use std::os::unix::fs::MetadataExt;
    let folder = Folder::new().put("acti_N/tok1/a.pdf", PDF);
    let made = made(&[note("acti_N", &[file("acti_N", "tok1", "a.pdf", None)])], &folder);
    let original = fs::metadata(folder.path().join("acti_N/tok1/a.pdf")).unwrap();
    let stored = fs::metadata(made.path().join(&made.line("acti_N/tok1")["path"])).unwrap();
    if original.dev() == stored.dev() {
        assert_eq!((original.ino(), original.nlink()), (stored.ino(), 2));
    }
}

#[test]
fn files_may_stay_where_they_are() {
    let folder = Folder::new().put("acti_N/tok1/a.pdf", PDF);
    let records = export(&[note("acti_N", &[file("acti_N", "tok1", "a.pdf", None)])]);
    let how = How { no_copy: true, ..How::default() };
    let made = convert_with(&records, &[folder.path()], &how).unwrap();
    let line = made.line("acti_N/tok1");
    assert_eq!((&*line["status"], &*line["path"]), ("attached", ""));
    assert_eq!(fs::read(&line["source"]).unwrap(), PDF);
    assert!(!line["sha256"].is_empty());
    assert!(!made.path().join("files").exists());
    assert!(!made.summary.attachments.in_bundle);
}

#[test]
fn changes_only() {
    let two = |size| [file("acti_N", "tok1", "a.pdf", None), file("acti_N", "tok2", "b.pdf", size)];
    let other = note("acti_G", &[file("acti_G", "tok3", "c.pdf", None)]);
    let before = export(&[note("acti_N", &two(None)), other]);
    let folder = Folder::new().put("acti_N/tok1/a.pdf", PDF).put("acti_G/tok3/c.pdf", pdf("c"));
    let old = convert_with(&before, &[folder.path()], &How::default()).unwrap();
    // One file has come, one record has gone, one is new.
    let folder = folder.put("acti_N/tok2/b.pdf", pdf("b")).put("acti_X/tok4/d.pdf", pdf("d"));
    let fresh = note("acti_X", &[file("acti_X", "tok4", "d.pdf", None)]);
    let after = export(&[note("acti_N", &two(None)), fresh]);
    let how = How { since: Some(old.path()), ..How::default() };
    let made = convert_with(&after, &[folder.path()], &how).unwrap();
    assert_eq!(made.index.column("close_id"), ["acti_N/tok2", "acti_X/tok4"]);
    let stored: Vec<_> =
        made.files().into_keys().filter(|path| path.starts_with("files/")).collect();
    assert_eq!(stored.len(), 2, "{stored:?}");
    let sum = &made.summary.attachments;
    assert_eq!((sum.referenced, sum.attached, sum.unchanged), (3, 3, 1));
    let delta = fs::read_to_string(made.path().join("reports/delta.csv")).unwrap();
    for line in [
        r#""attachment","files","acti_X/tok4","new""#,
        r#""attachment","files","acti_N/tok2","changed""#,
        r#""attachment","files","acti_G/tok3","gone""#,
    ] {
        assert!(delta.contains(line), "{line} in\n{delta}");
    }
    // The new bundle remembers everything: nothing has changed since.
    let how = How { since: Some(made.path()), ..How::default() };
    let again = convert_with(&after, &[folder.path()], &how).unwrap();
    assert!(again.index.rows.is_empty() && again.summary.attachments.unchanged == 3);
    // Without any file left, the older ones are gone.
    let how = How { since: Some(made.path()), ..How::default() };
    let none = convert_with(&export(&[]), &[folder.path()], &how).unwrap();
    let delta = fs::read_to_string(none.path().join("reports/delta.csv")).unwrap();
    assert_eq!(delta.matches(r#""attachment","files""#).count(), 3);
}

#[test]
fn where_a_file_was_found_is_no_change() {
    let records = export(&[note("acti_N", &[file("acti_N", "tok1", "a.pdf", Some(PDF.len()))])]);
    let (a, b) = (Folder::new().put("acti_N/tok1/a.pdf", PDF), Folder::new().put("a.pdf", PDF));
    let old = convert_with(&records, &[a.path()], &How::default()).unwrap();
    let how = How { since: Some(old.path()), ..How::default() };
    let made = convert_with(&records, &[b.path()], &how).unwrap();
    assert_eq!(made.summary.attachments.unchanged, 1);
}

#[test]
fn a_sample_has_the_files_of_its_leads() {
    let lead = |n: usize| {
        let id = format!("acti_{n}");
        let mut own = note(&id, &[file(&id, "tok1", "a.pdf", None)]);
        own["lead_id"] = json!(format!("lead_{n}"));
        json!({"id": format!("lead_{n}"), "name": format!("Acme {n}"), "activities": [own]})
    };
    let records: Vec<_> = (0..9).map(lead).collect();
    let folder = placed((0..9).map(|n| (format!("acti_{n}/tok1/a.pdf"), pdf(&n.to_string()))));
    let how = How { sample: Some(2), ..How::default() };
    let made = convert_with(&records, &[folder.path()], &how).unwrap();
    let sum = &made.summary.attachments;
    assert_eq!((sum.referenced, sum.attached, sum.found.files, sum.found.unclaimed), (2, 2, 9, 7));
    // They belong to records that were left out: not worth a line each.
    assert_eq!(made.unclaimed(), map(&[]));
    assert_eq!(sum.reasons["C2T-A037"], 7);
}

#[test]
fn files_beside_the_export_are_told_from_it() {
    let folder = tempfile::tempdir().unwrap();
    let records = export(&[note("acti_N", &[file("acti_N", "tok1", "data.json", None)])]);
    fs::write(folder.path().join("leads.json"), serde_json::to_vec(&records).unwrap()).unwrap();
    let files = folder.path().join("files/acti_N/tok1");
    fs::create_dir_all(&files).unwrap();
    // An attachment may look like an export.
    fs::write(files.join("data.json"), r#"[{"id":"lead_Z","name":"not ours"}]"#).unwrap();
    let run = |attachments: std::path::PathBuf| {
        let out = tempfile::tempdir().unwrap();
        let options = close2twenty::cli::commands::convert::Options {
            exports: vec![folder.path().to_owned()],
            output: out.path().join("bundle"),
            attachments: vec![attachments],
            threads: 1,
            ..Default::default()
        };
        close2twenty::cli::commands::convert::convert(&options, crate::cases::built_in(), &|_| ())
            .unwrap()
    };
    let inside = run(folder.path().join("files"));
    assert_eq!((inside.records["lead"].read, inside.attachments.attached), (1, 1));
    assert!(inside.ignored_files.is_empty());
}
