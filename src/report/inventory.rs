//! `reports/inventory.md`: what an admin rebuilds in Twenty by hand, as a checklist (design §5).
//! Every name in it is foreign text and escaped. It must not promise what Twenty cannot do, and not
//! depend on the order of the files.

mod checklist;
mod counts;
mod query;
mod rest;
mod sequences;
mod views;

#[cfg(test)]
mod tests;

use crate::bundle::guide::page::{Page, code, number, plural, text};
use crate::plan::Plan;
use crate::survey::Survey;
use crate::survey::inventory::{Item, Sort};
use checklist::Entry;
pub use counts::{InventoryLine, counts};

/// What the document says of a sort of settings besides the settings themselves.
struct Section {
    sort: Sort,
    /// Heading, and its name in the table.
    title: &'static str,
    /// Where Close's API has them, where that is known.
    source: Option<&'static str>,
    /// What Twenty offers instead.
    offer: &'static str,
}

const SECTIONS: &[Section] = &[
    Section {
        sort: Sort::Sequence,
        title: "Sequences (workflows in Close)",
        source: Some("/sequence/ (with numbers: /sequence/{id}/)"),
        offer: "Twenty has no sequences. Its **Workflows** can send e-mails and make tasks; check \
                whether waiting times and stopping after an answer can be built as you need them. \
                Nobody is enrolled by the import: people in the middle of a sequence are yours to \
                look after.",
    },
    Section {
        sort: Sort::SmartView,
        title: "Smart views",
        source: Some("/saved_search/"),
        offer: "Twenty has **views**: open the list of the object, set columns, filters and sorting, \
                and save them as a new view. A view filters the records of one object; conditions \
                on what happened (calls, e-mails) may have no counterpart.",
    },
    Section {
        sort: Sort::EmailTemplate,
        title: "E-mail templates",
        source: Some("/email_template/"),
        offer: "Twenty keeps no templates. Put their texts into workflow steps, notes or your mail \
                program. The whole texts are in the folder `archive`; placeholders have other names \
                in Twenty.",
    },
    Section {
        sort: Sort::SmsTemplate,
        title: "SMS templates",
        source: Some("/sms_template/"),
        offer: "Twenty sends no text messages. Keep the texts with the tool that will send them.",
    },
    Section {
        sort: Sort::Group,
        title: "Groups",
        source: Some("/group/ and /group/{id}/ (members)"),
        offer: "Twenty has no groups of people. What a group was for (assignment, reports, rights) \
                becomes a field, a view or a role.",
    },
    Section {
        sort: Sort::Role,
        title: "Roles",
        source: Some("/role/"),
        offer: "Twenty has roles of its own, in its settings. Rights are cut differently: compare \
                them one by one.",
    },
    Section {
        sort: Sort::PhoneNumber,
        title: "Phone numbers",
        source: Some("/phone_number/"),
        offer: "Twenty has no telephony. Have the numbers you want to keep moved to another provider \
                **before** the subscription of Close ends.",
    },
    Section {
        sort: Sort::Outcome,
        title: "Outcomes of calls and meetings",
        source: Some("/outcome/"),
        offer: "Twenty has no outcomes; a field with options can hold them for new records.",
    },
    Section {
        sort: Sort::Playbook,
        title: "Playbooks",
        source: None,
        offer: "Twenty has no playbooks; keep what people should ask as a note.",
    },
    Section {
        sort: Sort::IntegrationLink,
        title: "Integration links",
        source: Some("/integration_link/"),
        offer: "Twenty makes no links out of a pattern; a field of type Links can hold them one by \
                one.",
    },
    Section {
        sort: Sort::CustomActivityType,
        title: "Custom activity types",
        source: Some("/custom_activity/"),
        offer: "The guide says what becomes of their records. These settings come along nowhere.",
    },
    Section {
        sort: Sort::CustomObjectType,
        title: "Custom object types",
        source: Some("/custom_object_type/"),
        offer: "The guide says what becomes of their records. These settings come along nowhere.",
    },
];

/// What the parts of the document look up.
#[derive(Clone, Copy)]
struct Source<'a> {
    survey: &'a Survey,
    plan: &'a Plan,
}

impl Source<'_> {
    /// A user as Markdown.
    fn user(&self, id: &str) -> String {
        if self.plan.owners.contains_key(id) { text(&self.plan.owner(id)) } else { code(id) }
    }

    /// The entries of a section.
    fn entries(&self, sort: Sort) -> Vec<Entry> {
        match sort {
            Sort::Sequence => sequences::entries(self),
            Sort::SmartView => views::entries(self),
            _ => rest::entries(self, sort),
        }
    }
}

/// The name of a setting as Markdown, its id where it has none.
fn name(id: &str, item: &Item) -> String {
    if item.text("name").trim().is_empty() {
        return format!("{} (no name)", code(id));
    }
    format!("**{}**", text(item.text("name")))
}

/// The whole document. Deterministic: the same export gives the same bytes.
pub fn write(survey: &Survey, plan: &Plan) -> String {
    let source = Source { survey, plan };
    let sections: Vec<(&Section, Vec<Entry>)> =
        SECTIONS.iter().map(|section| (section, source.entries(section.sort))).collect();
    let changed = rest::changed_statuses(&source);
    let mut page = Page::default();
    page.heading(1, "Inventory: what to rebuild by hand");
    let total = sections.iter().map(|(_, entries)| entries.len()).sum::<usize>() + changed.len();
    if total == 0 {
        page.para(
            "Settings of Close (sequences, smart views, templates and the like) come along in no \
             import file. This document lists them, but this export holds none. That does not \
             mean that there are none: Close's export of leads leaves them out.",
        );
    } else {
        page.para(&format!(
            "Settings of Close that come along in no import file, and what Twenty offers instead: \
             {} to rebuild or to tick off as not needed. The settings themselves are whole in the \
             folder `archive`.",
            plural(total as u64, "thing", "things")
        ));
    }
    page.table(
        ["In Close", "In this export", "If some are missing"],
        sections.iter().map(|(section, entries)| {
            let way = section.source.map_or_else(
                || "look it up in Close".to_owned(),
                |source| format!("save GET {source} beside the export"),
            );
            [section.title.to_owned(), number(entries.len() as u64), way]
        }),
    );
    page.para(
        "To add what is missing, save the answers of Close's API as JSON files beside the export \
         and convert again; the paths are below `https://api.close.com/api/v1`.",
    );
    for (section, entries) in sections.iter().filter(|(_, entries)| !entries.is_empty()) {
        page.heading(2, &format!("{} ({})", section.title, number(entries.len() as u64)));
        page.para(section.offer);
        page.para(&checklist::write(entries));
    }
    if !changed.is_empty() {
        page.heading(2, &format!("Lead statuses that changed ({})", number(changed.len() as u64)));
        page.para(
            "Records and settings call these statuses differently. Check the option's label.",
        );
        page.para(&checklist::write(&changed));
    }
    page.finish()
}
