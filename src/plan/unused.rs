//! Fields of the built-in map that nothing in this export would fill: the admin need not make them,
//! and the files have no columns for them. It must not look at custom fields.

use crate::close::Kind;
use crate::mapping::settings::ROUTED;
use crate::mapping::{LeadStrategy, Rules, Settings};
use crate::survey::{Map, Survey};
use crate::twenty::objects::{Column, person};

/// See the module's head.
#[derive(Debug)]
pub(super) struct Unused(Vec<(String, String)>);

impl Unused {
    /// Fields that rules name as targets, but only of paths without a value.
    pub fn new(rules: &Rules, survey: &Survey, settings: &Settings) -> Self {
        let filled: Vec<_> =
            survey.ledger.lines().into_iter().filter(|l| l.counts.filled > 0).collect();
        let mut targets: Map<&str, bool> = Map::default();
        for rule in rules.all() {
            let has = filled.iter().any(|line| line.kind == rule.kind && line.path == rule.path)
                && rules.waived_by(rule.kind, &rule.path).is_none()
                && reaches(settings, rule.kind);
            for target in rule.target.split(", ") {
                *targets.entry(target).or_default() |= has;
            }
        }
        let mut unused = Vec::new();
        for (target, _) in targets.iter().filter(|(_, filled)| !**filled) {
            let Some((object, field)) = target.split_once('.') else { continue };
            unused.push((object.to_owned(), field.to_owned()));
        }
        if settings.leads == LeadStrategy::Company {
            // No person represents a lead.
            let lead_level = person::COLUMNS.iter().filter(|c| LEAD_LEVEL.contains(&c.field));
            unused.extend(lead_level.map(|column| ("person".to_owned(), column.field.to_owned())));
        }
        Self(unused)
    }

    /// True for a field that need not be made. `object` is an API name, or what the rules call all
    /// objects of custom activities and of custom objects.
    pub fn has(&self, object: &str, column: &Column) -> bool {
        let needed = |new: crate::twenty::objects::NewField| {
            new.unique
                || (new.relation.is_some() && column.field != "opportunity")
                || object != "customActivity" && new.relation.is_some()
        };
        self.0.iter().any(|(o, field)| *o == object && *field == column.field)
            && column.new.is_none_or(|new| !needed(new))
    }
}

/// Activities that are sent elsewhere do not fill the fields of their built-in object.
fn reaches(settings: &Settings, kind: Kind) -> bool {
    ROUTED
        .iter()
        .find(|(known, _)| *known == kind)
        .is_none_or(|(_, own)| settings.route(kind) == *own)
}

/// Fields of a person that only a lead fills.
const LEAD_LEVEL: &[&str] =
    &["closeLeadId", "leadStatus", "leadDescription", "leadSource", "closeLeadUrl", "leadAddress"];
