//! Writes a lead's history: calls, notes, chats, meetings, and the table of all activities (close-format.md §3.5).
//!
//! Mail, which is most bytes, is in `mail.rs`, changes of records are in `change.rs`.

use super::Totals;
use super::calendar::Moment;
use super::chance::Chance;
use super::change::{
    custom_activity, form_submission, lead_merge, lead_status_change, opportunity_status_change,
    task_completed,
};
use super::json::{Json, NULL};
use super::lead::audit;
use super::mail::conversation;
use super::party::formatted;
use super::prose::Prose;
use super::story::Story;

/// One kind of event in a lead's life: writes one or more activities.
type Writer = fn(&Story<'_>, &mut Json<'_>, &mut Chance, &mut Totals);

/// Weight and writer of each kind of event.
const EVENTS: &[(u64, Writer)] = &[
    (24, conversation),
    (20, note),
    (20, call),
    (5, sms),
    (4, whatsapp),
    (9, meeting),
    (8, lead_status_change),
    (2, form_submission),
    (5, custom_activity),
    (1, lead_merge),
];

/// What every activity has.
pub struct Activity {
    pub kind: &'static str,
    pub id: String,
    pub user: Option<usize>,
    pub contact: Option<String>,
    pub at: Moment,
    /// Spelt without fraction, as in mails and meetings.
    pub whole: bool,
}

impl Activity {
    /// An activity of somebody with somebody, at some time.
    pub fn new(kind: &'static str, story: &Story<'_>, chance: &mut Chance) -> Self {
        Self {
            kind,
            id: chance.id("acti_"),
            user: Some(story.colleague(chance)),
            contact: story.someone(chance),
            at: story.moment(chance),
            whole: false,
        }
    }

