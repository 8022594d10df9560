//! The Close types: every kind of object an export can hold, how it is called in reports, and how
//! it is recognised (`close-format.md` §1.4, §1.5). It must not say what becomes of them.

use crate::read::{Node, node};

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $word:literal, $group:ident;)*) => {
        /// A Close type.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Kind { $($(#[$doc])* $name,)* }

        impl Kind {
            /// All kinds, in the order of reports.
            pub const ALL: &'static [Kind] = &[$(Kind::$name,)*];

            /// The name used in reports, archive files and rules.
            pub const fn word(self) -> &'static str {
                match self { $(Kind::$name => $word,)* }
            }

            /// What sort of object this is.
            pub const fn group(self) -> Group {
                match self { $(Kind::$name => Group::$group,)* }
            }
        }
    };
}

/// Sorts of Close types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Leads, contacts, opportunities, custom objects: what a company knows.
    Record,
    /// To-dos and inbox notifications.
    Task,
    /// What happened on a lead.
    Activity,
    /// Settings: users, statuses, custom fields, workflows, templates.
    Config,
    /// Anything else that is a JSON object.
    Unknown,
}

kinds! {
    /// A company or private person; holds everything else.
    Lead = "lead", Record;
    /// A person of a lead.
    Contact = "contact", Record;
    /// A deal of a lead.
    Opportunity = "opportunity", Record;
    /// A to-do or notification.
    Task = "task", Task;
    /// A note.
    Note = "note", Activity;
    /// A phone call.
    Call = "call", Activity;
    /// One e-mail message.
    Email = "email", Activity;
    /// A conversation of e-mails.
    EmailThread = "email_thread", Activity;
    /// A text message.
    Sms = "sms", Activity;
    /// A `WhatsApp` message.
    WhatsAppMessage = "whatsapp_message", Activity;
    /// A calendar meeting.
    Meeting = "meeting", Activity;
    /// A submitted web form.
    FormSubmission = "form_submission", Activity;
    /// An activity of a type the company made.
    CustomActivity = "custom_activity", Activity;
    /// The creation of a lead.
    Created = "created", Activity;
    /// A change of a lead's status.
    LeadStatusChange = "lead_status_change", Activity;
    /// A change of an opportunity's status.
    OpportunityStatusChange = "opportunity_status_change", Activity;
    /// The completion of a to-do.
    TaskCompleted = "task_completed", Activity;
    /// The merge of one lead into another.
    LeadMerge = "lead_merge", Activity;
    /// A lead touched by an import.
    ImportUpdate = "import_update", Activity;
    /// A comment on an activity or opportunity.
    Comment = "comment", Record;
    /// A thread of comments.
    CommentThread = "comment_thread", Record;
    /// An object of a type the company made.
    CustomObject = "custom_object", Record;
    /// A file of a lead, from its list of files.
    LeadFile = "lead_file", Record;
    /// A person who works in Close.
    User = "user", Config;
    /// A user's place in the organisation.
    Membership = "membership", Config;
    /// The organisation.
    Organization = "organization", Config;
    /// A status of leads.
    LeadStatus = "lead_status", Config;
    /// A status of opportunities.
    OpportunityStatus = "opportunity_status", Config;
    /// A pipeline with its statuses.
    Pipeline = "pipeline", Config;
    /// The definition of a custom field.
    CustomField = "custom_field", Config;
    /// The definition of a custom activity.
    CustomActivityType = "custom_activity_type", Config;
    /// The definition of a custom object.
    CustomObjectType = "custom_object_type", Config;
    /// A sequence, called workflow in the UI.
    Sequence = "sequence", Config;
    /// A contact's place in a sequence.
    SequenceSubscription = "sequence_subscription", Config;
    /// A saved search.
    SmartView = "smart_view", Config;
    /// A template of e-mails.
    EmailTemplate = "email_template", Config;
    /// A template of text messages.
    SmsTemplate = "sms_template", Config;
    /// A group of users.
    Group = "group", Config;
    /// A role.
    Role = "role", Config;
    /// A phone number of the company.
    PhoneNumber = "phone_number", Config;
    /// An outcome of calls and meetings.
    Outcome = "outcome", Config;
    /// A link into another tool.
    IntegrationLink = "integration_link", Config;
    /// A mail or calendar account.
    ConnectedAccount = "connected_account", Config;
    /// An entry of the event log.
    Event = "event", Config;
    /// A JSON object that is none of the others.
    Unknown = "unknown", Unknown;
}

impl Kind {
    /// True for activities.
    pub fn is_activity(self) -> bool {
        matches!(self.group(), Group::Activity)
    }
}

/// `_type` of activities.
const ACTIVITIES: &[(&str, Kind)] = &[
    ("Note", Kind::Note),
    ("Call", Kind::Call),
    ("Email", Kind::Email),
    ("EmailThread", Kind::EmailThread),
    ("SMS", Kind::Sms),
    ("WhatsAppMessage", Kind::WhatsAppMessage),
    ("Meeting", Kind::Meeting),
    ("FormSubmission", Kind::FormSubmission),
    ("CustomActivity", Kind::CustomActivity),
    ("Custom", Kind::CustomActivity),
    ("Created", Kind::Created),
    ("LeadStatusChange", Kind::LeadStatusChange),
    ("OpportunityStatusChange", Kind::OpportunityStatusChange),
    ("TaskCompleted", Kind::TaskCompleted),
    ("LeadMerge", Kind::LeadMerge),
    ("ImportUpdate", Kind::ImportUpdate),
];

/// `_type` of tasks; `lead` is a to-do, not a lead.
const TASKS: &[&str] = &[
    "lead",
    "incoming_email",
    "email_followup",
    "missed_call",
    "answered_detached_call",
    "voicemail",
    "opportunity_due",
    "incoming_sms",
    "outgoing_call",
];

