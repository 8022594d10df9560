//! The tables `check` shares with others, against lists of their own; and each rule of the importer's parser
//! that needs a file to show.

use super::lexer::{Lexer, Record};
use crate::twenty::{address, currency};
use serde_json::Value;

#[test]
fn the_shared_lists_are_those_of_twenty() {
    let lists: Value =
        serde_json::from_str(include_str!("../../testdata/twenty/closed-lists.json")).unwrap();
    let names =
        |key: &str| lists[key].as_array().unwrap().iter().map(|name| name.as_str().unwrap());
    assert!(names("countryNames").count() > 240 && names("currencies").count() > 150);
    assert!(names("countryNames").all(address::is_listed));
    // ISO 4217 has more codes than Twenty offers.
    assert_eq!(names("currencies").filter(|code| currency::is_listed(code)).count(), 154);
    for other in ["DE", "germany", "Deutschland", " Germany", ""] {
        assert!(!address::is_listed(other), "{other}");
    }
    for other in ["eur", "EUR ", "DEM", ""] {
        assert!(!currency::is_listed(other), "{other}");
    }
}

/// A file without end, and lines without end, take no more memory than a record may.
#[test]
fn a_cell_without_end_is_cut() {
    let mut text = b"\"a\",\"".to_vec();
    text.resize(6 << 20, b'x');
    text.extend_from_slice(b"\"\nb,c\n");
    let mut lexer = Lexer::new(text.as_slice(), b',', 0);
    let mut record = Record::default();
    assert!(lexer.next(&mut record).unwrap());
    assert_eq!((record.len(), record.cell(0)), (2, &b"a"[..]));
    assert!(record.lost > 0 && record.cell(1).len() <= (4 << 20) + 2);
    assert!(lexer.next(&mut record).unwrap());
    assert_eq!((record.cell(0), record.cell(1), record.line), (&b"b"[..], &b"c"[..], 2));
    let commas = vec![b','; 50_000];
    let mut lexer = Lexer::new(commas.as_slice(), b',', 0);
    assert!(lexer.next(&mut record).unwrap());
    assert_eq!(record.len(), 20_000);
}
