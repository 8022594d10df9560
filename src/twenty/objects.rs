//! The Twenty objects we write to: the columns of each CSV file with the fields behind them
//! (`twenty-importer.md` §5.4), and which of the fields must be made first. A table; it must not
//! hold values.

use serde::{Deserialize, Serialize};

/// A Twenty object.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub enum Object {
    /// An organisation.
    Company,
    /// A person.
    Person,
    /// A deal.
    Opportunity,
    /// A to-do or something that happened.
    Task,
    /// A note.
    Note,
}

impl Object {
    /// All objects, in import order.
    pub const ALL: [Object; 5] =
        [Self::Company, Self::Person, Self::Opportunity, Self::Task, Self::Note];

    /// The object's API name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Company => "company",
            Self::Person => "person",
            Self::Opportunity => "opportunity",
            Self::Task => "task",
            Self::Note => "note",
        }
    }

    /// The plural, as in file names.
    pub const fn plural(self) -> &'static str {
        match self {
            Self::Company => "companies",
            Self::Person => "people",
            Self::Opportunity => "opportunities",
            Self::Task => "tasks",
            Self::Note => "notes",
        }
    }

    /// The label people see.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Company => "Company",
            Self::Person => "Person",
            Self::Opportunity => "Opportunity",
            Self::Task => "Task",
            Self::Note => "Note",
        }
    }

    /// The plural label people see.
    pub const fn label_plural(self) -> &'static str {
        match self {
            Self::Company => "Companies",
            Self::Person => "People",
            Self::Opportunity => "Opportunities",
            Self::Task => "Tasks",
            Self::Note => "Notes",
        }
    }

    /// The object's columns.
    pub const fn columns(self) -> &'static [Column] {
        match self {
            Self::Company => company::COLUMNS,
            Self::Person => person::COLUMNS,
            Self::Opportunity => opportunity::COLUMNS,
            Self::Task => task::COLUMNS,
            Self::Note => note::COLUMNS,
        }
    }
}

/// Twenty's field types, as far as we use them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FieldType {
    /// `UUID`.
    Uuid,
    /// `TEXT`.
    Text,
    /// `NUMBER`.
    Number,
    /// `DATE`.
    Date,
    /// `DATE_TIME`.
    DateTime,
    /// `SELECT`.
    Select,
    /// `MULTI_SELECT`.
    MultiSelect,
    /// `FULL_NAME`.
    FullName,
    /// `EMAILS`.
    Emails,
    /// `PHONES`.
    Phones,
    /// `LINKS`.
    Links,
    /// `ADDRESS`.
    Address,
    /// `CURRENCY`.
    Currency,
    /// `RICH_TEXT`.
    RichText,
    /// `RELATION`, many-to-one.
    Relation,
}

impl FieldType {
    /// The type's name in Twenty's settings.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Uuid => "Unique ID",
            Self::Text => "Text",
            Self::Number => "Number",
            Self::Date => "Date",
            Self::DateTime => "Date and Time",
            Self::Select => "Select",
            Self::MultiSelect => "Multi-select",
            Self::FullName => "Full Name",
            Self::Emails => "Emails",
            Self::Phones => "Phones",
            Self::Links => "Links",
            Self::Address => "Address",
            Self::Currency => "Currency",
            Self::RichText => "Rich Text",
            Self::Relation => "Relation",
        }
    }
}

/// A column's place in its object's table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Col(pub u16);

/// One column of a CSV file.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// The header: the English label of the field, with its sub-field.
    pub header: &'static str,
    /// API name of the field.
    pub field: &'static str,
    /// API name of the sub-field or of the target's key.
    pub sub_field: Option<&'static str>,
    /// The field's type.
    pub kind: FieldType,
    /// Set for fields that Twenty does not have by itself.
    pub new: Option<NewField>,
}

/// A field that must be made before the import.
#[derive(Clone, Copy, Debug)]
pub struct NewField {
    /// The label.
    pub label: &'static str,
    /// Unique, and so a key for upserts and relations.
    pub unique: bool,
    /// The other side of a relation.
    pub relation: Option<(Object, &'static str)>,
    /// Options that are known beforehand, as value and label.
    pub options: &'static [(&'static str, &'static str)],
    /// What it is for.
    pub why: &'static str,
}

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
    target: Object,
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
        PERSON = link("Person / Close Id", "Person", "person", Object::Person, "Close Tasks");
        COMPANY = link("Company / Close Id", "Company", "company", Object::Company, "Close Tasks");
        OPPORTUNITY = link("Opportunity / Close Id", "Opportunity", "opportunity", Object::Opportunity, "Close Tasks");
        OWNER = super::OWNER;
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
        PERSON = link("Person / Close Id", "Person", "person", Object::Person, "Close Notes");
        COMPANY = link("Company / Close Id", "Company", "company", Object::Company, "Close Notes");
        OPPORTUNITY = link("Opportunity / Close Id", "Opportunity", "opportunity", Object::Opportunity, "Close Notes");
        OWNER = super::OWNER;
        CREATED_BY = super::CREATED_BY;
        CREATED_AT = standard("Creation date", "createdAt", None, T::DateTime);
        UPDATED_AT = standard("Last update", "updatedAt", None, T::DateTime);
    }
}

/// Options Twenty ships for its own select fields, as value and label.
pub fn shipped_options(object: Object, field: &str) -> &'static [(&'static str, &'static str)] {
    match (object, field) {
        (Object::Opportunity, "stage") => &[
            ("NEW", "New"),
            ("SCREENING", "Screening"),
            ("MEETING", "Meeting"),
            ("PROPOSAL", "Proposal"),
            ("CUSTOMER", "Customer"),
        ],
        (Object::Task, "status") => {
            &[("TODO", "To do"), ("IN_PROGRESS", "In progress"), ("DONE", "Done")]
        }
        _ => &[],
    }
}

/// Labels of the fields Twenty ships that we do not write; a new field must not take one.
pub const OTHER_LABELS: &[(Object, &str, &str)] = &[
    (Object::Company, "accountOwner", "Account Owner"),
    (Object::Company, "annualRevenue", "Annual Revenue"),
    (Object::Company, "people", "People"),
    (Object::Company, "opportunities", "Opportunities"),
    (Object::Person, "avatarUrl", "Avatar"),
    (Object::Person, "avatarFile", "Avatar File"),
    (Object::Person, "pointOfContactForOpportunities", "Opportunities"),
    (Object::Opportunity, "owner", "Owner"),
    (Object::Task, "assignee", "Assignee"),
    // Fields of workspaces that were upgraded from before 2.10 (`twenty-importer.md` §5.3).
    (Object::Company, "employees", "Employees"),
    (Object::Company, "annualRecurringRevenue", "ARR"),
    (Object::Company, "idealCustomerProfile", "ICP"),
    (Object::Company, "xLink", "X"),
    (Object::Person, "xLink", "X"),
    (Object::Person, "city", "City"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_unique_and_ids_lead() {
        for object in Object::ALL {
            let mut headers: Vec<_> =
                object.columns().iter().map(|c| c.header.to_lowercase()).collect();
            assert_eq!(headers[..2], ["id", "close id"]);
            headers.sort();
            headers.dedup();
            assert_eq!(headers.len(), object.columns().len(), "{object:?}");
        }
    }

    #[test]
    fn activities_and_lead_fields_do_not_collide_with_reverse_labels() {
        let reverse = ["Close Tasks", "Close Notes"];
        for object in Object::ALL {
            assert!(object.columns().iter().all(|c| !reverse.contains(&c.header)));
        }
    }
}
