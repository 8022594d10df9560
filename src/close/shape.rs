//! What Close is known to write, as tables: the keys of each mapped Close type and of the objects
//! nested in it (`close-format.md` §3). A key that is not here is unknown: it is counted and
//! archived. It must not say where a value goes.

use super::kind::Kind;

/// A key of one shape, by its position in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field(pub u8);

/// What stands under a key.
#[derive(Clone, Copy, Debug)]
pub enum Form {
    /// A scalar, or something taken as a whole.
    Value,
    /// An array of objects of a known shape.
    List(&'static Shape),
    /// One object of a known shape.
    Object(&'static Shape),
    /// Records of their own; not values of this record.
    Records(Kind),
    /// The custom fields of a lead, by name.
    Named,
}

/// One key.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// As Close writes it.
    pub name: &'static str,
    /// What stands under it.
    pub form: Form,
}

/// The known keys of one object.
#[derive(Debug)]
pub struct Shape {
    /// In table order; a [`Field`] is an index into it.
    pub keys: &'static [Key],
}

macro_rules! form {
    () => {
        Form::Value
    };
    ([$nested:ident]) => {
        Form::List(&$nested::SHAPE)
    };
    ({$nested:ident}) => {
        Form::Object(&$nested::SHAPE)
    };
    ((records $kind:ident)) => {
        Form::Records(Kind::$kind)
    };
    ((named)) => {
        Form::Named
    };
}

macro_rules! shape {
    ($(#[$doc:meta])* $name:ident { $($field:ident = $key:literal $(=> $form:tt)?,)* }) => {
        $(#[$doc])*
        #[allow(missing_docs)]
        pub mod $name {
            #[allow(unused_imports)]
            use super::*;
            #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
            #[allow(dead_code)]
            enum At { $($field,)* }
            $(pub const $field: Field = Field(At::$field as u8);)*
            /// The table.
            pub static SHAPE: Shape =
                Shape { keys: &[$(Key { name: $key, form: form!($($form)?) },)*] };
        }
    };
}

/// Shapes that begin with the keys common to every activity (`close-format.md` §3.5), so that the
/// constants of [`base`] hold for all of them.
macro_rules! activity {
    ($(#[$doc:meta])* $name:ident { $($field:ident = $key:literal $(=> $form:tt)?,)* }) => {
        shape! { $(#[$doc])* $name {
            TYPE = "_type", ID = "id", LEAD_ID = "lead_id", CONTACT_ID = "contact_id",
            USER_ID = "user_id", USER_NAME = "user_name", USERS = "users",
            CREATED_BY = "created_by", CREATED_BY_NAME = "created_by_name",
            UPDATED_BY = "updated_by", UPDATED_BY_NAME = "updated_by_name",
            DATE_CREATED = "date_created", DATE_UPDATED = "date_updated",
            ACTIVITY_AT = "activity_at", ORGANIZATION_ID = "organization_id",
            $($field = $key $(=> $form)?,)*
        } }
    };
}

shape! {
    /// A postal address of a lead.
    address {
        LABEL = "label", ADDRESS_1 = "address_1", ADDRESS_2 = "address_2", CITY = "city",
        STATE = "state", ZIPCODE = "zipcode", COUNTRY = "country", TZ_IDS = "tz_ids",
    }
}
shape! {
    /// An e-mail address of a contact.
    email_address { EMAIL = "email", TYPE = "type", IS_UNSUBSCRIBED = "is_unsubscribed", EMAIL_LOWER = "email_lower", }
}
shape! {
    /// A phone number of a contact.
    phone_number {
        PHONE = "phone", PHONE_FORMATTED = "phone_formatted", TYPE = "type", COUNTRY = "country",
        TZ_IDS = "tz_ids", SMS_BLOCKED = "outbound_sms_blocked", IS_UNSUBSCRIBED = "is_unsubscribed",
    }
}
shape! {
    /// A link of a contact.
    link { URL = "url", TYPE = "type", }
}
shape! {
    /// A file of an activity or opportunity.
    attachment {
        URL = "url", FILENAME = "filename", SIZE = "size", CONTENT_TYPE = "content_type",
        CONTENT_ID = "content_id", INLINE_ONLY = "inline_only", THUMBNAIL_URL = "thumbnail_url",
        MEDIA_ID = "media_id",
    }
}
shape! {
    /// A person of an e-mail's envelope.
    mailbox { EMAIL = "email", NAME = "name", }
}
shape! {
    /// The envelope of an e-mail.
    envelope {
        FROM = "from" => [mailbox], SENDER = "sender" => [mailbox], TO = "to" => [mailbox], CC = "cc" => [mailbox],
        BCC = "bcc" => [mailbox], REPLY_TO = "reply_to" => [mailbox], SUBJECT = "subject", DATE = "date",
        MESSAGE_ID = "message_id", IN_REPLY_TO = "in_reply_to", IS_AUTOREPLY = "is_autoreply",
    }
}
shape! {
    /// Somebody invited to a meeting.
    attendee {
        NAME = "name", EMAIL = "email", CONTACT_ID = "contact_id", USER_ID = "user_id",
        IS_ORGANIZER = "is_organizer", STATUS = "status",
    }
}
shape! {
    /// A link to a video conference.
    conference { TYPE = "type", URL = "url", }
}

shape! {
    /// Lead (§3.1).
    lead {
        ID = "id", NAME = "name", DISPLAY_NAME = "display_name", DESCRIPTION = "description",
        URL = "url", HTML_URL = "html_url", STATUS_ID = "status_id", STATUS_LABEL = "status_label",
        ADDRESSES = "addresses" => [address],
        CONTACTS = "contacts" => (records Contact), CONTACT_IDS = "contact_ids",
        OPPORTUNITIES = "opportunities" => (records Opportunity), TASKS = "tasks" => (records Task),
        ACTIVITIES = "activities" => (records Unknown),
        CUSTOM_OBJECTS = "custom_objects" => (records CustomObject),
        COMMENTS = "comments" => (records Comment), FILES = "files" => (records LeadFile),
        CUSTOM = "custom" => (named), INTEGRATION_LINKS = "integration_links", SOURCE = "source",
        PRIMARY_EMAIL = "primary_email", PRIMARY_PHONE = "primary_phone",
        CONTACTS_SUMMARY = "contacts_summary", PRIMARY_ADDRESS_SUMMARY = "primary_address_summary",
        LOCALTIME = "localtime", RECENT_CALLS = "recent_calls", SUMMARIES = "summaries",
        ORGANIZATION_ID = "organization_id", CREATED_BY = "created_by",
        CREATED_BY_NAME = "created_by_name", UPDATED_BY = "updated_by",
        UPDATED_BY_NAME = "updated_by_name", DATE_CREATED = "date_created",
        DATE_UPDATED = "date_updated",
    }
}
shape! {
    /// Contact (§3.2).
    contact {
        ID = "id", LEAD_ID = "lead_id", NAME = "name", DISPLAY_NAME = "display_name",
        TITLE = "title", EMAILS = "emails" => [email_address], PHONES = "phones" => [phone_number],
        URLS = "urls" => [link], INTEGRATION_LINKS = "integration_links",
        RECENT_CALLS = "recent_calls", SUBSCRIPTIONS = "subscriptions", TIMEZONE = "timezone",
        TIMEZONE_SOURCE = "timezone_source",
        SUGGESTIONS = "lead_suggestions_operation_id", ORGANIZATION_ID = "organization_id",
        CREATED_BY = "created_by", CREATED_BY_NAME = "created_by_name", UPDATED_BY = "updated_by",
        UPDATED_BY_NAME = "updated_by_name", DATE_CREATED = "date_created",
        DATE_UPDATED = "date_updated",
    }
}
shape! {
    /// Opportunity (§3.3).
    opportunity {
        ID = "id", LEAD_ID = "lead_id", LEAD_NAME = "lead_name", CONTACT_ID = "contact_id",
        CONTACT_NAME = "contact_name", USER_ID = "user_id", USER_NAME = "user_name",
        STATUS_ID = "status_id", STATUS_LABEL = "status_label", STATUS_TYPE = "status_type",
        STATUS_DISPLAY_NAME = "status_display_name", PIPELINE_ID = "pipeline_id",
        PIPELINE_NAME = "pipeline_name", VALUE = "value", VALUE_CURRENCY = "value_currency",
        VALUE_PERIOD = "value_period", VALUE_FORMATTED = "value_formatted",
        ANNUALIZED_VALUE = "annualized_value", EXPECTED_VALUE = "expected_value",
        ANNUALIZED_EXPECTED_VALUE = "annualized_expected_value", CONFIDENCE = "confidence",
        DATE_WON = "date_won", DATE_LOST = "date_lost", NOTE = "note", NOTE_HTML = "note_html",
        ATTACHMENTS = "attachments" => [attachment], IS_STALLED = "is_stalled",
        STALL_STATUS = "stall_status", SUGGESTED_ACTION = "suggested_action",
        COMMENT_SUMMARY = "comment_summary", LEAD_PRIMARY_EMAIL = "lead_primary_email",
        LEAD_PRIMARY_PHONE = "lead_primary_phone", INTEGRATION_LINKS = "integration_links",
        ORGANIZATION_ID = "organization_id", CREATED_BY = "created_by",
        CREATED_BY_NAME = "created_by_name", UPDATED_BY = "updated_by",
        UPDATED_BY_NAME = "updated_by_name", DATE_CREATED = "date_created",
        DATE_UPDATED = "date_updated",
    }
}
shape! {
    /// Task of any `_type` (§3.4).
    task {
        TYPE = "_type", ID = "id", LEAD_ID = "lead_id", LEAD_NAME = "lead_name",
        CONTACT_ID = "contact_id", CONTACT_NAME = "contact_name", ASSIGNED_TO = "assigned_to",
        ASSIGNED_TO_NAME = "assigned_to_name", DATE = "date", DUE_DATE = "due_date",
        IS_COMPLETE = "is_complete", IS_DATELESS = "is_dateless", VIEW = "view",
        OBJECT_TYPE = "object_type", OBJECT_ID = "object_id", TEXT = "text",
        PRIORITY = "priority", RESOLUTION = "resolution", SUBJECT = "subject",
        BODY_PREVIEW = "body_preview", EMAILS = "emails", EMAIL_ID = "email_id", PHONE = "phone",
        PHONE_FORMATTED = "phone_formatted", PHONE_DESCRIPTION = "phone_number_description",
        LOCAL_PHONE = "local_phone", LOCAL_PHONE_FORMATTED = "local_phone_formatted",
        VOICEMAIL_DURATION = "voicemail_duration", VOICEMAIL_URL = "voicemail_url",
        RECORDING_URL = "recording_url", OPPORTUNITY_NOTE = "opportunity_note",
        OPPORTUNITY_VALUE = "opportunity_value",
        OPPORTUNITY_VALUE_FORMATTED = "opportunity_value_formatted",
        OPPORTUNITY_VALUE_PERIOD = "opportunity_value_period",
        OPPORTUNITY_VALUE_CURRENCY = "opportunity_value_currency", REMOTE_PHONE = "remote_phone",
        REMOTE_PHONE_FORMATTED = "remote_phone_formatted",
        REMOTE_PHONE_DESCRIPTION = "remote_phone_description",
        ATTACHMENTS = "attachments" => [attachment], SEQUENCE_ID = "sequence_id",
        SEQUENCE_NAME = "sequence_name", SUBSCRIPTION_ID = "sequence_subscription_id",
        STEP_ID = "step_id", AGENT_CONFIG_ID = "agent_config_id",
        DEDUPLICATION_KEY = "deduplication_key",
        IS_PRIMARY = "is_primary_lead_notification", ORGANIZATION_ID = "organization_id",
        CREATED_BY = "created_by", CREATED_BY_NAME = "created_by_name", UPDATED_BY = "updated_by",
        UPDATED_BY_NAME = "updated_by_name", DATE_CREATED = "date_created",
        DATE_UPDATED = "date_updated",
    }
}
activity! {
    /// The keys common to all activities.
    base {}
}
activity! {
    /// Note.
    note {
        NOTE = "note", NOTE_HTML = "note_html", ATTACHMENTS = "attachments" => [attachment],
        TITLE = "title", PINNED = "pinned", PINNED_AT = "pinned_at",
        NOTE_MENTIONS = "note_mentions", SOURCE = "source",
    }
}
activity! {
    /// Call.
    call {
        DIRECTION = "direction", STATUS = "status", DISPOSITION = "disposition",
        DURATION = "duration", VOICEMAIL_DURATION = "voicemail_duration", PHONE = "phone",
        REMOTE_PHONE = "remote_phone", REMOTE_PHONE_FORMATTED = "remote_phone_formatted",
        LOCAL_PHONE = "local_phone", LOCAL_PHONE_FORMATTED = "local_phone_formatted",
        REMOTE_COUNTRY = "remote_country_iso", LOCAL_COUNTRY = "local_country_iso",
        SOURCE = "source", CALL_METHOD = "call_method", COST = "cost", NOTE = "note",
        NOTE_HTML = "note_html", RECORDING_URL = "recording_url",
        VOICEMAIL_URL = "voicemail_url", HAS_RECORDING = "has_recording",
        RECORDING_EXPIRES_AT = "recording_expires_at", TRANSCRIPT = "recording_transcript",
        VOICEMAIL_TRANSCRIPT = "voicemail_transcript", OUTCOME_ID = "outcome_id",
        DIALER_ID = "dialer_id", SEQUENCE_ID = "sequence_id", SEQUENCE_NAME = "sequence_name",
        DATE_ANSWERED = "date_answered", IS_JOINABLE = "is_joinable",
        IS_FORWARDED = "is_forwarded", IS_TO_GROUP = "is_to_group_number",
        COACH_LEGS = "coach_legs",
    }
}
activity! {
    /// Email, one message.
    email {
        SUBJECT = "subject", BODY_TEXT = "body_text", BODY_HTML = "body_html",
        BODY_PREVIEW = "body_preview", BODY_TEXT_QUOTED = "body_text_quoted",
        BODY_HTML_QUOTED = "body_html_quoted", SENDER = "sender", TO = "to", CC = "cc",
        BCC = "bcc", ENVELOPE = "envelope" => {envelope}, DIRECTION = "direction", STATUS = "status",
        DATE_SENT = "date_sent", DATE_SCHEDULED = "date_scheduled", THREAD_ID = "thread_id",
        IN_REPLY_TO_ID = "in_reply_to_id", REFERENCES = "references",
        MESSAGE_IDS = "message_ids", ATTACHMENTS = "attachments" => [attachment], OPENS = "opens",
        OPENS_SUMMARY = "opens_summary", TEMPLATE_ID = "template_id",
        TEMPLATE_NAME = "template_name", SEQUENCE_ID = "sequence_id",
        SEQUENCE_NAME = "sequence_name", SUBSCRIPTION_ID = "sequence_subscription_id",
        BULK_ACTION_ID = "bulk_email_action_id", SEND_AS_ID = "send_as_id",
        ACCOUNT_ID = "email_account_id", SEND_ATTEMPTS = "send_attempts",
        NEED_SMTP = "need_smtp_credentials", HAS_REPLY = "has_reply",
        FOLLOWUP_ID = "followup_sequence_id", FOLLOWUP_DELAY = "followup_sequence_delay",
        AGENT_CONFIG_ID = "agent_config_id", AGENT_REASON = "agent_action_reason",
    }
}
activity! {
    /// SMS.
    sms {
        TEXT = "text", DIRECTION = "direction", STATUS = "status", LOCAL_PHONE = "local_phone",
        LOCAL_PHONE_FORMATTED = "local_phone_formatted", REMOTE_PHONE = "remote_phone",
        REMOTE_PHONE_FORMATTED = "remote_phone_formatted",
        LOCAL_COUNTRY = "local_country_iso", REMOTE_COUNTRY = "remote_country_iso",
        DATE_SENT = "date_sent", DATE_SCHEDULED = "date_scheduled", COST = "cost",
        ERROR_MESSAGE = "error_message", SOURCE = "source", TEMPLATE_ID = "template_id",
        SEQUENCE_ID = "sequence_id", SEQUENCE_NAME = "sequence_name",
        SUBSCRIPTION_ID = "sequence_subscription_id", ATTACHMENTS = "attachments" => [attachment],
    }
}
activity! {
    /// `WhatsApp` message.
    whatsapp {
        EXTERNAL_ID = "external_whatsapp_message_id", MESSAGE_MARKDOWN = "message_markdown",
        MESSAGE_HTML = "message_html", TEXT = "text", DIRECTION = "direction",
        LOCAL_PHONE = "local_phone", LOCAL_PHONE_FORMATTED = "local_phone_formatted",
        REMOTE_PHONE = "remote_phone", REMOTE_PHONE_FORMATTED = "remote_phone_formatted",
        ATTACHMENTS = "attachments" => [attachment], INTEGRATION_LINK = "integration_link",
        INTEGRATION_NAME = "integration_name", RESPONSE_TO_ID = "response_to_id",
        SOURCE = "source", SEQUENCE_ID = "sequence_id", SEQUENCE_NAME = "sequence_name",
        SUBSCRIPTION_ID = "sequence_subscription_id",
    }
}
activity! {
    /// Meeting.
    meeting {
        TITLE = "title", LOCATION = "location", STARTS_AT = "starts_at", ENDS_AT = "ends_at",
        DURATION = "duration", ACTUAL_DURATION = "actual_duration", STATUS = "status",
        IS_RECURRING = "is_recurring", ATTENDEES = "attendees" => [attendee], NOTE = "note",
        USER_NOTE = "user_note", USER_NOTE_HTML = "user_note_html",
        USER_NOTE_UPDATED = "user_note_date_updated", USER_NOTE_MENTIONS = "user_note_mentions",
        SUMMARY = "summary", CONFERENCE_LINKS = "conference_links" => [conference],
        EVENT_UIDS = "calendar_event_uids", EVENT_LINK = "calendar_event_link",
        ACCOUNT_ID = "connected_account_id", PROVIDER_EVENT_ID = "provider_calendar_event_id",
        PROVIDER_EVENT_IDS = "provider_calendar_event_ids",
        PROVIDER_TYPE = "provider_calendar_type", SOURCE = "source", OUTCOME_ID = "outcome_id",
        ATTACHED_CALLS = "attached_call_ids", INTEGRATIONS = "integrations",
        TRANSCRIPTS = "transcripts",
    }
}
activity! {
    /// Form submission.
    form_submission {
        FORM_ID = "form_id", FORM_NAME = "form_name", CONFIGURATION_ID = "form_configuration_id",
        VALUES = "values", VALUES_BY_NAME = "values_by_name", IP_ADDRESS = "ip_address",
        ORIGIN = "origin", SOURCE_URL = "source_url",
        SOURCE_URL_NORMALIZED = "source_url_normalized",
    }
}
activity! {
    /// Custom activity.
    custom_activity {
        CUSTOM_TYPE = "custom_activity_type_id", STATUS = "status",
        LAST_PUBLISHED_AT = "last_published_at", PINNED = "pinned", PINNED_AT = "pinned_at",
        MENTIONS = "mentions", MENTIONS_UPDATED_AT = "mentions_updated_at", SOURCE = "source",
        OPPORTUNITY_ID = "opportunity_id", ATTACHMENTS = "attachments" => [attachment],
    }
}
shape! {
    /// A file of a lead's list (`/lead/<id>/files/`, §5.1).
    lead_file {
        ID = "id", LEAD_ID = "lead_id", NAME = "name", FILENAME = "filename",
        CONTENT_TYPE = "content_type", SIZE = "size", CHECKSUM = "checksum",
        DOWNLOAD_URL = "download_url", URL = "url", IS_PINNED = "is_pinned",
        LAST_OBJECT_TYPE = "last_object_type", LAST_OBJECT_ID = "last_object_id",
        CREATED_BY = "created_by", CREATED_BY_NAME = "created_by_name",
        UPDATED_BY = "updated_by", UPDATED_BY_NAME = "updated_by_name",
        DATE_CREATED = "date_created", DATE_UPDATED = "date_updated",
        ORGANIZATION_ID = "organization_id",
    }
}
shape! {
    /// Custom object (§3.6).
    custom_object {
        ID = "id", CUSTOM_TYPE = "custom_object_type_id", LEAD_ID = "lead_id", NAME = "name",
        CREATED_BY = "created_by", CREATED_BY_NAME = "created_by_name",
        UPDATED_BY = "updated_by", UPDATED_BY_NAME = "updated_by_name",
        DATE_CREATED = "date_created", DATE_UPDATED = "date_updated",
        ORGANIZATION_ID = "organization_id",
    }
}
shape! {
    /// Comment (§3.6).
    comment {
        ID = "id", THREAD_ID = "thread_id", LEAD_ID = "lead_id", OBJECT_ID = "object_id",
        OBJECT_TYPE = "object_type", BODY = "body", MENTIONS = "mentions",
        CREATED_AT = "created_at", CREATED_BY = "created_by", UPDATED_AT = "updated_at",
        UPDATED_BY = "updated_by", REMOVED_AT = "removed_at", REMOVED_BY = "removed_by",
        ORGANIZATION_ID = "organization_id",
    }
}
shape! {
    /// Thread of e-mails: an archive of its own, with copies of its e-mails inside.
    email_thread { EMAILS = "emails" => (records Email), }
}
shape! {
    /// Kinds that go to the archive whole have no known keys.
    whole {}
}

/// The shape of a kind.
pub fn shape(kind: Kind) -> &'static Shape {
    match kind {
        Kind::Lead => &lead::SHAPE,
        Kind::Contact => &contact::SHAPE,
        Kind::Opportunity => &opportunity::SHAPE,
        Kind::Task => &task::SHAPE,
        Kind::Note => &note::SHAPE,
        Kind::Call => &call::SHAPE,
        Kind::Email => &email::SHAPE,
        Kind::EmailThread => &email_thread::SHAPE,
        Kind::Sms => &sms::SHAPE,
        Kind::WhatsAppMessage => &whatsapp::SHAPE,
        Kind::Meeting => &meeting::SHAPE,
        Kind::FormSubmission => &form_submission::SHAPE,
        Kind::CustomActivity => &custom_activity::SHAPE,
        Kind::CustomObject => &custom_object::SHAPE,
        Kind::LeadFile => &lead_file::SHAPE,
        Kind::Comment => &comment::SHAPE,
        _ => &whole::SHAPE,
    }
}

pub use super::layout::{Layout, Layouts};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_has_one_number() {
        let paths = &Layouts::get().paths;
        let contact = Layouts::of(Kind::Contact);
        let emails = contact.find("emails").unwrap();
        let nested = contact.nested[usize::from(emails.0)].as_ref().unwrap();
        let at = nested.base + usize::from(nested.find("email").unwrap().0);
        assert_eq!(paths[at], (Kind::Contact, "emails[].email".to_owned()));
        let mut sorted: Vec<_> = paths.clone();
        sorted.sort();
        sorted.dedup();
        assert_eq!(sorted.len(), paths.len());
    }

    #[test]
    fn shapes_fit_the_tables_of_a_record() {
        fn fits(layout: &Layout) {
            let keys = layout.shape.keys;
            assert!(keys.len() <= crate::close::record::MAX_FIELDS, "{keys:?}");
            // What begins like a custom field is never looked up.
            assert!(keys.iter().all(|key| !key.name.starts_with("custom.")));
            layout.nested.iter().flatten().for_each(fits);
        }
        Kind::ALL.iter().for_each(|kind| fits(Layouts::of(*kind)));
    }

    #[test]
    fn base_constants_hold_for_every_activity() {
        for shape in
            [&note::SHAPE, &call::SHAPE, &email::SHAPE, &meeting::SHAPE, &custom_activity::SHAPE]
        {
            for (i, key) in base::SHAPE.keys.iter().enumerate() {
                assert_eq!(shape.keys[i].name, key.name);
            }
        }
    }
}
