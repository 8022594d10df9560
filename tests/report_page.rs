//! `report.html` as a reader, a printer and an attacker see it: each figure is what the reports say, nothing is
//! loaded, nothing of an export becomes anything but text. It must not ask how a page looks.

#![forbid(unsafe_code)]

mod cases;
#[path = "report_page/html.rs"]
mod html;

use base64::Engine as _;
use cases::sheet::Sheet;
use close2twenty::cli::commands::convert::{Options, convert};
use html::{Element, Page};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

type Files = BTreeMap<String, Vec<u8>>;

/// Everything the templates use.
const ELEMENTS: &[&str] = &[
    "a",
    "bdi",
    "body",
    "br",
    "caption",
    "code",
    "data",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "footer",
    "g",
    "h1",
    "h2",
    "h3",
    "head",
    "header",
    "html",
    "i",
    "input",
    "label",
    "li",
    "main",
    "meta",
    "nav",
    "ol",
    "p",
    "path",
    "rect",
    "script",
    "section",
    "small",
    "span",
    "style",
    "summary",
    "svg",
    "table",
    "tbody",
    "td",
    "text",
    "tfoot",
    "th",
    "thead",
    "title",
    "tr",
    "tspan",
    "ul",
];
const ATTRIBUTES: &[&str] = &[
    "aria-hidden",
    "aria-label",
    "autocomplete",
    "charset",
    "class",
    "content",
    "d",
    "data-from",
    "data-unit",
    "data-value",
    "height",
    "hidden",
    "href",
    "http-equiv",
    "id",
    "lang",
    "name",
    "placeholder",
    "preserveAspectRatio",
    "preserveaspectratio",
    "role",
    "scope",
    "text-anchor",
    "title",
    "type",
    "value",
    "viewBox",
    "viewbox",
    "width",
    "x",
    "y",
];

fn page_of(files: &Files) -> Page {
    let html = files.get("report.html").expect("every bundle has a report");
    Page::read(std::str::from_utf8(html).expect("UTF-8"))
}

/// A count in groups of three digits.
fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let groups: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .map(|group| std::str::from_utf8(group).expect("digits"))
        .collect();
    groups.join(",")
}

/// Bytes with one decimal in the largest unit that keeps a digit before the point.
fn sized(n: u64) -> String {
    let units = [("kB", 1e3), ("MB", 1e6), ("GB", 1e9), ("TB", 1e12)];
    let unit = units.iter().rev().find(|(_, bytes)| n as f64 >= *bytes);
    unit.map_or_else(|| format!("{n} B"), |(name, bytes)| format!("{:.1} {name}", n as f64 / bytes))
}

/// What stands at the place a figure names.
struct Reports {
    reconciliation: Value,
    manifest: Value,
    ledger: Sheet,
}

impl Reports {
    fn read(files: &Files) -> Self {
        let json = |path: &str| serde_json::from_slice(&files[path]).expect("JSON");
        let ledger = Sheet::parse(&files["reports/ledger.csv"]);
        let (reconciliation, manifest) =
            (json("reports/reconciliation.json"), json("manifest.json"));
        Self { reconciliation, manifest, ledger }
    }

    fn at(&self, from: &str) -> u64 {
        if let Some(cell) = from.strip_prefix("ledger.csv#") {
            let (line, column) = cell.split_once('/').expect("a line and a column");
            // The header is line 1.
            let row: usize = line.parse::<usize>().expect("a line") - 2;
            return self.ledger.rows[row][self.ledger.at(column)].parse().expect("a count");
        }
        let (value, pointer) = match from.strip_prefix("manifest.json#") {
            Some(pointer) => (&self.manifest, pointer),
            None => (&self.reconciliation, from),
        };
        let found = value.pointer(pointer).and_then(Value::as_u64);
        found.unwrap_or_else(|| panic!("nothing at {from}"))
    }
}

/// How an element says where its figure is from: in HTML, and in a picture.
fn figure(element: &Element) -> Option<(&str, &str)> {
    match element.name.as_str() {
        "data" => Some((element.get("value"), element.get("data-from"))),
        "tspan" => Some((element.get("data-value"), element.get("data-from"))),
        _ => None,
    }
}

/// Every figure is what its place says, and no number stands anywhere else. Returns how many figures there are.
fn judge_figures(files: &Files) -> usize {
    let (page, reports) = (page_of(files), Reports::read(files));
    let mut figures = 0;
    for text in &page.texts {
        let last = text.around.last();
        if let Some((value, from)) = last.and_then(figure) {
            figures += 1;
            let count = reports.at(from);
            assert_eq!(value, count.to_string(), "{from}");
            let bytes = last.expect("an element").get("data-unit") == "bytes";
            let shown = if bytes { sized(count) } else { grouped(count) };
            assert_eq!(text.text, shown, "{from}");
            continue;
        }
        let quoted =
            |one: &Element| one.has("v") || ["style", "script"].contains(&one.name.as_str());
        let digit = text.text.contains(|sign: char| sign.is_numeric());
        assert!(
            !digit || text.around.iter().any(quoted),
            "a number without a place: {:?}",
            text.text
        );
    }
    let marked = page.elements.iter().filter(|one| figure(one).is_some()).count();
    assert_eq!(marked, figures, "every figure has one text");
    figures
}

