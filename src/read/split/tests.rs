//! The splitter on every layout, on broken input, and under any read size.

use super::*;
use proptest::prelude::*;

/// Everything a source was cut into: good records, broken ones, envelopes, truncated or not.
#[derive(Debug, Default, PartialEq, Eq)]
struct Cut {
    good: Vec<String>,
    broken: Vec<(String, Broken)>,
    pages: Vec<(String, u64)>,
    truncated: bool,
}

/// A reader that hands out a few bytes at a time.
struct Drip<'a>(&'a [u8], usize);

impl Read for Drip<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let n = self.1.min(self.0.len()).min(out.len());
        out[..n].copy_from_slice(&self.0[..n]);
        self.0 = &self.0[n..];
        Ok(n)
    }
}

fn cut(source: &[u8]) -> Cut {
    cut_dripping(source, usize::MAX)
}

fn cut_dripping(source: &[u8], drip: usize) -> Cut {
    let mut splitter = Splitter::new(Drip(source, drip), Path::new("x.json").into(), 0);
    let mut out = Cut::default();
    while let Some(chunk) = splitter.next_chunk().unwrap() {
        let base = chunk.offset as usize;
        assert_eq!(&source[base..base + chunk.bytes.len()], &chunk.bytes[..]);
        for span in &chunk.records {
            let text = String::from_utf8_lossy(&chunk.bytes[span.start..span.end]).into_owned();
            match span.broken {
                None => out.good.push(text),
                Some(broken) => out.broken.push((text, broken)),
            }
        }
        for page in chunk.envelopes {
            out.pages.push((String::from_utf8(page.json).unwrap(), page.records));
        }
        out.truncated |= chunk.truncated;
    }
    assert_eq!(splitter.bytes(), source.len() as u64);
    out
}

fn good(records: &[&str]) -> Cut {
    Cut { good: records.iter().map(|r| (*r).to_owned()).collect(), ..Cut::default() }
}

#[test]
fn cuts_every_layout() {
    let a = r#"{"id":"lead_1","x":[{"y":"]}"}]}"#;
    let b = r#"{"id":"lead_2"}"#;
    let both = good(&[a, b]);
    let layouts = [
        format!("[{a},{b}]"),
        format!("\u{feff}[\n  {a},\n  {b}\n]\n"),
        format!("{a}\n{b}\n"),
        format!("{a}{b}"),
        format!("[[{a}],[{b}]]"),
    ];
    for layout in layouts {
        assert_eq!(cut(layout.as_bytes()), both, "{layout}");
    }
    assert_eq!(cut(b"[]"), Cut::default());
    assert_eq!(cut(b"  \n"), Cut::default());
}

#[test]
fn cuts_pages_and_keeps_what_they_say() {
    let a = r#"{"id":"lead_1","data":[1]}"#;
    let page = |more: bool| format!(r#"{{"has_more":{more},"data":[{a},{a}],"total_results":9}}"#);
    let head = |more: bool| format!(r#"{{"has_more":{more},"data":[],"total_results":9}}"#);
    for (source, pages) in [
        (page(true), vec![(head(true), 2)]),
        (format!("[{},{}]", page(true), page(false)), vec![(head(true), 2), (head(false), 2)]),
        (format!("{}{}", page(true), page(false)), vec![(head(true), 2), (head(false), 2)]),
        (format!("{}\n{}\n", page(true), page(false)), vec![(head(true), 2), (head(false), 2)]),
    ] {
        let found = cut(source.as_bytes());
        assert_eq!(found.good, vec![a.to_owned(); 2 * pages.len()], "{source}");
        assert_eq!(found.pages, pages);
        assert!(found.broken.is_empty() && !found.truncated);
    }
}

#[test]
fn goes_on_behind_a_broken_record() {
    let good_one = r#"{"id":"lead_1","name":"x"}"#;
    let last = r#"{"id":"lead_9"}"#;
    for broken in [
        r#"{"id":"lead_2","name" "y"}}"#,
        r#"{"id":"lead_2","contacts":[{"id":"cont_1"}"#,
        r#"{"id":"lead_2","name":"y}"#,
        r#"{"id":"lead_2"},"opportunities":[]}"#,
        r#"{"id":"lead_2", garbage }"#,
    ] {
        let found = cut(format!("[{good_one},{broken},{last}]").as_bytes());
        assert_eq!(found.good.first().map(String::as_str), Some(good_one), "{broken}");
        assert_eq!(found.good.last().map(String::as_str), Some(last), "{broken}");
        assert!(!found.truncated, "{broken}");
    }
    let lines = format!("{good_one}\n{{\"id\":\"lead_2\n{last}\n");
    let found = cut(lines.as_bytes());
    assert_eq!(found.good, [good_one, last]);
    assert_eq!(found.broken, [("{\"id\":\"lead_2".to_owned(), Broken::Malformed)]);
}

#[test]
fn a_part_that_opens_like_a_record_stays_in_its_record() {
    let nested = r#"{"id":"lead_1","related":[{"id":"lead_7"},{"id":"lead_8"}],"name":"x"}"#;
    let last = r#"{"id":"lead_9"}"#;
    assert_eq!(cut(format!("[{last},{nested},{last}]").as_bytes()), good(&[last, nested, last]));
}

#[test]
fn scalars_between_records_do_not_hide_them() {
    let found = cut(br#"["x, y",{"id":"lead_1"},7,null,{"id":"lead_2"},"z"]"#);
    assert_eq!(found.good, [r#"{"id":"lead_1"}"#, r#"{"id":"lead_2"}"#]);
    assert_eq!(found.broken.len(), 4);
}

#[test]
fn says_where_a_source_was_cut_off() {
    let found = cut(br#"[{"id":"lead_1"},{"id":"lead_2","na"#);
    assert_eq!(found.good, [r#"{"id":"lead_1"}"#]);
    assert_eq!(found.broken, [(r#"{"id":"lead_2","na"#.to_owned(), Broken::Truncated)]);
    assert!(found.truncated);
    let page = cut(br#"{"has_more":true,"data":[{"id":"lead_1"},"#);
    assert_eq!((page.good.len(), page.pages.len(), page.truncated), (1, 1, true));
}

#[test]
fn elements_that_are_no_objects_are_set_aside() {
    let found = cut(b"[\n,0,1\n]");
    assert!(found.good.is_empty());
    assert_eq!(found.broken.len(), 2);
}

#[test]
fn a_record_larger_than_a_chunk_stays_whole() {
    let big = format!(r#"{{"id":"lead_1","t":"{}"}}"#, "x".repeat(3 * CHUNK));
    assert_eq!(cut(format!("[{big},{big}]").as_bytes()), good(&[&big, &big]));
}

proptest! {
    #[test]
    fn any_read_size_gives_the_same_records(drip in 1usize..40, text in "[\\x00-\\x7f]{0,200}") {
        let source = format!("[{{\"id\":\"lead_1\",\"t\":{}}},{{\"id\":\"lead_2\"}}", serde_json::json!(text));
        prop_assert_eq!(cut_dripping(source.as_bytes(), drip), cut(source.as_bytes()));
    }

    #[test]
    fn hostile_bytes_never_panic_and_lose_nothing(text in "[\\[\\]{}\",:a-z_0-9 \\n\\\\]{0,120}") {
        let found = cut(text.as_bytes());
        let kept: usize = found.good.iter().map(String::len).sum::<usize>()
            + found.broken.iter().map(|(t, _)| t.len()).sum::<usize>();
        prop_assert!(kept <= text.len());
    }
}
