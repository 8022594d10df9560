//! Close's records as a converter reads them: borrowed, custom fields ignored (close-format.md §3).
//!
//! For measurement only; the converter has its own model. Generic over the text type, because
//! serde borrows through a type parameter without an attribute at every field.
#![expect(dead_code, reason = "parsed to be measured, not to be used")]
#![expect(clippy::struct_field_names, reason = "the names are Close's")]

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, Visitor};

/// Text that must borrow: a string that would have to be copied is an error.
#[derive(Debug)]
pub struct Text<'a>(pub &'a str);

impl<'de> Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Borrow;
        impl<'de> Visitor<'de> for Borrow {
            type Value = Text<'de>;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a string that can be borrowed")
            }
            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(text))
            }
        }
        deserializer.deserialize_str(Borrow)
    }
}

#[derive(Debug, Deserialize)]
pub struct Lead<T> {
    pub id: T,
    pub name: Option<T>,
    pub display_name: Option<T>,
    pub description: Option<T>,
    pub url: Option<T>,
    pub status_id: Option<T>,
    pub status_label: Option<T>,
    pub created_by: Option<T>,
    pub created_by_name: Option<T>,
    pub date_created: Option<T>,
    pub date_updated: Option<T>,
    #[serde(default = "Vec::new")]
    pub addresses: Vec<Address<T>>,
    #[serde(default = "Vec::new")]
    pub contacts: Vec<Contact<T>>,
    #[serde(default = "Vec::new")]
    pub opportunities: Vec<Opportunity<T>>,
    #[serde(default = "Vec::new")]
    pub tasks: Vec<Task<T>>,
    #[serde(default = "Vec::new")]
    pub activities: Vec<Activity<T>>,
}

#[derive(Debug, Deserialize)]
pub struct Address<T> {
    pub label: Option<T>,
    #[serde(rename = "address_1")]
    pub first_line: Option<T>,
    #[serde(rename = "address_2")]
    pub second_line: Option<T>,
    pub city: Option<T>,
    pub state: Option<T>,
    pub zipcode: Option<T>,
    pub country: Option<T>,
}

#[derive(Debug, Deserialize)]
pub struct Contact<T> {
    pub id: T,
    pub name: Option<T>,
    pub title: Option<T>,
    #[serde(default = "Vec::new")]
    pub emails: Vec<Email<T>>,
    #[serde(default = "Vec::new")]
    pub phones: Vec<Phone<T>>,
    #[serde(default = "Vec::new")]
    pub urls: Vec<Url<T>>,
    pub date_created: Option<T>,
    pub date_updated: Option<T>,
}

#[derive(Debug, Deserialize)]
pub struct Email<T> {
    pub email: Option<T>,
    #[serde(rename = "type")]
    pub kind: Option<T>,
}

#[derive(Debug, Deserialize)]
pub struct Phone<T> {
    pub phone: Option<T>,
    #[serde(rename = "type")]
    pub kind: Option<T>,
    pub country: Option<T>,
}

#[derive(Debug, Deserialize)]
pub struct Url<T> {
    pub url: Option<T>,
}

#[derive(Debug, Deserialize)]
pub struct Opportunity<T> {
    pub id: T,
    pub contact_id: Option<T>,
    pub user_id: Option<T>,
    pub user_name: Option<T>,
    pub status_id: Option<T>,
    pub status_label: Option<T>,
    pub status_type: Option<T>,
    pub pipeline_id: Option<T>,
    pub pipeline_name: Option<T>,
    pub value: Option<i64>,
    pub value_currency: Option<T>,
    pub value_period: Option<T>,
    pub confidence: Option<f64>,
    pub date_won: Option<T>,
    pub date_lost: Option<T>,
    pub note: Option<T>,
    pub date_created: Option<T>,
    pub date_updated: Option<T>,
}

#[derive(Debug, Deserialize)]
pub struct Task<T> {
    #[serde(rename = "_type")]
    pub kind: Option<T>,
    pub id: T,
    pub contact_id: Option<T>,
    pub assigned_to: Option<T>,
    pub assigned_to_name: Option<T>,
    pub text: Option<T>,
    pub date: Option<T>,
    pub is_complete: Option<bool>,
    pub priority: Option<T>,
    pub date_created: Option<T>,
    pub date_updated: Option<T>,
}

/// The union of all types: one struct is faster than a tagged enum, which buffers.
#[derive(Debug, Deserialize)]
pub struct Activity<T> {
    #[serde(rename = "_type")]
    pub kind: Option<T>,
    pub id: T,
    pub contact_id: Option<T>,
    pub user_id: Option<T>,
    pub user_name: Option<T>,
    pub date_created: Option<T>,
    pub date_updated: Option<T>,
    pub activity_at: Option<T>,
    pub direction: Option<T>,
    pub status: Option<T>,
    pub note: Option<T>,
    pub note_html: Option<T>,
    pub title: Option<T>,
    pub subject: Option<T>,
    pub sender: Option<T>,
    pub to: Option<Vec<T>>,
    pub cc: Option<Vec<T>>,
    pub body_text: Option<T>,
    pub body_html: Option<T>,
    pub thread_id: Option<T>,
    pub date_sent: Option<T>,
    pub attachments: Option<Vec<Attachment<T>>>,
    pub text: Option<T>,
    pub message_markdown: Option<T>,
    pub duration: Option<i64>,
    pub disposition: Option<T>,
    pub remote_phone: Option<T>,
    pub local_phone: Option<T>,
    pub recording_url: Option<T>,
    pub voicemail_url: Option<T>,
    pub location: Option<T>,
    pub starts_at: Option<T>,
    pub ends_at: Option<T>,
    pub attendees: Option<Vec<Attendee<T>>>,
    pub user_note: Option<T>,
    pub user_note_html: Option<T>,
    pub old_status_label: Option<T>,
    pub new_status_label: Option<T>,
    pub opportunity_id: Option<T>,
    pub task_id: Option<T>,
    pub source_lead_id: Option<T>,
    pub form_name: Option<T>,
    pub custom_activity_type_id: Option<T>,
}

#[derive(Debug, Deserialize)]
pub struct Attachment<T> {
    pub url: Option<T>,
    pub filename: Option<T>,
    pub size: Option<i64>,
    pub content_type: Option<T>,
}

#[derive(Debug, Deserialize)]
pub struct Attendee<T> {
    pub name: Option<T>,
    pub email: Option<T>,
    pub contact_id: Option<T>,
    pub status: Option<T>,
}
