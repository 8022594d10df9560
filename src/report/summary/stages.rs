//! Pipelines and stages as they will stand in Twenty, with the opportunities in each. It must not decide.

use crate::plan::{OptionSpec, Plan};
use crate::twenty::objects::Object;
use schemars::JsonSchema;
use serde::Serialize;

/// Statuses listed at most; the others are counted.
const LISTED: usize = 300;

/// See the module's head.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct Stages {
    /// Pipelines.
    pub pipelines: u64,
    /// Opportunity statuses.
    pub statuses: u64,
    /// Opportunities that name one of them; copies count each time.
    pub opportunities: u64,
    /// The statuses, by pipeline, in their order there; at most 300.
    pub lines: Vec<StageLine>,
}

/// One opportunity status.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct StageLine {
    /// Label of its pipeline, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pipeline: Option<String>,
    /// Close's label.
    pub status: String,
    /// `active`, `won` or `lost`, where known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Label of the option of Twenty's `stage`.
    pub stage: String,
    /// Value of that option.
    pub value: String,
    /// Its colour, where the option is to be made.
    pub color: String,
    /// Mean confidence of its opportunities, in percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight: Option<u64>,
    /// Its opportunities; copies count each time.
    pub opportunities: u64,
}

/// What the plan decided.
pub(super) fn stages(plan: &Plan) -> Stages {
    let all = &plan.stages.by_status;
    let lines = all.values().take(LISTED).map(|stage| {
        let option = option(plan, "stage", &stage.value);
        let known = plan.stages.stage_options.as_slice().iter().find(|o| o.value == stage.value);
        let label = option.map(|option| &option.label).or(known.map(|option| &option.label));
        StageLine {
            pipeline: stage.pipeline.as_deref().map(|value| pipeline(plan, value)),
            status: stage.label.to_string(),
            kind: stage.kind.as_deref().map(str::to_owned),
            stage: label.cloned().unwrap_or_default(),
            value: stage.value.clone(),
            color: option.map(|option| option.color.clone()).unwrap_or_default(),
            weight: stage.weight,
            opportunities: stage.count,
        }
    });
    Stages {
        pipelines: plan.stages.pipelines.len() as u64,
        statuses: all.len() as u64,
        opportunities: all.values().map(|stage| stage.count).sum(),
        lines: lines.collect(),
    }
}

/// The label people see of a pipeline's option.
fn pipeline(plan: &Plan, value: &str) -> String {
    let known = plan.stages.pipeline_options.as_slice().iter().find(|o| o.value == value);
    let label = option(plan, "pipeline", value).map(|option| &option.label);
    label.or(known.map(|option| &option.label)).map_or(value, String::as_str).to_owned()
}

fn option<'p>(plan: &'p Plan, field: &str, value: &str) -> Option<&'p OptionSpec> {
    let object = Object::Opportunity.name();
    let spec = plan.schema.iter().find(|spec| spec.object == object && spec.name == field)?;
    spec.options.iter().find(|option| option.value == value)
}