    /// Writes and counts the activity; `rest` adds the fields of its kind.
    pub fn write(
        &self,
        story: &Story<'_>,
        json: &mut Json<'_>,
        totals: &mut Totals,
        rest: impl FnOnce(&mut Json<'_>),
    ) {
        *totals.activities.entry(self.kind).or_default() += 1;
        let user = self.user.and_then(|user| story.user(user)).map(|user| &user.named);
        let calendar = &story.world.calendar;
        let at = if self.whole { calendar.whole(self.at) } else { calendar.stamp(self.at) };
        json.entry(|json| {
            json.field("_type", self.kind)
                .field("id", &self.id)
                .field("organization_id", &story.world.organization.id)
                .field("lead_id", &story.id)
                .field("contact_id", self.contact.as_ref())
                .field("user_id", user.map(|user| &user.id))
                .field("user_name", user.map(|user| user.label))
                .list("users", |_| {});
            audit(story, self.user, self.at, self.at, json);
            json.field("activity_at", at);
            rest(json);
        });
    }
}

/// Writes all activities of a lead into the list that is open.
pub fn activities(
    story: &Story<'_>,
    json: &mut Json<'_>,
    chance: &mut Chance,
    totals: &mut Totals,
) {
    created(story, json, chance, totals);
    // Most leads are quiet, a few are very busy.
    let events = match chance.below(100) {
        0..=9 => 0,
        10..=69 => chance.between(1, 4),
        70..=94 => chance.between(3, 6),
        _ => chance.between(9, 24),
    };
    let weights: Vec<u64> = EVENTS.iter().map(|(weight, _)| *weight).collect();
    for _ in 0..events {
        if let Some((_, event)) = EVENTS.get(chance.weighted(&weights)) {
            event(story, json, chance, totals);
        }
    }
    for deal in &story.deals {
        if chance.percent(45) {
            opportunity_status_change(story, deal, json, chance, totals);
        }
    }
    for todo in &story.todos {
        task_completed(story, todo, json, totals);
    }
}

fn created(story: &Story<'_>, json: &mut Json<'_>, chance: &mut Chance, totals: &mut Totals) {
    let mut activity = Activity::new("Created", story, chance);
    (activity.user, activity.contact) = (Some(story.owner), None);
    activity.at = story.created;
    activity.write(story, json, totals, |json| {
        json.field("source", chance.pick(&["ui", "api", "import", "email"]))
            .field("import_id", NULL);
    });
}

/// A text of some paragraphs and its rich twin: `note` and `note_html`.
fn twins(names: [&str; 2], choice: &[u16], story: &Story<'_>, json: &mut Json<'_>) {
    let prose = &story.world.prose;
    let [text, html] = names;
    json.text(text, |json| {
        for one in choice {
            json.fragment(&prose.get(*one).text);
        }
    })
    .text(html, |json| {
        json.piece("<body>");
        for one in choice {
            json.fragment(&prose.get(*one).html);
        }
        json.piece(if choice.is_empty() { "<p></p></body>" } else { "</body>" });
    });
}

fn note(story: &Story<'_>, json: &mut Json<'_>, chance: &mut Chance, totals: &mut Totals) {
    let activity = Activity::new("Note", story, chance);
    let length = match chance.below(20) {
        0 => chance.between(10, 40),
        1..=6 => chance.between(4, 9),
        _ => chance.between(1, 3),
    };
    let choice = Prose::choose(chance, length);
    activity.write(story, json, totals, |json| {
        twins(["note", "note_html"], &choice, story, json);
        json.list("attachments", |json| {
            if chance.percent(8) {
                attachment("activity.note", &activity.id, story, json, chance);
            }
        })
        .field("title", if chance.percent(10) { Some("Übergabe") } else { None })
        .field("pinned", chance.percent(4))
        .field("pinned_at", NULL);
    });
}

/// A file as notes and mails list it (§5.1).
pub fn attachment(
    kind: &str,
    activity: &str,
    story: &Story<'_>,
    json: &mut Json<'_>,
    chance: &mut Chance,
) {
    let (name, path, mime) = chance.pick(&[
        ("Angebot.pdf", "Angebot.pdf", "application/pdf"),
        ("schön.png", "sch%C3%B6n.png", "image/png"),
        ("Liste 2023 (final).xlsx", "Liste%202023%20%28final%29.xlsx", "application/vnd.ms-excel"),
    ]);
    let organization = &story.world.organization.id;
    let mut token = String::from("https://app.close.com/go/file/persisted/");
    for part in [organization, "/", kind, "/", activity, "/"] {
        token.push_str(part);
    }
    chance.letters(22, &mut token);
    json.entry(|json| {
        json.field("url", format!("{token}/{path}/"))
            .field("filename", name)
            .field("size", chance.between(200, 5_000_000))
            .field("content_type", mime);
    });
}

fn phone(story: &Story<'_>, contact: Option<&String>) -> String {
    let known = story.contacts.iter().find(|one| Some(&one.id) == contact);
    let number = known.and_then(|one| one.person.phones.first());
    number.cloned().unwrap_or_else(|| "+12125550100".to_owned())
}

fn phones(story: &Story<'_>, contact: Option<&String>, json: &mut Json<'_>) {
    let remote = phone(story, contact);
    json.field("remote_phone_formatted", formatted(&remote))
        .field("remote_phone", remote)
        .field("local_phone", "+493023125100")
        .field("local_phone_formatted", formatted("+493023125100"))
        .field("remote_country_iso", story.company.country.code)
        .field("local_country_iso", "");
}

fn call(story: &Story<'_>, json: &mut Json<'_>, chance: &mut Chance, totals: &mut Totals) {
    let mut activity = Activity::new("Call", story, chance);
    let inbound = chance.percent(30);
    let answered = chance.percent(60);
    if inbound && !answered {
        activity.user = None;
    }
    let length = if answered { chance.between(0, 4) } else { 0 };
    let choice = Prose::choose(chance, length);
    let recording = (answered && chance.percent(40))
        .then(|| format!("https://api.close.com/call/{}/recording/", activity.id));
    activity.write(story, json, totals, |json| {
        json.field("direction", if inbound { "inbound" } else { "outbound" })
            .field("status", if answered { "completed" } else { "no-answer" })
            .field("disposition", answered.then_some("answered"))
            .field("duration", if answered { chance.between(5, 3_600) } else { 0 })
            .field("voicemail_duration", if inbound { Some(0) } else { None })
            .field("phone", phone(story, activity.contact.as_ref()));
        phones(story, activity.contact.as_ref(), json);
        json.field("source", if chance.percent(15) { "External" } else { "Close.io" })
            .field("call_method", "regular")
            .field("cost", if answered { Some("2") } else { None })
            .field("has_recording", recording.is_some())
            .field("recording_url", recording)
            .field("voicemail_url", NULL)
            .list("coach_legs", |_| {})
            .field("is_forwarded", false);
        twins(["note", "note_html"], &choice, story, json);
    });
}

/// The first line of one to three paragraphs, as a chat message.
fn message(keys: &[&str], story: &Story<'_>, json: &mut Json<'_>, chance: &mut Chance) {
    let length = chance.between(1, 3);
    let choice = Prose::choose(chance, length);
    for key in keys {
        json.text(key, |json| {
            for one in &choice {
                json.fragment(&story.world.prose.get(*one).line).piece("\n👍 ");
            }
        });
    }
}

fn sms(story: &Story<'_>, json: &mut Json<'_>, chance: &mut Chance, totals: &mut Totals) {
    let activity = Activity::new("SMS", story, chance);
    activity.write(story, json, totals, |json| {
        message(&["text"], story, json, chance);
        let inbound = chance.percent(40);
        json.field("direction", if inbound { "inbound" } else { "outbound" }).field(
            "status",
            if inbound { "inbox" } else { chance.pick(&["sent", "sent", "draft"]) },
        );
        phones(story, activity.contact.as_ref(), json);
        json.field("date_sent", story.world.calendar.whole(activity.at))
            .field("cost", "3")
            .list("attachments", |_| {})
            .field("source", "Close.io");
    });
}

fn whatsapp(story: &Story<'_>, json: &mut Json<'_>, chance: &mut Chance, totals: &mut Totals) {
    let activity = Activity::new("WhatsAppMessage", story, chance);
    activity.write(story, json, totals, |json| {
        message(&["text", "message_markdown"], story, json, chance);
        json.field("message_html", "<p>👍</p>")
            .field("external_whatsapp_message_id", format!("wamid.{}", chance.below(1 << 40)))
            .field("direction", chance.pick(&["incoming", "outgoing"]));
        phones(story, activity.contact.as_ref(), json);
        json.list("attachments", |_| {}).field("source", "whatsapp").field("response_to_id", NULL);
    });
}

fn meeting(story: &Story<'_>, json: &mut Json<'_>, chance: &mut Chance, totals: &mut Totals) {
    let mut activity = Activity::new("Meeting", story, chance);
    (activity.whole, activity.contact) = (true, None);
    let minutes = chance.between(1, 8) * 15;
    let choice = Prose::choose(chance, 2);
    let calendar = &story.world.calendar;
    activity.write(story, json, totals, |json| {
        json.text("title", |json| {
            json.piece("Demo: ").piece(&story.company.name);
        })
        .field("location", chance.pick(&["", "Raum „Zugspitze“", "https://meet.example.com/j/42"]))
        .field("starts_at", calendar.whole(activity.at))
        .field("ends_at", calendar.whole(activity.at + minutes * 60))
        .field("duration", minutes * 60)
        .field("status", chance.pick(&["completed", "completed", "canceled", "declined-by-lead"]))
        .field("is_recurring", chance.percent(8))
        .list("attendees", |json| {
            for guest in story.contacts.iter().take(3) {
                json.entry(|json| {
                    json.field("name", &guest.person.name)
                        .field("email", guest.person.address())
                        .field("contact_id", &guest.id)
                        .field("user_id", NULL)
                        .field("is_organizer", false)
                        .field("status", chance.pick(&["yes", "noreply", "no", "maybe"]));
                });
            }
        })
        .text("note", |json| {
            json.piece("──────────\n");
            for one in &choice {
                json.fragment(&story.world.prose.get(*one).text);
            }
            json.piece("Meeting ID: 812 3456 7890\n──────────");
        });
        twins(["user_note", "user_note_html"], choice.get(..1).unwrap_or(&[]), story, json);
        json.field("summary", NULL)
            .list("conference_links", |_| {})
            .list("calendar_event_uids", |json| {
                json.item(format!("{}@example.com", chance.below(1 << 50)));
            })
            .field("source", "calendar")
            .field("outcome_id", NULL);
    });
}
