//! `reports/names.csv`: every object, field, option and stage that could not be called in Twenty as it is
//! in Close, and why (`twenty-api.md` §4.1–4.3). It must not choose names.

use crate::error::{Error, Result};
use crate::plan::Plan;
use crate::twenty::naming::{field_label, field_name};
use crate::twenty::options::Options;
use crate::twenty::text::utf16_len;

/// Longest name and label.
const LONGEST: usize = 63;

/// Something that is called otherwise.
struct Renamed {
    sort: &'static str,
    place: String,
    close: String,
    label: String,
    name: String,
    why: &'static str,
}

/// The lines, as CSV.
pub(super) fn write(plan: &Plan) -> Result<Vec<u8>> {
    let mut out = super::files::sheet();
    out.write_record(["sort", "place", "in_close", "label", "api_name", "why"])
        .map_err(Error::report)?;
    for it in objects(plan).into_iter().chain(fields(plan)).chain(options(plan)) {
        out.write_record([it.sort, &it.place, &it.close, &it.label, &it.name, it.why])
            .map_err(Error::report)?;
    }
    super::files::bytes(out)
}

fn objects(plan: &Plan) -> Vec<Renamed> {
    let made = plan.types.iter().filter(|one| one.has_object());
    let renamed = made.filter(|one| one.object.label_singular != *one.close_name);
    let lines = renamed.map(|one| Renamed {
        sort: "object",
        place: one.close_id.to_string(),
        close: one.close_name.to_string(),
        label: one.object.label_singular.clone(),
        name: one.object.name_singular.clone(),
        why: reason(&one.close_name, &one.object.label_singular),
    });
    lines.collect()
}

fn fields(plan: &Plan) -> Vec<Renamed> {
    let mut lines = Vec::new();
    for field in &plan.fields {
        for home in field.homes.iter().filter(|home| !home.existing) {
            let usual = field_name(&home.label) == home.name;
            if home.label == *field.close_name && usual {
                continue;
            }
            let why = if home.label == *field.close_name {
                "the API name is taken or reserved"
            } else {
                reason(&field.close_name, &home.label)
            };
            lines.push(Renamed {
                sort: "field",
                place: plan.object_name(home.place).to_owned(),
                close: field.close_name.to_string(),
                label: home.label.clone(),
                name: home.name.clone(),
                why,
            });
        }
    }
    lines
}

fn options(plan: &Plan) -> Vec<Renamed> {
    let mut lines = Vec::new();
    let mut of = |sort: &'static str, place: &str, options: &Options| {
        for (raw, option) in options.raws().into_iter().filter(|(raw, option)| *raw != option.label)
        {
            lines.push(Renamed {
                sort,
                place: place.to_owned(),
                close: raw.to_owned(),
                label: option.label.clone(),
                name: option.value.clone(),
                why: reason(raw, &option.label),
            });
        }
    };
    of("stage", "opportunity.stage", &plan.stages.stage_options);
    of("pipeline", "opportunity.pipeline", &plan.stages.pipeline_options);
    for field in &plan.fields {
        if let Some(home) = field.homes.first() {
            let place = format!("{}.{}", plan.object_name(home.place), home.name);
            of("option", &place, &field.options);
        }
    }
    lines
}

/// Why a label differs from Close's name.
fn reason(close: &str, label: &str) -> &'static str {
    match () {
        () if close.trim().is_empty() => "it has no name in Close",
        () if utf16_len(close.trim()) > LONGEST => "longer than 63 characters",
        () if label.to_lowercase() == close.trim().to_lowercase() => {
            "an option that exists is used again"
        }
        () if field_label(close) == label => "blanks and control characters",
        () if close.contains(',') && !label.contains(',') => "labels of options hold no comma",
        () => "the label is taken, or your map says so",
    }
}
