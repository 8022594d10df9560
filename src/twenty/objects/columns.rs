//! The columns of each object's files, as tables (`twenty-importer.md` §5.4). It must not hold
//! anything that is not the same for every export.

use super::{Col, Column, FieldType, NewField};

const fn standard(
    header: &'static str,
    field: &'static str,
    sub_field: Option<&'static str>,
    kind: FieldType,
) -> Column {
    Column { header, field, sub_field, kind, new: None }
}

const fn added(
    label: &'static str,
    field: &'static str,
    kind: FieldType,
    why: &'static str,
) -> Column {
    let new = NewField { label, unique: false, relation: None, options: &[], why };
    Column { header: label, field, sub_field: None, kind, new: Some(new) }
}

/// One more column of a field whose [`NewField`] another column carries.
const fn part(
    header: &'static str,
    field: &'static str,
    sub: &'static str,
    kind: FieldType,
) -> Column {
    Column { header, field, sub_field: Some(sub), kind, new: None }
}

/// The first column of a new composite field.
const fn first(
    header: &'static str,
    label: &'static str,
    field: &'static str,
    sub: &'static str,
    kind: FieldType,
    why: &'static str,
) -> Column {
    let new = NewField { label, unique: false, relation: None, options: &[], why };
    Column { header, field, sub_field: Some(sub), kind, new: Some(new) }
}

const CLOSE_ID: Column = {
    let mut column = added(
        "Close Id",
        "closeId",
        FieldType::Text,
        "finds the record again: later imports and relations go by it",
    );
    if let Some(new) = &mut column.new {
        new.unique = true;
    }
    column
};

const fn selects(
    label: &'static str,
    field: &'static str,
    options: &'static [(&'static str, &'static str)],
    why: &'static str,
) -> Column {
    let new = NewField { label, unique: false, relation: None, options, why };
    Column { header: label, field, sub_field: None, kind: FieldType::Select, new: Some(new) }
}

/// A relation that only the CSV route needs: the API makes targets instead.
const fn link(
    header: &'static str,
    label: &'static str,
    field: &'static str,
    target: &'static str,
    reverse: &'static str,
) -> Column {
    let why = "links the record where Twenty's importer cannot make its own targets";
    let relation = Some((target, reverse));
    let new = NewField { label, unique: false, relation, options: &[], why };
    Column { header, field, sub_field: Some("closeId"), kind: FieldType::Relation, new: Some(new) }
}

const MERGED: Column = added(
    "Close Merged Ids",
    "closeMergedIds",
    FieldType::Text,
    "Close ids of the records merged into this one",
);
const CREATED_BY: Column =
    added("Close Created By", "closeCreatedBy", FieldType::Text, "who made the record in Close");
const OWNER: Column = added(
    "Close Owner",
    "closeOwner",
    FieldType::Text,
    "the owner or assignee in Close, also of people who have left",
);
const LEAD_STATUS: Column = selects("Lead Status", "leadStatus", &[], "the lead's status in Close");
const LEAD_DESCRIPTION: Column = added(
    "Lead Description",
    "leadDescription",
    FieldType::Text,
    "the lead's description in Close",
);
const LEAD_SOURCE: Column =
    added("Lead Source", "leadSource", FieldType::Text, "how the lead came into Close");
const LEAD_ID: Column =
    added("Close Lead Id", "closeLeadId", FieldType::Text, "the lead this record represents");
const LEAD_LINK: Column = added(
    "Close Lead Url",
    "closeLeadUrl",
    FieldType::Text,
    "the lead's url where it is no domain",
);

/// Kinds of activity, as value and label.
pub const ACTIVITY_TYPES: &[(&str, &str)] = &[
    ("CALL", "Call"),
    ("EMAIL", "Email"),
    ("SMS", "SMS"),
    ("WHATSAPP", "WhatsApp"),
    ("MEETING", "Meeting"),
    ("FORM_SUBMISSION", "Form submission"),
    ("TODO_TASK", "To-do"),
];
const DIRECTIONS: &[(&str, &str)] = &[("INBOUND", "Inbound"), ("OUTBOUND", "Outbound")];
const PRIORITIES: &[(&str, &str)] = &[("HIGH", "High"), ("MEDIUM", "Medium"), ("LOW", "Low")];
const PERIODS: &[(&str, &str)] =
    &[("ONE_TIME", "One-time"), ("MONTHLY", "Monthly"), ("ANNUAL", "Annual")];
