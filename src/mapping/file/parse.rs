//! Reads `mapping.toml`: TOML, then the closed words, keys and types of values; all that is wrong
//! is told at once. It must not judge what only the export or Twenty's schema can tell: paths,
//! targets, templates.

use super::entries;
use super::keys::{ACTIVITY_ROUTES, STRATEGIES, TOP, top};
use super::model::{ACTIVITIES, Located, MapFile, Strategies, Table, VERSION};
use super::problem::{Lines, Problem, Spot, errors};
use super::value::{Judge, Value, meant};
use crate::error::{Error, Result};
use crate::event::excerpt;
use crate::mapping::settings::Route;
use clap::ValueEnum;
use toml::de::DeTable;

impl MapFile {
    /// Reads the file's bytes; `name` is for messages.
    ///
    /// # Errors
    /// `C2T-E110` when they are no UTF-8; those of [`MapFile::parse`].
    pub fn read(name: &str, bytes: &[u8]) -> Result<Self> {
        let sixteen = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
        let text = match str::from_utf8(bytes) {
            Ok(text) => return Self::parse(name, text),
            Err(_) if sixteen => "the file is encoded in UTF-16".to_owned(),
            Err(error) => {
                let valid = bytes.get(..error.valid_up_to()).unwrap_or_default();
                let Spot { line, column } =
                    Lines::new(&String::from_utf8_lossy(valid)).spot(error.valid_up_to());
                return Err(Error::usage(
                    "C2T-E110",
                    format!("{name}:{line}:{column}: the file is not encoded in UTF-8 here"),
                )
                .fix("save it as UTF-8"));
            }
        };
        Err(Error::usage("C2T-E110", format!("{name}: {text}")).fix("save it as UTF-8"))
    }

    /// Reads the file's text; `name` is for messages.
    ///
    /// # Errors
    /// One error that tells of up to ten places, each with its line: `C2T-E110` no TOML,
    /// `C2T-E111` unknown key, `C2T-E112` value of the wrong type, `C2T-E113` unknown word,
    /// `C2T-E114` an entry twice, `C2T-E115` an entry for nothing, `C2T-E116` unknown version.
    pub fn parse(name: &str, text: &str) -> Result<Self> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let (document, broken) = DeTable::parse_recoverable(text);
        if let Some(error) = errors(name, text, syntax(text, &broken)) {
            return Err(error);
        }
        let mut judge = Judge::new(text);
        let file = file(&mut judge, document.get_ref(), text);
        match errors(name, text, judge.problems) {
            Some(error) => Err(error),
            None => Ok(Self { name: name.to_owned(), text: text.to_owned(), ..file }),
        }
    }
}

/// What TOML's own parser says, once for each line: what follows on a line is often a consequence.
fn syntax(text: &str, broken: &[toml::de::Error]) -> Vec<Problem> {
    let lines = Lines::new(text);
    let mut problems: Vec<Problem> = Vec::new();
    for error in broken {
        let at = lines.spot(error.span().map_or(text.len(), |span| span.start));
        if problems.iter().all(|known| known.at.line != at.line) {
            let what = format!("this is no TOML: {}", error.message());
            problems.push(Problem { at, code: "C2T-E110", what, hint: None });
        }
    }
    problems
}

fn file(judge: &mut Judge<'_>, document: &DeTable<'_>, text: &str) -> MapFile {
    let mut file = MapFile::default();
    for (key, value) in document {
        let name = &**key.get_ref();
        match name {
            "version" => version(judge, value),
            "confirmed" => file.confirmed = judge.flag(name, value),
            "fingerprint" => file.fingerprint = judge.text(name, value),
            "strategies" => file.strategies = strategies(judge, value),
            "activities" => file.activities = activities(judge, value),
            "type" => file.types = entries::types(judge, value, text),
            "stage" => file.stages = entries::stages(judge, value, text),
            "field" => file.fields = entries::fields(judge, value, text),
            _ => judge.unknown_key(key, TOP.heading, &top()),
        }
    }
    file
}

fn version(judge: &mut Judge<'_>, value: &Value<'_>) {
    let found = judge.number("version", value);
    if let Some(other) = found.filter(|found| *found != VERSION) {
        let what = format!("this program reads version {VERSION} of the file, not {other}");
        let hint = "let `close2twenty plan` write it anew".to_owned();
        judge.wrong(judge.spot(value), "C2T-E116", what, hint);
    }
}

fn strategies(judge: &mut Judge<'_>, value: &Value<'_>) -> Strategies {
    let mut found = Strategies::default();
    for (key, value) in judge.table("strategies", value).into_iter().flatten() {
        let name = &**key.get_ref();
        match name {
            "leads" => found.leads = closed(judge, name, value),
            "companies" => found.companies = closed(judge, name, value),
            "people" => found.people = closed(judge, name, value),
            "opportunity-names" => found.opportunity_names = judge.text(name, value),
            "quoted-history" => found.quoted_history = closed(judge, name, value),
            _ => judge.unknown_key(key, STRATEGIES.heading, &STRATEGIES.names()),
        }
    }
    found
}

fn closed<T: ValueEnum>(judge: &mut Judge<'_>, key: &str, value: &Value<'_>) -> Option<Located<T>> {
    judge.word(key, value, T::value_variants())
}

fn activities(judge: &mut Judge<'_>, value: &Value<'_>) -> Table<Located<Route>> {
    let mut found = Table::default();
    for (key, value) in judge.table("activities", value).into_iter().flatten() {
        let name = &**key.get_ref();
        if !ACTIVITIES.contains(&name) {
            let hint = meant(name, ACTIVITIES);
            let what = format!("[activities] has no kind `{}`", excerpt(name));
            judge.wrong(judge.spot(key), "C2T-E111", what, hint);
            continue;
        }
        let route = judge.word(name, value, ACTIVITY_ROUTES);
        found.extend(route.map(|route| (name.to_owned(), route)));
    }
    found
}
