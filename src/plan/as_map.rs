//! The plan as a map for people: every decision as an entry of `mapping.toml`, with where it comes
//! from, how sure it is and what speaks for it. Read back unchanged, it decides the same. It must not
//! decide anything.

use super::choices::word;
use super::fields::{CustomField, ValueRule};
use super::{Plan, Stage};
use crate::close::{Fate, Kind};
use crate::mapping::file::{
    FieldEntry, Located, MapFile, Marks, Notes, StageEntry, Strategies, Table, TypeEntry,
};
use crate::mapping::settings::ROUTED;
use crate::mapping::{Route, Rule};
use crate::survey::{Map, Survey};

/// Below this a person should look.
const SURE: f64 = 0.8;
/// Values shown with a field.
const SAMPLES: usize = 3;
/// Characters shown of a value.
const SAMPLE: usize = 60;

/// Sample values by Close type and path.
pub type Samples = Map<(Kind, String), Vec<String>>;

/// All decisions of the plan.
pub fn map(plan: &Plan, survey: &Survey, samples: &Samples, fingerprint: String) -> MapFile {
    let settings = &plan.settings;
    let routes = ROUTED
        .iter()
        .map(|(kind, _)| (kind.word().to_owned(), Located::from(settings.route(*kind))));
    let custom = plan.fields.iter().map(|field| custom(plan, field));
    let fields = custom.chain(built_in(plan, survey, samples)).collect();
    MapFile {
        fingerprint: Some(fingerprint.into()),
        strategies: Strategies {
            leads: Some(settings.leads.into()),
            companies: Some(settings.companies.into()),
            people: Some(settings.people.into()),
            opportunity_names: Some(settings.opportunity_names.text().to_owned().into()),
            quoted_history: Some(settings.quoted_history.into()),
        },
        activities: routes.collect(),
        types: types(plan),
        stages: stages(plan),
        fields,
        ..MapFile::default()
    }
}

fn types(plan: &Plan) -> Vec<TypeEntry> {
    let entries = plan.types.iter().map(|one| TypeEntry {
        close: one.map_id().to_owned().into(),
        name: Some(one.close_name.to_string()),
        to: Some(one.route.into()),
        object: Some(one.object.name_singular.clone().into()),
        object_plural: Some(one.object.name_plural.clone().into()),
        label: Some(one.object.label_singular.clone().into()),
        label_plural: Some(one.object.label_plural.clone().into()),
        seen: Some(one.records),
        why: Some(one.object.why.clone()),
        marks: Marks { doubtful: *one.close_name == *one.close_id, ..Marks::default() },
    });
    entries.collect()
}

fn stages(plan: &Plan) -> Vec<StageEntry> {
    let pipeline = |stage: &Stage| {
        let options = plan.stages.pipeline_options.as_slice();
        let value = stage.pipeline.as_ref()?;
        options.iter().find(|option| option.value == *value).map(|option| option.label.clone())
    };
    let label = |value: &str| {
        let options = plan.stages.stage_options.as_slice();
        options.iter().find(|option| option.value == value).map(|option| option.label.clone())
    };
    let entries = plan.stages.by_status.iter().map(|(id, stage)| StageEntry {
        close: id.to_string().into(),
        name: Some(stage.label.to_string()),
        pipeline: pipeline(stage),
        to: label(&stage.value).map(Located::from),
        seen: Some(stage.count),
        marks: Marks::default(),
    });
    entries.collect()
}

fn custom(plan: &Plan, field: &CustomField) -> FieldEntry {
    let to = field
        .homes
        .iter()
        .map(|home| format!("{}.{}", plan.object_name(home.place), home.name).into());
    let options: Table<Located<String>> = match field.rule {
        ValueRule::Select | ValueRule::MultiSelect => {
            let raws = field.options.raws().into_iter();
            raws.map(|(raw, option)| (raw.to_owned(), option.label.clone().into())).collect()
        }
        _ => Table::default(),
    };
    FieldEntry {
        close: field.close_path(&plan.types).into(),
        name: Some(field.close_name.to_string()),
        to: (has_place(plan, field) || field.rule == ValueRule::Archive && is_told(plan, field))
            .then(|| to.collect()),
        kind: field.rule.field_type().map(|kind| word(kind).into()),
        label: Some(field.label.clone().into()),
        options: (!options.is_empty()).then_some(options),
        confidence: Some(rounded(field.confidence)),
        why: Some(field.why.clone()),
        seen: Some(field.profile.records),
        samples: samples_of(field),
        marks: Marks { doubtful: field.confidence < SURE, ..Marks::default() },
    }
}

/// Its records have an object that can hold fields; else `to` says nothing, and says so by not being
/// there: it is not the user who dropped the field.
fn has_place(plan: &Plan, field: &CustomField) -> bool {
    match field.of_type.and_then(|at| plan.types.get(at)) {
        Some(one) => one.has_object(),
        None => plan.settings.route(field.kind) != Route::Archive,
    }
}

