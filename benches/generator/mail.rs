//! Writes mail conversations: the messages and, for some, their thread (close-format.md §3.5).
//!
//! Bodies come as text and HTML twins; replies quote what came before, so long conversations grow
//! as they do in life, up to [`QUOTED`] messages.

use super::Totals;
use super::activity::{Activity, attachment};
use super::chance::Chance;
use super::json::{Json, NULL};
use super::prose::Prose;
use super::story::{DAY, Story};

/// A reply quotes at most that many earlier messages.
const QUOTED: usize = 6;

const SUBJECTS: &[&str] = &[
    "Angebot 2023-417",
    "Your demo request",
    "Rückfrage zum Vertrag",
    "Quick question",
    "Re: Besançon – démarrage",
    "ご提案について",
    "🚀 Kick-off",
    "AW: WG: Liste (\"final\")",
];

/// What Outlook puts before a message, shortened.
const OFFICE_HEAD: &str = "<html xmlns:v=\"urn:schemas-microsoft-com:vml\" \
xmlns:o=\"urn:schemas-microsoft-com:office:office\" xmlns=\"http://www.w3.org/TR/REC-html40\">\r\n\
<head><meta http-equiv=\"Content-Type\" content=\"text/html; charset=utf-8\"><meta name=\"Generator\" \
content=\"Microsoft Word 15 (filtered medium)\"><style><!--\r\n/* Font Definitions */\r\n@font-face\r\n\
\t{font-family:\"Cambria Math\";\r\n\tpanose-1:2 4 5 3 5 4 6 3 2 4;}\r\n@font-face\r\n\t{font-family:\
Calibri;\r\n\tpanose-1:2 15 5 2 2 2 4 3 2 4;}\r\n/* Style Definitions */\r\np.MsoNormal, li.MsoNormal, \
div.MsoNormal\r\n\t{margin:0cm;\r\n\tfont-size:11.0pt;\r\n\tfont-family:\"Calibri\",sans-serif;}\r\n\
a:link, span.MsoHyperlink\r\n\t{mso-style-priority:99;\r\n\tcolor:#0563C1;\r\n\ttext-decoration:\
underline;}\r\n@page WordSection1\r\n\t{size:612.0pt 792.0pt;\r\n\tmargin:70.85pt 70.85pt 2.0cm 70.85pt;}\
\r\n--></style></head>\r\n<body lang=\"DE\" link=\"#0563C1\" vlink=\"#954F72\"><div \
class=\"WordSection1\">\r\n";

/// One row of a newsletter's table.
const ROW: &str = "<table width=\"600\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" \
style=\"border-collapse:collapse;mso-table-lspace:0pt;mso-table-rspace:0pt\"><tr><td align=\"left\" \
valign=\"top\" style=\"padding:0 24px 24px 24px;font-family:Helvetica,Arial,sans-serif;font-size:15px;\
line-height:22px;color:#333333\">";

/// How a message's HTML is dressed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Dress {
    Plain,
    Office,
    Newsletter,
}

/// One message of a conversation.
struct Message {
    id: String,
    rfc_id: String,
    incoming: bool,
    at: u64,
    body: Vec<u16>,
}

/// The parties and subject of a conversation.
struct Talk<'a> {
    thread: String,
    subject: &'static str,
    contact: Option<String>,
    user: usize,
    /// Address and name of their side and of ours.
    theirs: (&'a str, &'a str),
    ours: (&'a str, &'a str),
    dress: Dress,
}

/// A conversation of one or more messages, some with their `EmailThread`.
pub fn conversation(
    story: &Story<'_>,
    json: &mut Json<'_>,
    chance: &mut Chance,
    totals: &mut Totals,
) {
    let user = story.colleague(chance);
    let contact = story.contacts.get(chance.index(story.contacts.len()));
    let talk = Talk {
        thread: chance.id("acti_"),
        subject: chance.pick(SUBJECTS),
        contact: contact.map(|one| one.id.clone()),
        user,
        theirs: contact.map_or(("", "info@example.com"), |one| {
            let address = one.person.address();
            (&one.person.name, if address.is_empty() { "unknown@example.net" } else { address })
        }),
        ours: story.user(user).map_or(("", ""), |user| (user.named.label, user.email.as_str())),
        dress: match chance.below(20) {
            0 => Dress::Newsletter,
            1..=8 => Dress::Office,
            _ => Dress::Plain,
        },
    };
    let mut messages = Vec::new();
    let mut at = story.moment(chance);
    let replies = chance.weighted(&[62, 20, 9, 5, 2, 1, 1]) as u64;
    for turn in 0..=replies {
        let length = match (talk.dress, chance.below(10)) {
            (Dress::Newsletter, _) => chance.between(12, 40),
            (_, 0) => chance.between(13, 36),
            (_, 1..=4) => chance.between(4, 10),
            _ => chance.between(1, 4),
        };
        messages.push(Message {
            id: chance.id("acti_"),
            rfc_id: format!("<{:016x}.{turn}@mail.example.com>", chance.below(u64::MAX)),
            incoming: (turn % 2 == 0) == (talk.dress == Dress::Newsletter),
            at,
            body: Prose::choose(chance, length),
        });
        at += chance.between(300, 4 * DAY);
    }
    for turn in 0..messages.len() {
        if let Some((message, earlier)) = messages.get(..=turn).and_then(<[_]>::split_last) {
            email(story, &talk, message, earlier, json, chance, totals);
        }
    }
    if chance.percent(20) {
        thread(story, &talk, &messages, json, totals);
    }
}