const TASK_TYPES: &[(&str, &str)] = &[
    ("LEAD", "To-do"),
    ("OUTGOING_CALL", "Outgoing call"),
    ("INCOMING_EMAIL", "Incoming email"),
    ("EMAIL_FOLLOWUP", "Email follow-up"),
    ("MISSED_CALL", "Missed call"),
    ("ANSWERED_DETACHED_CALL", "Answered call without lead"),
    ("VOICEMAIL", "Voicemail"),
    ("OPPORTUNITY_DUE", "Opportunity due"),
    ("INCOMING_SMS", "Incoming SMS"),
];
const DISPOSITIONS: &[(&str, &str)] = &[
    ("ANSWERED", "Answered"),
    ("NO_ANSWER", "No answer"),
    ("VM_ANSWER", "Voicemail answered"),
    ("VM_LEFT", "Voicemail left"),
    ("BUSY", "Busy"),
    ("BLOCKED", "Blocked"),
    ("ERROR", "Error"),
    ("ABANDONED", "Abandoned"),
];

macro_rules! columns {
    ($(#[$doc:meta])* $object:ident { $($name:ident = $column:expr;)* }) => {
        $(#[$doc])*
        #[allow(missing_docs)]
        pub mod $object {
            #[allow(clippy::wildcard_imports)]
            use super::*;
            use super::FieldType as T;
            #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
            enum At { $($name,)* }
            $(pub const $name: Col = Col(At::$name as u16);)*
            /// The table, in file order.
            pub const COLUMNS: &[Column] = &[$($column,)*];
            #[allow(dead_code)]
            const USES: T = T::Text;
        }
    };
}

columns! {
    /// Columns of company files.
    company {
        ID = standard("Id", "id", None, T::Uuid);
        CLOSE_ID = super::CLOSE_ID;
        NAME = standard("Name", "name", None, T::Text);
        DOMAIN_URL = standard("Domain Name / Link URL", "domainName", Some("primaryLinkUrl"), T::Links);
        DOMAIN_LABEL = standard("Domain Name / Link Label", "domainName", Some("primaryLinkLabel"), T::Links);
        DOMAIN_MORE = standard("Domain Name / Secondary Links", "domainName", Some("secondaryLinks"), T::Links);
        STREET_1 = standard("Address / Address 1", "address", Some("addressStreet1"), T::Address);
        STREET_2 = standard("Address / Address 2", "address", Some("addressStreet2"), T::Address);
        CITY = standard("Address / City", "address", Some("addressCity"), T::Address);
        STATE = standard("Address / State", "address", Some("addressState"), T::Address);
        POSTCODE = standard("Address / Post Code", "address", Some("addressPostcode"), T::Address);
        COUNTRY = standard("Address / Country", "address", Some("addressCountry"), T::Address);
        LINKEDIN = standard("Linkedin / Link URL", "linkedinLink", Some("primaryLinkUrl"), T::Links);
        LEAD_ID = super::LEAD_ID;
        LEAD_STATUS = super::LEAD_STATUS;
        LEAD_DESCRIPTION = super::LEAD_DESCRIPTION;
        LEAD_SOURCE = super::LEAD_SOURCE;
        LEAD_LINK = super::LEAD_LINK;
        MEMBER = standard("Account Owner / User Email", "accountOwner", Some("userEmail"), T::Relation);
        CREATED_BY = super::CREATED_BY;
        MERGED = super::MERGED;
        CREATED_AT = standard("Creation date", "createdAt", None, T::DateTime);
        UPDATED_AT = standard("Last update", "updatedAt", None, T::DateTime);
    }
}

columns! {
    /// Columns of people files.
    person {
        ID = standard("Id", "id", None, T::Uuid);
        CLOSE_ID = super::CLOSE_ID;
        FIRST_NAME = standard("Name / First Name", "name", Some("firstName"), T::FullName);
        LAST_NAME = standard("Name / Last Name", "name", Some("lastName"), T::FullName);
        EMAIL = standard("Emails / Primary Email", "emails", Some("primaryEmail"), T::Emails);
        EMAIL_MORE = standard("Emails / Additional Emails", "emails", Some("additionalEmails"), T::Emails);
        PHONE = standard("Phones / Primary Phone Number", "phones", Some("primaryPhoneNumber"), T::Phones);
        PHONE_CODE = standard("Phones / Primary Phone Calling Code", "phones", Some("primaryPhoneCallingCode"), T::Phones);
        PHONE_MORE = standard("Phones / Additional Phones", "phones", Some("additionalPhones"), T::Phones);
        JOB_TITLE = standard("Job Title", "jobTitle", None, T::Text);
        LINKEDIN = standard("Linkedin / Link URL", "linkedinLink", Some("primaryLinkUrl"), T::Links);
        COMPANY = standard("Company / Close Id", "company", Some("closeId"), T::Relation);
        OTHER_EMAILS = added("Other Emails", "otherEmails", T::Text, "e-mails Twenty cannot hold as such: shared with another person, or unusable");
        OTHER_PHONES = added("Other Phones", "otherPhones", T::Text, "phone numbers Twenty cannot hold as such");
        LINK_URL = first("Contact Links / Link URL", "Contact Links", "contactLinks", "primaryLinkUrl", T::Links, "the contact's urls in Close");
        LINK_LABEL = part("Contact Links / Link Label", "contactLinks", "primaryLinkLabel", T::Links);
        LINK_MORE = part("Contact Links / Secondary Links", "contactLinks", "secondaryLinks", T::Links);
        CONTACT_ID = added("Close Contact Id", "closeContactId", T::Text, "the contact behind this person");
        LEAD_ID = super::LEAD_ID;
        LEAD_STATUS = super::LEAD_STATUS;
        LEAD_DESCRIPTION = super::LEAD_DESCRIPTION;
        LEAD_SOURCE = super::LEAD_SOURCE;
        LEAD_LINK = super::LEAD_LINK;
        STREET_1 = first("Lead Address / Address 1", "Lead Address", "leadAddress", "addressStreet1", T::Address, "the address of a lead that has no company");
        STREET_2 = part("Lead Address / Address 2", "leadAddress", "addressStreet2", T::Address);
        CITY = part("Lead Address / City", "leadAddress", "addressCity", T::Address);
        STATE = part("Lead Address / State", "leadAddress", "addressState", T::Address);
        POSTCODE = part("Lead Address / Post Code", "leadAddress", "addressPostcode", T::Address);
        COUNTRY = part("Lead Address / Country", "leadAddress", "addressCountry", T::Address);
        CREATED_BY = super::CREATED_BY;
        MERGED = super::MERGED;
        CREATED_AT = standard("Creation date", "createdAt", None, T::DateTime);
        UPDATED_AT = standard("Last update", "updatedAt", None, T::DateTime);
    }
}

columns! {
    /// Columns of opportunity files.
    opportunity {
        ID = standard("Id", "id", None, T::Uuid);
        CLOSE_ID = super::CLOSE_ID;
        NAME = standard("Name", "name", None, T::Text);
        AMOUNT = standard("Amount / Amount", "amount", Some("amountMicros"), T::Currency);
        CURRENCY = standard("Amount / Currency", "amount", Some("currencyCode"), T::Currency);
        CLOSE_DATE = standard("Close date", "closeDate", None, T::DateTime);
        STAGE = standard("Stage", "stage", None, T::Select);
        PIPELINE = selects("Pipeline", "pipeline", &[], "the pipeline in Close");
        VALUE_PERIOD = selects("Value Period", "valuePeriod", PERIODS, "whether the amount comes once, each month or each year");
        CONFIDENCE = added("Confidence", "confidence", T::Number, "how likely the deal is, in percent");
        WON_DATE = added("Won Date", "wonDate", T::Date, "when the deal was won");
        LOST_DATE = added("Lost Date", "lostDate", T::DateTime, "when the deal was lost");
        COMPANY = standard("Company / Close Id", "company", Some("closeId"), T::Relation);
        CONTACT = standard("Point of Contact / Close Id", "pointOfContact", Some("closeId"), T::Relation);
        OWNER = super::OWNER;
        MEMBER = standard("Owner / User Email", "owner", Some("userEmail"), T::Relation);
        CREATED_BY = super::CREATED_BY;
        CREATED_AT = standard("Creation date", "createdAt", None, T::DateTime);
        UPDATED_AT = standard("Last update", "updatedAt", None, T::DateTime);
    }
}

columns! {
    /// Columns of task files.
    task {
        ID = standard("Id", "id", None, T::Uuid);
        CLOSE_ID = super::CLOSE_ID;
        TITLE = standard("Title", "title", None, T::Text);
        BODY = standard("Body / Markdown", "bodyV2", Some("markdown"), T::RichText);
        STATUS = standard("Status", "status", None, T::Select);
        DUE_AT = standard("Due Date", "dueAt", None, T::DateTime);
        ACTIVITY_TYPE = selects("Activity Type", "activityType", ACTIVITY_TYPES, "what kind of activity it was in Close");
        TASK_TYPE = selects("Close Task Type", "closeTaskType", TASK_TYPES, "what kind of to-do it was in Close");
        ACTIVITY_AT = added("Activity Date", "activityDate", T::DateTime, "when it happened");
        COMPLETED_AT = added("Completed At", "completedAt", T::DateTime, "when the to-do was completed");
        DIRECTION = selects("Direction", "direction", DIRECTIONS, "from or to the customer");
        DURATION = added("Duration Seconds", "durationSeconds", T::Number, "how long it took");
        DISPOSITION = selects("Disposition", "disposition", DISPOSITIONS, "how the call ended");
        PHONE = added("Activity Phone", "activityPhone", T::Text, "the customer's number");
        PARTICIPANTS = added("Participants", "participants", T::Text, "who took part, with addresses");
        THREAD_ID = added("Thread Id", "threadId", T::Text, "e-mails of one conversation share it");
        PRIORITY = selects("Priority", "priority", PRIORITIES, "the to-do's priority");
        PERSON = link("Person / Close Id", "Person", "person", "person", "Close Tasks");
        COMPANY = link("Company / Close Id", "Company", "company", "company", "Close Tasks");
        OPPORTUNITY = link("Opportunity / Close Id", "Opportunity", "opportunity", "opportunity", "Close Tasks");
        OWNER = super::OWNER;
        MEMBER = standard("Assignee / User Email", "assignee", Some("userEmail"), T::Relation);
        CREATED_BY = super::CREATED_BY;
        CREATED_AT = standard("Creation date", "createdAt", None, T::DateTime);
        UPDATED_AT = standard("Last update", "updatedAt", None, T::DateTime);
    }
}

columns! {
    /// Columns of note files.
    note {
        ID = standard("Id", "id", None, T::Uuid);
        CLOSE_ID = super::CLOSE_ID;
        TITLE = standard("Title", "title", None, T::Text);
        BODY = standard("Body / Markdown", "bodyV2", Some("markdown"), T::RichText);
        PERSON = link("Person / Close Id", "Person", "person", "person", "Close Notes");
        COMPANY = link("Company / Close Id", "Company", "company", "company", "Close Notes");
        OPPORTUNITY = link("Opportunity / Close Id", "Opportunity", "opportunity", "opportunity", "Close Notes");
        OWNER = super::OWNER;
        CREATED_BY = super::CREATED_BY;
        CREATED_AT = standard("Creation date", "createdAt", None, T::DateTime);
        UPDATED_AT = standard("Last update", "updatedAt", None, T::DateTime);
    }
}

/// The relation of a custom type's records to another object; its reverse side is named after the
/// type.
const fn tie(
    header: &'static str,
    label: &'static str,
    field: &'static str,
    target: &'static str,
    key: &'static str,
    why: &'static str,
) -> Column {
    let relation = Some((target, ""));
    let new = NewField { label, unique: false, relation, options: &[], why };
    Column { header, field, sub_field: Some(key), kind: FieldType::Relation, new: Some(new) }
}

const TIE_PERSON: Column = tie(
    "Person / Close Id",
    "Person",
    "person",
    "person",
    "closeId",
    "the contact, or the person that represents the lead",
);
const TIE_COMPANY: Column =
    tie("Company / Close Id", "Company", "company", "company", "closeId", "the lead's company");
const TIE_OPPORTUNITY: Column = tie(
    "Opportunity / Close Id",
    "Opportunity",
    "opportunity",
    "opportunity",
    "closeId",
    "the opportunity it is about",
);
const TIE_OWNER: Column = tie(
    "Owner / User Email",
    "Owner",
    "owner",
    "workspaceMember",
    "userEmail",
    "who did it, where they are a member of the workspace",
);
const STATUSES: &[(&str, &str)] = &[("PUBLISHED", "Published"), ("DRAFT", "Draft")];

columns! {
    /// Columns of the files of a custom activity type, before its custom fields.
    custom_activity {
        ID = standard("Id", "id", None, T::Uuid);
        CLOSE_ID = super::CLOSE_ID;
        NAME = standard("Name", "name", None, T::Text);
        STATUS = selects("Status", "status", STATUSES, "drafts and published activities are kept apart");
        ACTIVITY_AT = added("Activity Date", "activityDate", T::DateTime, "when it happened");
        PERSON = TIE_PERSON;
        COMPANY = TIE_COMPANY;
        OPPORTUNITY = TIE_OPPORTUNITY;
        OWNER = super::OWNER;
        MEMBER = TIE_OWNER;
        CREATED_BY = super::CREATED_BY;
        CREATED_AT = standard("Creation date", "createdAt", None, T::DateTime);
        UPDATED_AT = standard("Last update", "updatedAt", None, T::DateTime);
    }
}

columns! {
    /// Columns of the files of a custom object type, before its custom fields.
    custom_object {
        ID = standard("Id", "id", None, T::Uuid);
        CLOSE_ID = super::CLOSE_ID;
        NAME = standard("Name", "name", None, T::Text);
        PERSON = TIE_PERSON;
        COMPANY = TIE_COMPANY;
        CREATED_BY = super::CREATED_BY;
        CREATED_AT = standard("Creation date", "createdAt", None, T::DateTime);
        UPDATED_AT = standard("Last update", "updatedAt", None, T::DateTime);
    }
}