/// Its records are told in the text of a task or note.
fn is_told(plan: &Plan, field: &CustomField) -> bool {
    let one = field.of_type.and_then(|at| plan.types.get(at));
    one.is_some_and(|one| matches!(one.route, Route::Task | Route::Note))
}

fn rounded(confidence: f64) -> f64 {
    (confidence * 100.0).round() / 100.0
}

/// The most frequent values.
fn samples_of(field: &CustomField) -> Vec<String> {
    let mut values: Vec<_> = field.profile.distinct.iter().flatten().collect();
    values.sort_by(|(a, n), (b, m)| (m, a).cmp(&(n, b)));
    values.into_iter().take(SAMPLES).map(|(value, _)| shown(value)).collect()
}

/// The beginning of a value, on one line.
pub fn shown(value: &str) -> String {
    let line = crate::twenty::text::line(value);
    let mut out: String = line.chars().take(SAMPLE).collect();
    if out.len() < line.len() {
        out.push('…');
    }
    out
}

/// The paths Close ships with, as far as they hold a value.
fn built_in(plan: &Plan, survey: &Survey, samples: &Samples) -> Vec<FieldEntry> {
    let mut entries = Vec::new();
    let mut known = crate::survey::Set::default();
    let mut lines = survey.ledger.lines();
    lines.sort_by_key(|line| !line.is_known());
    for line in lines {
        if line.counts.filled == 0 || line.is_custom() {
            continue;
        }
        let rule = plan.rules.of(line.kind, &line.path);
        let close = format!("{}.{}", line.kind.word(), line.path);
        // A key that stands twice in a record has a second line of its own.
        if line.is_known() && rule.is_none() || !known.insert(close.clone()) {
            continue;
        }
        let waived = plan.rules.waived_by(line.kind, &line.path).is_some();
        let to = rule.filter(|_| !waived).map(Rule::targets).unwrap_or_default();
        entries.push(FieldEntry {
            close: close.into(),
            to: Some(to.into_iter().map(|to| to.to_owned().into()).collect()),
            confidence: Some(1.0),
            why: Some(rule.map_or_else(|| "Close is not known to write it".to_owned(), why)),
            seen: Some(line.counts.filled),
            samples: samples.get(&(line.kind, line.path)).cloned().unwrap_or_default(),
            ..FieldEntry::default()
        });
    }
    entries
}

fn why(rule: &Rule) -> String {
    let fate = match rule.fate {
        Fate::Written => "built in",
        Fate::Derived => "built in: decides or computes other cells",
        Fate::Noise => "says nothing new",
        _ => "kept in the archive",
    };
    match (rule.note.is_empty(), rule.fate) {
        (false, _) => format!("{fate}: {}", rule.note),
        (true, Fate::Derived) if !rule.target.is_empty() => format!("{fate}: {}", rule.target),
        _ => fate.to_owned(),
    }
}

/// The evidence of this export for each choice.
pub fn notes(plan: &Plan, survey: &Survey) -> Notes {
    let mut notes = Notes::default();
    let mut leads: Map<&str, u64> = Map::default();
    plan.leads.values().for_each(|lead| *leads.entry(lead.evidence.text()).or_default() += 1);
    leads.sort_keys();
    let counted = leads.iter().map(|(what, n)| format!("{n} {what}")).collect();
    notes.strategies.insert("leads".to_owned(), counted);
    for (key, object, what) in [
        ("companies", "company", "leads share a company with an older lead"),
        ("people", "person", "contacts are the same person as an older contact"),
    ] {
        let merges = plan.merges.iter().filter(|merge| merge.object == object);
        let mut reasons: Map<&str, u64> = Map::default();
        for merge in merges {
            let reason = merge.reason.split_whitespace().take(2).map(str::len).sum::<usize>() + 1;
            *reasons.entry(merge.reason.get(..reason).unwrap_or_default()).or_default() += 1;
        }
        reasons.sort_keys();
        let total: u64 = reasons.values().sum();
        let mut lines = vec![format!("{total} {what}")];
        lines.extend(reasons.iter().map(|(why, n)| format!("{n} by {why}")));
        notes.strategies.insert(key.to_owned(), lines);
    }
    let read = |kind: Kind| survey.read.get(&kind).copied().unwrap_or_default();
    let placeholders = crate::mapping::template::PLACEHOLDERS;
    notes.strategies.insert(
        "opportunity-names".to_owned(),
        vec![
            format!("{} opportunities; Close gives them no name", read(Kind::Opportunity)),
            format!("may hold {{{}}}", placeholders.join("} {")),
        ],
    );
    let history = format!("{} e-mails; trimmed text stays whole in the archive", read(Kind::Email));
    notes.strategies.insert("quoted-history".to_owned(), vec![history]);
    for (kind, _) in ROUTED {
        notes.activities.insert(kind.word().to_owned(), vec![format!("{} of them", read(*kind))]);
    }
    notes
}