fn email(
    story: &Story<'_>,
    talk: &Talk<'_>,
    message: &Message,
    earlier: &[Message],
    json: &mut Json<'_>,
    chance: &mut Chance,
    totals: &mut Totals,
) {
    let (from, to) =
        if message.incoming { (talk.theirs, talk.ours) } else { (talk.ours, talk.theirs) };
    let status = match chance.below(30) {
        _ if message.incoming => "inbox",
        0 => "draft",
        1 => "scheduled",
        2 => "error",
        _ => "sent",
    };
    let sent = matches!(status, "inbox" | "sent");
    let calendar = &story.world.calendar;
    let activity = Activity {
        kind: "Email",
        id: message.id.clone(),
        user: Some(talk.user),
        contact: talk.contact.clone(),
        at: message.at,
        whole: true,
    };
    let sequences = &story.world.organization.sequences;
    let sequence = sequences.get(chance.index(sequences.len() * 5));
    // Most replies quote; the oldest parts of long conversations are cut off.
    let quoted = if chance.percent(75) { earlier } else { &[] };
    let quoted = quoted.get(quoted.len().saturating_sub(QUOTED)..).unwrap_or(quoted);
    activity.write(story, json, totals, |json| {
        json.field("direction", if message.incoming { "incoming" } else { "outgoing" })
            .field("status", status)
            .text("subject", |json| {
                json.piece(if earlier.is_empty() { "" } else { "Re: " }).piece(talk.subject);
            })
            .field("sender", mailbox(from))
            .list("to", |json| {
                json.item(mailbox(to));
            })
            .list("cc", |json| {
                if chance.percent(15) {
                    json.item("Team Postfach <team@sales.example.org>");
                }
            })
            .list("bcc", |_| {});
        text_body(story, talk, message, quoted, json);
        html_body(story, talk, message, quoted, json);
        if chance.percent(12) {
            json.list("body_text_quoted", |json| {
                json.entry(|json| {
                    json.text("text", |json| paragraphs(story, message, json))
                        .field("expand", false);
                });
            });
        }
        json.list("attachments", |json| {
            if chance.percent(12) {
                attachment("activity.email", &message.id, story, json, chance);
            }
        });
        envelope(story, talk, message, earlier, (from, to), sent, json);
        json.field("thread_id", &talk.thread)
            .field("in_reply_to_id", earlier.last().map(|before| &before.id))
            .list("message_ids", |json| {
                json.item(&message.rfc_id);
            })
            .list("references", |json| {
                for before in earlier {
                    json.item(&before.rfc_id);
                }
            })
            .list("opens", |_| {})
            .field("opens_summary", NULL)
            .field("date_sent", sent.then(|| calendar.whole(message.at)))
            .field("date_scheduled", (status == "scheduled").then(|| calendar.whole(message.at)))
            .field("template_id", template(story, chance))
            .field("sequence_id", sequence.map(|sequence| &sequence.id))
            .field("sequence_name", sequence.map(|sequence| sequence.label))
            .list("send_attempts", |_| {})
            .field("need_smtp_credentials", false)
            .field("has_reply", chance.percent(30));
    });
}

fn template<'a>(story: &Story<'a>, chance: &mut Chance) -> Option<&'a String> {
    let templates = &story.world.organization.templates;
    let at = chance.index(templates.len() * 4);
    templates.get(at).map(|template| &template.id)
}

/// `"Beispiel, Jörg" <joerg@…>`, `Una User <una@…>` or the bare address.
fn mailbox((name, address): (&str, &str)) -> String {
    match name {
        "" => address.to_owned(),
        _ if name.contains([',', '.', '\'']) => format!("\"{name}\" <{address}>"),
        _ => format!("{name} <{address}>"),
    }
}

fn paragraphs(story: &Story<'_>, message: &Message, json: &mut Json<'_>) {
    for one in &message.body {
        json.fragment(&story.world.prose.get(*one).text);
    }
}