/// `_type` of connected accounts.
const ACCOUNTS: &[&str] = &["google", "microsoft", "custom_email", "zoom", "calendly"];

/// Id prefixes that name a kind by themselves. `acti_` and `stat_` need a further look.
const PREFIXES: &[(&str, Kind)] = &[
    ("lead_", Kind::Lead),
    ("cont_", Kind::Contact),
    ("oppo_", Kind::Opportunity),
    ("task_", Kind::Task),
    ("noti_", Kind::Task),
    ("user_", Kind::User),
    ("memb_", Kind::Membership),
    ("orga_", Kind::Organization),
    ("pipe_", Kind::Pipeline),
    ("cf_", Kind::CustomField),
    ("lcf_", Kind::CustomField),
    ("actitype_", Kind::CustomActivityType),
    ("cotype_", Kind::CustomObjectType),
    ("custobj_", Kind::CustomObject),
    ("seq_", Kind::Sequence),
    ("sub_", Kind::SequenceSubscription),
    ("save_", Kind::SmartView),
    ("tmpl_", Kind::EmailTemplate),
    ("smstmpl_", Kind::SmsTemplate),
    ("group_", Kind::Group),
    ("role_", Kind::Role),
    ("phon_", Kind::PhoneNumber),
    ("outcome_", Kind::Outcome),
    ("ilink_", Kind::IntegrationLink),
    ("emailacct_", Kind::ConnectedAccount),
    ("comm_", Kind::Comment),
    ("comthr_", Kind::CommentThread),
    ("leadfile_", Kind::LeadFile),
    ("ev_", Kind::Event),
];

/// The kind of a JSON object, by its content alone. `hint` is the kind the surrounding key names
/// (`contacts[]` of a lead), used when the object itself does not say.
pub fn classify(object: &[Node<'_>], hint: Option<Kind>) -> Kind {
    let (mut id, mut own_type) = (None, None);
    for (key, value) in node::entries(object) {
        match key {
            "id" if id.is_none() => id = Some(value),
            "_type" if own_type.is_none() => own_type = Some(value),
            _ => {}
        }
        if id.is_some() && own_type.is_some() {
            break;
        }
    }
    if let Some(kind) = own_type.and_then(node::text).and_then(by_type) {
        return kind;
    }
    let id = id.and_then(node::text).unwrap_or_default();
    if let Some((_, kind)) = PREFIXES.iter().find(|(prefix, _)| id.starts_with(prefix)) {
        return *kind;
    }
    if id.starts_with("stat_") {
        let has = |key| node::get(object, key).is_some();
        let of_deals = has("type") || has("status_type") || has("pipeline_id");
        return if of_deals { Kind::OpportunityStatus } else { Kind::LeadStatus };
    }
    hint.unwrap_or_else(|| by_keys(object))
}

fn by_type(name: &str) -> Option<Kind> {
    if TASKS.contains(&name) {
        return Some(Kind::Task);
    }
    if ACCOUNTS.contains(&name) {
        return Some(Kind::ConnectedAccount);
    }
    ACTIVITIES.iter().find(|(word, _)| *word == name).map(|(_, kind)| *kind)
}

/// The last resort: which keys there are.
fn by_keys(object: &[Node<'_>]) -> Kind {
    let has = |key| node::get(object, key).is_some();
    if has("contacts") && (has("opportunities") || has("status_id") || has("display_name")) {
        Kind::Lead
    } else if has("accepts_multiple_values") && has("type") {
        Kind::CustomField
    } else if has("statuses") && has("name") {
        Kind::Pipeline
    } else if has("memberships") || has("lead_statuses") {
        Kind::Organization
    } else if (has("event") && has("subscription_id")) || (has("object_type") && has("action")) {
        Kind::Event
    } else {
        Kind::Unknown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(json: &str, hint: Option<Kind>) -> Kind {
        let mut bytes = json.as_bytes().to_vec();
        classify(&simd_json::to_tape(&mut bytes).unwrap().0, hint)
    }

    #[test]
    fn objects_are_recognised_by_content() {
        for (json, expected) in [
            (r#"{"id":"lead_1"}"#, Kind::Lead),
            (r#"{"_type":"lead","id":"task_1"}"#, Kind::Task),
            (r#"{"_type":"voicemail","id":"noti_1"}"#, Kind::Task),
            (r#"{"_type":"Custom","id":"acti_1"}"#, Kind::CustomActivity),
            (r#"{"_type":"FutureThing","id":"acti_1"}"#, Kind::Unknown),
            (r#"{"id":"stat_1","label":"x"}"#, Kind::LeadStatus),
            (r#"{"id":"stat_1","label":"x","type":"won"}"#, Kind::OpportunityStatus),
            (r#"{"id":"lcf_1","type":"text"}"#, Kind::CustomField),
            (r#"{"id":"leadfile_1","name":"a.pdf"}"#, Kind::LeadFile),
            (r#"{"id":"admin","name":"Admin","permissions":[]}"#, Kind::Unknown),
            (r#"{"name":"Sales","statuses":[]}"#, Kind::Pipeline),
            (r#"{"event":{"id":"ev_1"},"subscription_id":"whsub_1"}"#, Kind::Event),
            (r#"{"object_type":"lead","action":"deleted","data":{"id":"lead_1"}}"#, Kind::Event),
            ("{}", Kind::Unknown),
        ] {
            assert_eq!(kind(json, None), expected, "{json}");
        }
        assert_eq!(kind(r#"{"name":"x"}"#, Some(Kind::Contact)), Kind::Contact);
    }

    #[test]
    fn words_are_unique() {
        let mut words: Vec<_> = Kind::ALL.iter().map(|k| k.word()).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), Kind::ALL.len());
    }
}
