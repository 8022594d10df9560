//! Who every named user is (design §8): by the organisation's word first, else by the latest name
//! in the records; and which workspace member they are, by e-mail. A relation to somebody who is no
//! member would abort an import.

use super::Plan;
use crate::close::Kind;
use crate::survey::{Map, Role, Survey};
use crate::twenty::workspace::Workspace;

/// A user of Close.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Owner {
    /// Full name, maybe empty.
    pub name: Box<str>,
    /// E-mail address, maybe empty.
    pub email: Box<str>,
    /// What cells call them: `Name <email>`, or what is known of them.
    pub text: Box<str>,
    /// Listed among the inactive members.
    pub inactive: bool,
    /// Listed by the organisation or the users file.
    pub listed: bool,
    /// E-mail address of the workspace member they are, as the workspace writes it.
    pub member: Option<Box<str>>,
    /// How often named, by kind and role.
    pub counts: Map<(Kind, Role), u64>,
}

/// What is known of the workspace the bundle is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Target {
    /// Its schema is known by a file.
    pub schema: bool,
    /// Its members; none when nobody is known.
    pub members: Option<usize>,
}

impl Target {
    /// What a workspace file tells.
    pub fn new(workspace: &Workspace) -> Self {
        let members = (!workspace.members.is_empty()).then_some(workspace.members.len());
        Self { schema: !workspace.is_standard(), members }
    }
}

impl Owner {
    /// Records that name them in these parts.
    pub fn count(&self, roles: &[Role]) -> u64 {
        self.counts.iter().filter(|((_, role), _)| roles.contains(role)).map(|(_, n)| n).sum()
    }

    /// Cells that name them as soon as they are a member, copies counted each time: what they own,
    /// and custom fields.
    pub fn cells(&self) -> u64 {
        self.count(&[Role::Owner, Role::CustomValue])
    }
}

/// `Name <email>`, or what is known.
fn text(id: &str, name: &str, email: &str) -> Box<str> {
    match (name, email) {
        ("", "") => clean(id),
        ("", known) | (known, "") => known.into(),
        (name, email) => format!("{name} <{email}>").into(),
    }
}

pub(super) fn resolve(survey: &Survey, workspace: &Workspace) -> Map<Box<str>, Owner> {
    let mut owners: Map<Box<str>, Owner> = Map::default();
    for (id, named) in &survey.users.0 {
        let owner =
            Owner { name: clean(&named.name), counts: named.counts.clone(), ..Owner::default() };
        owners.insert(id.clone(), owner);
    }
    for (id, entry) in &survey.config.users {
        let owner = owners.entry(id.clone()).or_default();
        if !entry.name.is_empty() {
            owner.name = clean(&entry.name);
        }
        owner.email = clean(&entry.email);
        (owner.inactive, owner.listed) = (entry.inactive, true);
    }
    let members = workspace.members_by_email();
    for (id, owner) in &mut owners {
        owner.text = text(id, &owner.name, &owner.email);
        let member = members.get(&*owner.email.to_lowercase());
        // Twenty stores members by a lower-case address and compares it exactly
        // (`twenty-importer.md` §4.3).
        owner.member = member.map(|member| member.email.to_lowercase().into());
    }
    owners.sort_keys();
    owners
}

fn clean(text: &str) -> Box<str> {
    crate::twenty::text::line(text).into()
}

impl Plan {
    /// Everybody, as a queue: those who are no members first, and of them those first whom most records
    /// wait for.
    pub fn queue(&self) -> Vec<(&str, &Owner)> {
        let mut queue: Vec<(&str, &Owner)> =
            self.owners.iter().map(|(id, owner)| (&**id, owner)).collect();
        queue.sort_by_key(|(id, owner)| {
            (owner.member.is_some(), std::cmp::Reverse(owner.count(&[Role::Owner])), *id)
        });
        queue
    }

    /// Who owns something or is the value of a custom field, and is no member.
    pub fn missing(&self) -> impl Iterator<Item = &Owner> {
        let known = self.target.members.is_some();
        self.owners.values().filter(move |o| known && o.member.is_none() && o.cells() > 0)
    }
}
