//! What things are called on the page: Close types as people say them, fates with a word about each. It must not
//! call two things by one name.

/// Names of Close types and of sorts of them, in the plural.
const TYPES: &[(&str, &str)] = &[
    ("lead", "Leads"),
    ("contact", "Contacts"),
    ("opportunity", "Opportunities"),
    ("task", "To-dos"),
    ("note", "Notes"),
    ("call", "Calls"),
    ("email", "E-mails"),
    ("email_thread", "E-mail threads"),
    ("sms", "Text messages"),
    ("whatsapp_message", "WhatsApp messages"),
    ("meeting", "Meetings"),
    ("form_submission", "Form submissions"),
    ("custom_activity", "Custom activities"),
    ("created", "Lead created"),
    ("lead_status_change", "Lead status changes"),
    ("opportunity_status_change", "Opportunity status changes"),
    ("task_completed", "To-dos completed"),
    ("lead_merge", "Lead merges"),
    ("import_update", "Import updates"),
    ("comment", "Comments"),
    ("comment_thread", "Comment threads"),
    ("custom_object", "Custom objects"),
    ("lead_file", "Files of leads"),
    ("user", "Users"),
    ("membership", "Memberships"),
    ("organization", "Organisation"),
    ("lead_status", "Lead statuses"),
    ("opportunity_status", "Opportunity statuses"),
    ("pipeline", "Pipelines"),
    ("custom_field", "Custom field definitions"),
    ("custom_activity_type", "Custom activity types"),
    ("custom_object_type", "Custom object types"),
    ("sequence", "Sequences"),
    ("sequence_subscription", "Sequence subscriptions"),
    ("smart_view", "Smart views"),
    ("email_template", "E-mail templates"),
    ("sms_template", "Text message templates"),
    ("group", "Groups"),
    ("role", "Roles"),
    ("phone_number", "Phone numbers"),
    ("outcome", "Outcomes"),
    ("integration_link", "Integration links"),
    ("connected_account", "Connected accounts"),
    ("event", "Event log entries"),
    ("unknown", "Of no known type"),
    ("unreadable", "Unreadable"),
    ("log_entries", "Log entries"),
    ("settings", "Settings"),
    ("other", "Others"),
];

/// Names of one record, of the types whose records are shown one by one.
const ONE: &[(&str, &str)] = &[
    ("lead", "Lead"),
    ("contact", "Contact"),
    ("opportunity", "Opportunity"),
    ("task", "To-do"),
    ("note", "Note"),
    ("call", "Call"),
    ("email", "E-mail"),
    ("email_thread", "E-mail thread"),
    ("sms", "Text message"),
    ("whatsapp_message", "WhatsApp message"),
    ("meeting", "Meeting"),
    ("form_submission", "Form submission"),
    ("custom_activity", "Custom activity"),
    ("lead_status_change", "Lead status change"),
    ("opportunity_status_change", "Opportunity status change"),
    ("task_completed", "To-do completed"),
    ("lead_merge", "Lead merge"),
    ("import_update", "Import update"),
    ("comment", "Comment"),
    ("comment_thread", "Comment thread"),
    ("custom_object", "Custom object"),
    ("lead_file", "File of a lead"),
];

/// The name of one record of a Close type.
pub(super) fn one(word: &'static str) -> &'static str {
    ONE.iter()
        .find(|(known, _)| *known == word)
        .map_or_else(|| close_type(word), |(_, label)| label)
}

/// The name of a Close type, or of a sort of them.
pub(super) fn close_type(word: &'static str) -> &'static str {
    TYPES.iter().find(|(known, _)| *known == word).map_or(word, |(_, label)| label)
}

/// What became of a record: key, name, and what that means.
pub(super) const RECORD_FATES: [(&str, &str, &str); 4] = [
    ("written", "Written", "rows of their own in the files to import"),
    (
        "merged",
        "Merged",
        "copies, and records that are the same company, person or lead as another",
    ),
    ("archived", "Archived", "no counterpart in Twenty; kept whole in the archive"),
    ("rejected", "Rejected", "unreadable or unusable; kept in the archive as they were"),
];

/// What became of a value: key, name, and what that means.
pub(super) const VALUE_FATES: [(&str, &str, &str); 6] = [
    ("written", "Written", "stands in a cell of a file to import"),
    ("derived", "Derived", "was used to decide or compute what stands in a cell"),
    ("merged", "Merged", "is the same in the record this one went into"),
    ("archived", "Archived", "has no counterpart in Twenty; kept in the archive"),
    (
        "set_aside",
        "Set aside",
        "Twenty would refuse it; kept in the archive and listed among the rejects",
    ),
    ("noise", "Noise", "says nothing that is not said elsewhere in the same export"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::close::{Fate, Kind};

    #[test]
    fn every_type_and_fate_has_a_name_of_its_own() {
        for kind in Kind::ALL {
            assert!(TYPES.iter().any(|(word, _)| *word == kind.word()), "{}", kind.word());
        }
        let mut names: Vec<_> = TYPES.iter().map(|(_, name)| name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), TYPES.len());
        assert_eq!(VALUE_FATES.map(|(word, ..)| word), Fate::ALL.map(Fate::word));
    }
}
