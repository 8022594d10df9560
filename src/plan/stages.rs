//! Stages, pipelines and lead statuses as select options (design §5): labels and order kept, two
//! pipelines that share a label kept apart, Twenty's own stages used again. It must not look at
//! single opportunities.

use super::choices::Choices;
use crate::survey::{Map, StatusFacts, Survey};
use crate::twenty::objects::Object;
use crate::twenty::options::Options;
use crate::twenty::workspace::Workspace;

/// What an opportunity status became.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// Close's label.
    pub label: Box<str>,
    /// Option value of `stage`.
    pub value: String,
    /// Option value of `pipeline`, where the pipeline is known.
    pub pipeline: Option<String>,
    /// `active`, `won` or `lost`, where known.
    pub kind: Option<Box<str>>,
    /// Mean confidence of its opportunities, in percent.
    pub weight: Option<u64>,
    /// Opportunities in this status.
    pub count: u64,
}

/// All of them.
#[derive(Clone, Debug, Default)]
pub struct Stages {
    /// By status id, and by label where a record has no status id.
    pub by_status: Map<Box<str>, Stage>,
    /// Options of `stage`: Twenty's own, then the new ones.
    pub stage_options: Options,
    /// Options of `pipeline`.
    pub pipeline_options: Options,
    /// Pipeline id to option value.
    pub pipelines: Map<Box<str>, String>,
}

struct Found {
    id: Box<str>,
    label: Box<str>,
    kind: Option<Box<str>>,
    pipeline: Option<(Box<str>, Box<str>)>,
    facts: Option<StatusFacts>,
}

pub(super) fn decide(survey: &Survey, workspace: &Workspace, choices: &Choices<'_>) -> Stages {
    let mut stages = Stages::default();
    let there = workspace.field(Object::Opportunity.name(), "stage");
    for option in there.into_iter().flat_map(|field| &field.options) {
        stages.stage_options.preload(&option.value, &option.label);
    }
    for found in found(survey) {
        let pipeline = found.pipeline.as_ref();
        let pipeline = pipeline.map(|(id, name)| stages.pipeline_option(id, name));
        let value = match choices.stage(&found.id) {
            Some(label) => option_of(&mut stages.stage_options, label),
            None => stage_value(&mut stages, &found),
        };
        let weight = found.facts.as_ref().and_then(|f| f.confidence.0.checked_div(f.confidence.1));
        let count = found.facts.as_ref().map_or(0, |facts| facts.count);
        let stage = Stage { label: found.label, value, pipeline, kind: found.kind, weight, count };
        stages.by_status.insert(found.id, stage);
    }
    // Those that only opportunities name, whatever their statuses say.
    let mut named: Vec<_> = survey.deal_pipelines.iter().collect();
    named.sort_unstable();
    for (id, name) in named.into_iter().filter(|(_, name)| !name.trim().is_empty()) {
        stages.pipeline_option(id, name);
    }
    stages
}

impl Stages {
    /// The option of a pipeline, which is added where it is new. Two pipelines may have one name: the id
    /// tells them apart.
    fn pipeline_option(&mut self, id: &str, name: &str) -> String {
        if let Some(known) = self.pipelines.get(id) {
            return known.clone();
        }
        let option = self.pipeline_options.value(name);
        let taken = self.pipelines.values().any(|value| option == Some(value));
        let raw = if taken { format!("{name} ({id})") } else { name.to_owned() };
        let value = option_of(&mut self.pipeline_options, &raw);
        self.pipelines.insert(id.into(), value.clone());
        value
    }
}

fn option_of(options: &mut Options, label: &str) -> String {
    let at = options.add(label);
    options.get(at).map(|option| option.value.clone()).unwrap_or_default()
}

/// A free option for a status: its label, with the pipeline's name where the label is taken.
fn stage_value(stages: &mut Stages, found: &Found) -> String {
    let pipeline = found.pipeline.as_ref().map_or("", |(_, name)| name);
    let candidates = [
        found.label.to_string(),
        format!("{} ({pipeline})", found.label),
        format!("{} ({})", found.label, found.id),
    ];
    for raw in candidates.iter().filter(|raw| !raw.trim().is_empty() && !raw.ends_with("()")) {
        let at = stages.stage_options.add(raw);
        let value = stages.stage_options.get(at).map(|o| o.value.clone()).unwrap_or_default();
        if !stages.by_status.values().any(|stage| stage.value == value) {
            return value;
        }
    }
    let at = stages.stage_options.add(&found.id);
    stages.stage_options.get(at).map(|o| o.value.clone()).unwrap_or_default()
}

/// Statuses in order: those of pipelines, then the settings', then those only records name.
fn found(survey: &Survey) -> Vec<Found> {
    let mut all: Map<Box<str>, Found> = Map::default();
    let facts = |id: &str| survey.deal_statuses.get(id).cloned();
    let config = &survey.config;
    for pipeline in &config.pipelines {
        for status in &pipeline.statuses {
            let pipeline = Some((pipeline.id.clone(), pipeline.name.clone()));
            let (id, label, kind) = (status.id.clone(), status.label.clone(), status.kind.clone());
            all.entry(id.clone()).or_insert(Found { facts: facts(&id), id, label, kind, pipeline });
        }
    }
    for (status, pipeline) in &config.deal_statuses {
        let named = |id: &str| -> (Box<str>, Box<str>) {
            let known = config.pipelines.iter().find(|p| *p.id == *id);
            (id.into(), known.map_or_else(|| id.into(), |p| p.name.clone()))
        };
        let (id, label, kind) = (status.id.clone(), status.label.clone(), status.kind.clone());
        let pipeline = pipeline.as_deref().map(named);
        all.entry(id.clone()).or_insert(Found { facts: facts(&id), id, label, kind, pipeline });
    }
    let mut rest: Vec<_> =
        survey.deal_statuses.iter().filter(|(id, _)| !all.contains_key(*id)).collect();
    let order = |facts: &StatusFacts| match facts.kind.as_deref() {
        Some("won") => 1,
        Some("lost") => 2,
        _ => 0,
    };
    rest.sort_by(|(a, x), (b, y)| (order(x), &x.label, a).cmp(&(order(y), &y.label, b)));
    for (id, facts) in rest {
        let label = if facts.label.is_empty() { id.clone() } else { facts.label.clone() };
        let (kind, pipeline) = (facts.kind.clone(), facts.pipeline.clone());
        all.insert(
            id.clone(),
            Found { id: id.clone(), label, kind, pipeline, facts: Some(facts.clone()) },
        );
    }
    all.into_values().collect()
}

/// Lead statuses: option values by status id and by label, and the options in order.
pub(super) fn lead_statuses(survey: &Survey) -> (Map<Box<str>, String>, Options) {
    let mut options = Options::new();
    let mut values: Map<Box<str>, String> = Map::default();
    let mut add = |id: &str, label: &str| {
        if label.trim().is_empty() {
            return;
        }
        let at = options.add(label);
        let value = options.get(at).map(|o| o.value.clone()).unwrap_or_default();
        values.entry(id.into()).or_insert_with(|| value.clone());
        values.entry(label.into()).or_insert(value);
    };
    for status in &survey.config.lead_statuses {
        add(&status.id, &status.label);
    }
    let mut rest: Vec<_> = survey.lead_statuses.iter().collect();
    rest.sort_by(|(a, x), (b, y)| (&x.label, a).cmp(&(&y.label, b)));
    for (id, facts) in rest {
        // A status that nothing names is called by its id.
        add(id, if facts.label.is_empty() { id } else { &facts.label });
    }
    (values, options)
}
