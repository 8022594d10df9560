//! Who is named in the export, and who of them is no member of the workspace: the head of `owners.csv`. It must
//! not name more people than that file.

use crate::plan::{Owner, Plan};
use crate::survey::Role;
use schemars::JsonSchema;
use serde::Serialize;

/// People listed at most; all are in `owners.csv`.
const LISTED: usize = 200;

/// See the module's head.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct Owners {
    /// People named anywhere.
    pub people: u64,
    /// The members of the workspace are known.
    pub members_known: bool,
    /// People who own something, or are the value of a custom field, and are no members.
    pub missing: u64,
    /// Mentions of the missing that would name a member.
    pub waiting: u64,
    /// The first of them, in the order of `owners.csv`; at most 200.
    pub lines: Vec<OwnerLine>,
}

/// One of them.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct OwnerLine {
    /// Close id.
    pub close_id: String,
    /// Full name, maybe empty.
    pub name: String,
    /// E-mail address, maybe empty.
    pub email: String,
    /// `active`, `inactive`, or `only named in records`.
    pub status: &'static str,
    /// Records they own, are assigned to, or made happen.
    pub owns: u64,
    /// Records they made.
    pub created: u64,
    /// Records they changed last.
    pub edited: u64,
    /// Custom fields they are the value of.
    pub in_custom_fields: u64,
    /// E-mail address of the member they are, `missing`, or `unknown` where no member is known.
    pub workspace_member: String,
}

impl OwnerLine {
    /// What is known of one person.
    pub fn new(plan: &Plan, id: &str, owner: &Owner) -> Self {
        let count = |role: Role| owner.count(&[role]);
        Self {
            close_id: id.to_owned(),
            name: owner.name.to_string(),
            email: owner.email.to_string(),
            status: match (owner.listed, owner.inactive) {
                (true, false) => "active",
                (true, true) => "inactive",
                (false, _) => "only named in records",
            },
            owns: count(Role::Owner),
            created: count(Role::Creator),
            edited: count(Role::Editor),
            in_custom_fields: count(Role::CustomValue),
            workspace_member: match &owner.member {
                Some(member) => member.to_string(),
                None if plan.target.members.is_some() => "missing".to_owned(),
                None => "unknown".to_owned(),
            },
        }
    }
}

/// What the plan knows.
pub(super) fn owners(plan: &Plan) -> Owners {
    let missing: Vec<&Owner> = plan.missing().collect();
    let lines = plan.queue().into_iter().take(LISTED);
    Owners {
        people: plan.owners.len() as u64,
        members_known: plan.target.members.is_some(),
        missing: missing.len() as u64,
        waiting: missing.iter().map(|owner| owner.cells()).sum(),
        lines: lines.map(|(id, owner)| OwnerLine::new(plan, id, owner)).collect(),
    }
}
