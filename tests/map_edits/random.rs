//! Any edits: they convert, or are refused at a place of the map.

use crate::cases;
use crate::ground::{PROPOSED, parse, with_map};
use close2twenty::mapping::file::{FIELD_TYPES, FieldEntry, Located, MapFile, Notes, text};
use close2twenty::mapping::{CompanyDedupe, LeadStrategy, PeopleDedupe, QuotedHistory, Route};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

const NAMES: &[&str] = &[
    "company.sector",
    "person.sector",
    "person.jobTitle",
    "person.city",
    "company.linkedinLink",
    "company.employees",
    "company.industry",
    "opportunity.amount",
    "opportunity.seats",
    "task.title",
    "siteVisit.report",
    "installation.state",
    "company.name",
    "company.Bad name",
    "nowhere.x",
    "person",
];
const LABELS: &[&str] = &["Sector", "Name", "Industry", "A, b", "", "Won", "New", "ß", "Close Id"];
const OBJECTS: &[&str] = &["tour", "company", "Bad", "installations", "visits", "contract", "task"];
const TEMPLATES: &[&str] =
    &["{lead}", "{note} ({value})", "{nope}", "x", "{owner}/{status}/{date_won}"];

/// What is done to which entry, in numbers.
type Edit = (u8, usize, usize, usize);

fn pick<'l>(list: &'l [&'l str], at: usize) -> Located<String> {
    list[at % list.len()].to_owned().into()
}

fn apply(map: &mut MapFile, &(what, at, a, b): &Edit) {
    let routes = [Route::Task, Route::Note, Route::Object, Route::Archive];
    let customs: Vec<usize> =
        (0..map.fields.len()).filter(|at| map.fields[*at].kind.is_some()).collect();
    let custom = customs[at % customs.len()];
    let any = at % map.fields.len();
    let (types, stages) = (map.types.len(), map.stages.len());
    match what % 14 {
        0 => map.fields[any].to = Some(Vec::new()),
        1 => map.fields[custom].to = Some(vec![pick(NAMES, a)]),
        2 => map.fields[custom].to = Some(vec![pick(NAMES, a), pick(NAMES, b)]),
        3 | 4 => map.fields[custom].kind = Some(pick(FIELD_TYPES, a)),
        5 => map.fields[custom].label = Some(pick(LABELS, a)),
        6 => relabel(&mut map.fields[custom], a, b),
        7 => map.types[at % types].to = Some(routes[a % routes.len()].into()),
        8 => map.types[at % types].object = Some(pick(OBJECTS, a)),
        9 => map.types[at % types].label = Some(pick(LABELS, a)),
        10 => map.stages[at % stages].to = Some(pick(LABELS, a)),
        11 => {
            if let Some((_, route)) = map.activities.get_index_mut(at % 7) {
                *route = routes[a % routes.len()].into();
            }
        }
        12 => strategies(map, a, b),
        _ => {
            let other = map.fields[customs[a % customs.len()]].to.clone();
            map.fields[custom].to = other;
        }
    }
}

fn relabel(field: &mut FieldEntry, a: usize, b: usize) {
    let Some(options) = &mut field.options else { return };
    let count = options.len();
    if let Some((_, label)) = options.get_index_mut(a % count) {
        *label = pick(LABELS, b);
    }
}

fn strategies(map: &mut MapFile, a: usize, b: usize) {
    let said = &mut map.strategies;
    match a % 5 {
        0 => said.leads = Some([LeadStrategy::Person, LeadStrategy::Company][b % 2].into()),
        1 => said.companies = Some([CompanyDedupe::Domain, CompanyDedupe::Off][b % 2].into()),
        2 => said.people = Some(PeopleDedupe::Off.into()),
        3 => said.quoted_history = Some(QuotedHistory::Trim.into()),
        _ => said.opportunity_names = Some(pick(TEMPLATES, b)),
    }
}

/// A refusal is one of the map's, at a line and column of it.
fn proper(error: &close2twenty::error::Error) -> bool {
    let told = error.to_string();
    let place = told.strip_prefix("mapping.toml:").and_then(|rest| {
        let mut parts = rest.split(':');
        parts.next()?.parse::<usize>().ok()?;
        parts.next()?.parse::<usize>().ok()
    });
    error.code.starts_with("C2T-E1") && place.is_some()
}

/// The same edits in every run; `MAP_EDITS=1000 cargo test --test map_edits` tries as many others.
fn config() -> ProptestConfig {
    let more = std::env::var("MAP_EDITS").ok().and_then(|n| n.parse().ok());
    let seed = if more.is_some() { RngSeed::Random } else { RngSeed::Fixed(20) };
    let cases = more.unwrap_or(64);
    ProptestConfig { cases, rng_seed: seed, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]
    #[test]
    fn any_edits_convert_or_are_refused(
        edits in prop::collection::vec((any::<u8>(), 0..10_000_usize, 0..100_usize, 0..100_usize), 1..6),
        short in any::<bool>(),
    ) {
        let mut map = PROPOSED.clone();
        edits.iter().for_each(|edit| apply(&mut map, edit));
        if short {
            // As somebody who deletes all they agree with.
            let known = &PROPOSED.fields;
            let fields = map.fields.iter().zip(known).filter(|(now, was)| now != was);
            map.fields = fields.map(|(now, _)| now.clone()).collect();
        }
        let written = text(&map, &Notes::default());
        let made = MapFile::parse("mapping.toml", &written)
            .and_then(|map| with_map(&cases::sample().input, map));
        match made {
            Ok(made) => {
                let wrong = made.wrong();
                prop_assert!(wrong.is_empty(), "{}", wrong.join("\n"));
            }
            Err(error) => prop_assert!(proper(&error), "{} {error}", error.code),
        }
    }
}

#[test]
fn the_whole_map_is_read_as_written() {
    let written = text(&PROPOSED, &Notes::default());
    assert_eq!(parse(&written).decisions_json(), PROPOSED.decisions_json());
}