fn text_body(
    story: &Story<'_>,
    talk: &Talk<'_>,
    message: &Message,
    quoted: &[Message],
    json: &mut Json<'_>,
) {
    let prose = &story.world.prose;
    json.text("body_text", |json| {
        paragraphs(story, message, json);
        json.piece("Best / Viele Grüße\n").piece(author(talk, message).0).piece("\n-- \n");
        json.piece("Example GmbH · Hauptstr. 1 · 10115 Berlin\n");
        for before in quoted.iter().rev() {
            let (name, address) = author(talk, before);
            json.piece("\nOn ").piece(&story.world.calendar.mail_date(before.at, 1)).piece(", ");
            json.piece(name).piece(" <").piece(address).piece("> wrote:\n>\n");
            for one in &before.body {
                json.fragment(&prose.get(*one).quoted);
            }
        }
    });
}

fn author<'a>(talk: &Talk<'a>, message: &Message) -> (&'a str, &'a str) {
    if message.incoming { talk.theirs } else { talk.ours }
}

fn html_body(
    story: &Story<'_>,
    talk: &Talk<'_>,
    message: &Message,
    quoted: &[Message],
    json: &mut Json<'_>,
) {
    let prose = &story.world.prose;
    let (before_each, after_each) = match talk.dress {
        Dress::Newsletter => (ROW, "</td></tr></table>\n"),
        _ => ("", ""),
    };
    json.text("body_html", |json| {
        json.piece(if talk.dress == Dress::Plain { "<div>" } else { OFFICE_HEAD });
        for one in &message.body {
            json.piece(before_each).fragment(&prose.get(*one).html).piece(after_each);
        }
        json.piece("<p>Best / Viele Gr&uuml;&szlig;e<br>").piece(author(talk, message).0);
        json.piece("</p><table><tr><td>Example&nbsp;GmbH &middot; Hauptstr. 1</td></tr></table>");
        for before in quoted.iter().rev() {
            json.piece("<div class=\"gmail_quote\"><blockquote style=\"margin:0 0 0 .8ex;");
            json.piece("border-left:1px #ccc solid;padding-left:1ex\">\n");
            for one in &before.body {
                json.fragment(&prose.get(*one).html);
            }
        }
        for _ in quoted {
            json.piece("</blockquote></div>\n");
        }
        if !message.incoming {
            json.piece("<img src=\"https://track.example.com/o/").piece(&message.id);
            json.piece(".gif\" width=\"1\" height=\"1\" alt=\"\">");
        }
        let end =
            if talk.dress == Dress::Plain { "</div>" } else { "</div>\r\n</body>\r\n</html>\r\n" };
        json.piece(end);
    });
}

fn envelope(
    story: &Story<'_>,
    talk: &Talk<'_>,
    message: &Message,
    earlier: &[Message],
    (from, to): ((&str, &str), (&str, &str)),
    sent: bool,
    json: &mut Json<'_>,
) {
    // Drafts have no envelope (§3.5).
    if !sent {
        json.field("envelope", NULL);
        return;
    }
    let party = |json: &mut Json<'_>, key: &str, (name, email): (&str, &str)| {
        json.list(key, |json| {
            json.entry(|json| {
                json.field("email", email).field("name", name);
            });
        });
    };
    let hours = story.company.country.hours;
    json.object("envelope", |json| {
        party(json, "from", from);
        party(json, "sender", from);
        party(json, "to", to);
        json.list("cc", |_| {})
            .list("bcc", |_| {})
            .list("reply_to", |_| {})
            .field("subject", talk.subject)
            .field("date", story.world.calendar.mail_date(message.at, hours))
            .field("message_id", &message.rfc_id)
            .field("in_reply_to", earlier.last().map(|before| &before.rfc_id))
            .field("is_autoreply", false);
    });
}

fn thread(
    story: &Story<'_>,
    talk: &Talk<'_>,
    messages: &[Message],
    json: &mut Json<'_>,
    totals: &mut Totals,
) {
    let activity = Activity {
        kind: "EmailThread",
        id: talk.thread.clone(),
        user: Some(talk.user),
        contact: talk.contact.clone(),
        at: messages.last().map_or(story.created, |message| message.at),
        whole: true,
    };
    activity.write(story, json, totals, |json| {
        json.field("latest_normalized_subject", talk.subject)
            .field("n_emails", messages.len() as u64)
            .list("participants", |json| {
                for (name, email) in [talk.ours, talk.theirs] {
                    json.entry(|json| {
                        json.field("email", email).field("name", name);
                    });
                }
            })
            .list("email_ids", |json| {
                for message in messages {
                    json.item(&message.id);
                }
            });
    });
}