/// Nothing but the templates' own elements, nothing that loads or runs, nothing that steers the text.
fn judge_safety(files: &Files) {
    let page = page_of(files);
    assert_eq!(page.comments, 0);
    for element in &page.elements {
        assert!(ELEMENTS.contains(&element.name.as_str()), "{element:?}");
        for name in element.attributes.keys() {
            assert!(ATTRIBUTES.contains(&name.as_str()), "{name} in {element:?}");
        }
        let target = element.get("href");
        let own = target.starts_with('#') || files.contains_key(target) || target.is_empty();
        assert!(own, "{target} is neither in the page nor in the bundle");
    }
    for link in page.all("a").filter(|link| link.get("href").starts_with('#')) {
        let id = &link.get("href")[1..];
        assert!(page.elements.iter().any(|one| one.get("id") == id), "#{id} leads nowhere");
    }
    let [style] = page.inside("style")[..] else { panic!("one style sheet") };
    let [script] = page.inside("script")[..] else { panic!("one script") };
    for loading in ["url(", "@import", "http:", "https:", "//", "fetch", "innerHTML"] {
        assert!(!style.contains(loading) && !script.contains(loading), "{loading}");
    }
    let policy = page.all("meta").find(|meta| meta.get("http-equiv") == "Content-Security-Policy");
    let policy = policy.expect("a policy").get("content");
    let digest = |text: &str| {
        let digest = Sha256::digest(text);
        format!("'sha256-{}'", base64::engine::general_purpose::STANDARD.encode(digest))
    };
    let rules: Vec<&str> = policy.split("; ").collect();
    assert_eq!(
        rules,
        [
            "default-src 'none'",
            &format!("style-src {}", digest(style)),
            &format!("script-src {}", digest(script)),
            "base-uri 'none'",
            "form-action 'none'",
        ]
    );
    let steers = |sign: char| {
        matches!(sign, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}')
            || (sign.is_control() && sign != '\n')
    };
    for text in &page.texts {
        assert!(!text.text.contains(steers), "{:?}", text.text);
    }
}

#[test]
fn every_figure_is_what_the_reports_say() {
    let sample = cases::run(&cases::sample().input).expect("a bundle").files();
    assert!(judge_figures(&sample) > 5_000);
    judge_safety(&sample);
    for name in ["page-has-more-true", "settings-inventory", "currency-jpy", "custom-object-cycles"]
    {
        let input = cases::case(&format!("oddities/{name}")).input;
        let files = cases::run(&input).expect("a bundle").files();
        assert!(judge_figures(&files) > 50, "{name}");
        judge_safety(&files);
    }
}

#[test]
fn a_sample_and_changes_say_what_they_are() {
    let input = [cases::sample().input];
    let auto = close2twenty::mapping::LeadStrategy::Auto;
    let sample = cases::run_sample(&input, auto, 1, cases::built_in(), Some(5)).expect("a bundle");
    let files = sample.files();
    judge_figures(&files);
    judge_safety(&files);
    let head: String = page_of(&files).inside("p").concat();
    assert!(head.contains("This is a sample: "), "{head}");
    let whole = cases::run(&input[0]).expect("a bundle");
    let folder = tempfile::tempdir().expect("a folder");
    let options = Options {
        exports: input.to_vec(),
        output: folder.path().join("bundle"),
        since: Some(whole.path()),
        threads: 1,
        ..Options::default()
    };
    convert(&options, cases::built_in(), &|_| ()).expect("a bundle");
    let files = cases::files(&options.output);
    judge_figures(&files);
    judge_safety(&files);
    let head: String = page_of(&files).inside("p").concat();
    assert!(head.contains("This bundle holds only what happened since an older one"), "{head}");
}

/// Markup, ends of whatever it may stand in, and signs that turn the direction of writing.
const POISON: &str = "<script>alert(1)</script>]]>--><img src=x onerror=alert(1)>\"'&amp;\u{202e}\u{2066}x\u{2069}\u{ffff}";

/// The same JSON with poison in every text that is no id, type or time.
fn poisoned(key: &str, value: Value) -> Value {
    let kept = ["id", "ids", "type", "_type", "currency", "direction", "status", "queue"];
    let kept =
        kept.iter().any(|end| key.ends_with(end)) || key.contains("date") || key.ends_with("_at");
    match value {
        Value::String(text) if !kept => Value::String(format!("{text}{POISON}")),
        Value::Array(list) => list.into_iter().map(|one| poisoned(key, one)).collect(),
        Value::Object(map) => {
            let named = key == "custom";
            let fields = map.into_iter().map(|(name, value)| {
                let value = poisoned(&name, value);
                (if named { format!("{name}{POISON}") } else { name }, value)
            });
            Value::Object(fields.collect())
        }
        other => other,
    }
}

fn poison(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("the sample") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|end| end == "json") {
            let value = serde_json::from_slice(&fs::read(&path).expect("a file")).expect("JSON");
            let bytes = serde_json::to_vec(&poisoned("", value)).expect("JSON");
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            // A name of a file is foreign text too.
            fs::write(to.join(format!("<img src=x>\u{202e}{name}")), bytes).expect("a file");
        }
    }
}

#[test]
fn hostile_text_shows_as_text() {
    let folder = tempfile::tempdir().expect("a folder");
    poison(&cases::sample().input, folder.path());
    let files = cases::run(folder.path()).expect("a bundle").files();
    judge_safety(&files);
    judge_figures(&files);
    let page = page_of(&files);
    let shown = |part: &str| page.texts.iter().filter(|text| text.text.contains(part)).count();
    assert!(shown("<script>alert(1)</script>]]>") > 50);
    assert!(shown("<img src=x>") > 10);
    let escapes = page.texts.iter().filter(|text| text.text == "U+202E");
    for text in escapes.clone() {
        let [.., around, own] = &text.around[..] else { panic!("inside something") };
        assert!(own.has("ctl") && around.name == "bdi" && around.has("v"), "{text:?}");
    }
    assert!(escapes.count() > 50);
}
