//! Which records of Twenty show a file (design §5): the task, note, opportunity or custom record that
//! the record became, and the person that shows it; without a person, the company. It must not remark
//! on links: whoever writes the record does.

use crate::close::{Kind, Record};
use crate::mapping::Route;
use crate::plan::{Plan, Verdict};
use crate::read::node;
use serde::{Deserialize, Serialize};

/// Close ids of the rows a file is attached to; empty where it is attached to none.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Targets {
    /// A task.
    pub task: String,
    /// A note.
    pub note: String,
    /// A person.
    pub person: String,
    /// A company.
    pub company: String,
    /// An opportunity.
    pub opportunity: String,
    /// API name of the object of a custom type.
    pub object: String,
    /// A record of that object.
    pub object_id: String,
}

impl Targets {
    /// Nothing shows the file.
    pub fn is_empty(&self) -> bool {
        let all = [&self.task, &self.note, &self.person, &self.company, &self.opportunity];
        all.iter().all(|id| id.is_empty()) && self.object_id.is_empty()
    }
}

/// The lead a record belongs to, as it says itself, or as it stands.
pub(super) fn lead_of<'a>(record: &Record<'a>, within: Option<&'a str>) -> Option<&'a str> {
    node::get_text(record.nodes(), "lead_id").or(within)
}

/// The records that show the files of a record.
pub(super) fn of(plan: &Plan, record: &Record<'_>, id: &str, within: Option<&str>) -> Targets {
    let mut targets = of_lead(plan, lead_of(record, within));
    let contact = node::get_text(record.nodes(), "contact_id").and_then(|id| plan.person(id));
    if let Some(person) = contact {
        (targets.person, targets.company) = (person.to_owned(), String::new());
    }
    let own = match record.kind {
        Kind::Opportunity => &mut targets.opportunity,
        Kind::Task => &mut targets.task,
        Kind::CustomActivity => return of_type(plan, record, id, targets),
        kind => match plan.settings.route(kind) {
            Route::Task => &mut targets.task,
            Route::Note => &mut targets.note,
            Route::Object | Route::Archive => return targets,
        },
    };
    id.clone_into(own);
    targets
}

fn of_type(plan: &Plan, record: &Record<'_>, id: &str, mut targets: Targets) -> Targets {
    let one = super::super::custom::of_type(plan, record).and_then(|at| plan.types.get(at));
    match one.map(|one| (one.route, one)) {
        Some((Route::Task, _)) => id.clone_into(&mut targets.task),
        Some((Route::Note, _)) => id.clone_into(&mut targets.note),
        Some((Route::Object, one)) => {
            targets.object.clone_from(&one.object.name_singular);
            id.clone_into(&mut targets.object_id);
        }
        _ => {}
    }
    targets
}

/// The person that represents a lead, or its company; those of the lead it was merged into.
pub(super) fn of_lead(plan: &Plan, lead: Option<&str>) -> Targets {
    let Some((id, found)) = lead.and_then(|lead| plan.lead(lead)) else {
        return Targets::default();
    };
    let first = || match found.verdict {
        Verdict::Company => None,
        _ => plan.first_person(found),
    };
    let person = plan.represented_by(id, found).or_else(first).unwrap_or_default().to_owned();
    let company = plan.company(found).filter(|_| person.is_empty()).unwrap_or_default();
    Targets { company: company.to_owned(), person, ..Targets::default() }
}
