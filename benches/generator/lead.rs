//! Writes one lead with everything nested in it (close-format.md §1.2, §3.1–3.4).
//!
//! It decides only what no other record needs to know.

use super::Totals;
use super::activity::activities;
use super::calendar::Moment;
use super::chance::Chance;
use super::json::{Json, NULL};
use super::organization::{Field, FieldValue, Owner};
use super::party::formatted;
use super::prose::Prose;
use super::story::{Contact, DAY, Deal, Story, Todo, World};

/// Appends lead `number` to `out` and counts it.
pub fn lead(world: &World, number: u64, out: &mut Vec<u8>, totals: &mut Totals) {
    let (story, mut chance) = Story::new(world, number);
    let ascii = chance.percent(15);
    totals.leads += 1;
    totals.contacts += story.contacts.len() as u64;
    totals.opportunities += story.deals.len() as u64;
    totals.tasks += story.todos.len() as u64;
    Json::new(out, ascii).entry(|json| {
        head(&story, json, &mut chance);
        let values = story.custom(Owner::Lead, 75, &mut chance);
        json.object("custom", |json| {
            for (field, value) in &values {
                json.field(field.named.label, value);
            }
        });
        flat(&values, json);
        json.list("contacts", |json| {
            for one in &story.contacts {
                json.entry(|json| contact(&story, one, json, &mut chance));
            }
        });
        json.list("opportunities", |json| {
            for one in &story.deals {
                json.entry(|json| opportunity(&story, one, json, &mut chance));
            }
        });
        json.list("tasks", |json| {
            for one in &story.todos {
                json.entry(|json| task(&story, one, json, &mut chance));
            }
        });
        json.list("integration_links", |_| {});
        json.list("activities", |json| activities(&story, json, &mut chance, totals));
    });
}

fn head(story: &Story<'_>, json: &mut Json<'_>, chance: &mut Chance) {
    let statuses = &story.world.organization.lead_statuses;
    let status = statuses.get(chance.index(statuses.len()));
    let name = story.company.name.as_str();
    let unnamed = chance.percent(1);
    json.field("id", &story.id)
        .field("name", if unnamed { "" } else { name })
        .field("display_name", if unnamed { "Untitled" } else { name });
    if chance.percent(40) {
        let choice = Prose::choose(chance, 1);
        json.text("description", |json| {
            for one in choice {
                json.fragment(&story.world.prose.get(one).text);
            }
        });
    } else {
        json.field("description", if chance.percent(50) { Some("") } else { None });
    }
    let url = story.company.host.as_ref().map(|host| match chance.below(4) {
        0 => format!("http://www.{host}/"),
        1 => format!("https://{host}/de/home?utm_source=close"),
        _ => format!("https://{host}"),
    });
    json.field("url", url)
        .field("html_url", format!("https://app.close.com/lead/{}/", story.id))
        .field("status_id", status.map(|status| &status.id))
        .field("status_label", status.map(|status| status.label))
        .field("organization_id", &story.world.organization.id)
        .field("source", chance.pick(&["ui", "api", "import"]));
    audit(story, Some(story.owner), story.created, story.updated, json);
    json.list("addresses", |json| {
        for turn in 0..chance.weighted(&[22, 68, 10]) {
            let [street, city, state, zip] = story.company.address(chance);
            json.entry(|json| {
                json.field("label", if turn == 0 { "business" } else { "mailing" })
                    .field("address_1", street)
                    .field("address_2", if chance.percent(10) { Some("c/o Empfang") } else { None })
                    .field("city", city)
                    .field("state", if state.is_empty() { None } else { Some(state) })
                    .field("zipcode", zip)
                    .field("country", story.company.country.code);
            });
        }
    });
}

/// `date_created` to `updated_by_name`, as on leads, opportunities, tasks and activities.
pub fn audit(
    story: &Story<'_>,
    user: Option<usize>,
    created: Moment,
    updated: Moment,
    json: &mut Json<'_>,
) {
    let calendar = &story.world.calendar;
    let user = user.and_then(|user| story.user(user)).map(|user| &user.named);
    let (id, name) = (user.map(|user| &user.id), user.map(|user| user.label));
    json.field("created_by", id)
        .field("created_by_name", name)
        .field("updated_by", id)
        .field("updated_by_name", name)
        .field("date_created", calendar.stamp(created))
        .field("date_updated", calendar.stamp(updated));
}

/// `custom.cf_…`: on a lead in the order of the dict, so that names and ids can be paired (§2.5).
pub fn flat(values: &[(&Field, FieldValue)], json: &mut Json<'_>) {
    for (field, value) in values {
        json.field(&field.key, value);
    }
}

fn contact(story: &Story<'_>, contact: &Contact, json: &mut Json<'_>, chance: &mut Chance) {
    let Contact { id, person, created } = contact;
    let shown = [person.name.as_str(), person.address(), "Untitled"];
    let shown = shown.into_iter().find(|name| !name.is_empty()).unwrap_or("");
    let title =
        if person.title.is_empty() && chance.percent(50) { None } else { Some(person.title) };
    json.field("id", id)
        .field("lead_id", &story.id)
        .field("name", &person.name)
        .field("display_name", shown)
        .field("title", title)
        .list("emails", |json| {
            for email in &person.emails {
                json.entry(|json| {
                    json.field("email", email)
                        .field("type", chance.pick(&["office", "office", "home", "other"]))
                        .field("is_unsubscribed", chance.percent(3));
                });
            }
        })
        .list("phones", |json| {
            for phone in &person.phones {
                json.entry(|json| {
                    json.field("phone", phone)
                        .field("phone_formatted", formatted(phone))
                        .field("type", chance.pick(&["office", "mobile", "direct"]))
                        .field("country", (!chance.percent(5)).then_some(person.country));
                });
            }
        })
        .list("urls", |json| {
            if let (true, Some(email)) = (chance.percent(25), person.emails.first()) {
                let name = email.split('@').next().unwrap_or("");
                json.entry(|json| {
                    json.field("url", format!("https://social.example.com/in/{name}"))
                        .field("type", "url");
                });
            }
        });
    let calendar = &story.world.calendar;
    let owner = story.user(story.owner).map(|user| &user.named.id);
    json.list("integration_links", |_| {})
        .field("organization_id", &story.world.organization.id)
        .field("created_by", owner)
        .field("updated_by", if chance.percent(60) { owner } else { None })
        .field("date_created", calendar.stamp(*created))
        .field("date_updated", calendar.stamp((*created).max(story.updated)));
    flat(&story.custom(Owner::Contact, 45, chance), json);
}

fn opportunity(story: &Story<'_>, deal: &Deal<'_>, json: &mut Json<'_>, chance: &mut Chance) {
    let (calendar, stage) = (&story.world.calendar, deal.stage);
    let owner = story.user(deal.owner).map(|user| &user.named);
    let pipeline = story.world.organization.pipelines.get(stage.pipeline);
    // `date_won` is an estimate while active (§3.3); sometimes there is none.
    let won = stage.kind == "won" || (stage.kind == "active" && chance.percent(80));
    let value = deal.value.unwrap_or(0);
    let yearly = if deal.period == "monthly" { value * 12 } else { value };
    json.field("id", &deal.id)
        .field("lead_id", &story.id)
        .field("lead_name", &story.company.name)
        .field("contact_id", deal.contact.as_ref())
        .field("user_id", owner.map(|user| &user.id))
        .field("user_name", owner.map(|user| user.label))
        .field("status_id", &stage.status.id)
        .field("status_label", stage.status.label)
        .field("status_display_name", stage.status.label)
        .field("status_type", stage.kind)
        .field("pipeline_id", pipeline.map(|pipeline| &pipeline.id))
        .field("pipeline_name", pipeline.map(|pipeline| pipeline.label))
        .field("value", deal.value)
        .field("value_currency", "EUR")
        .field("value_period", deal.period)
        .field("value_formatted", deal.value.map(euros))
        .field("annualized_value", yearly)
        .field("expected_value", value * deal.confidence / 100)
        .field("annualized_expected_value", yearly * deal.confidence / 100)
        .field("confidence", deal.confidence)
        .field("date_won", won.then(|| calendar.date(deal.closed)))
        .field("date_lost", (stage.kind == "lost").then(|| calendar.stamp(deal.closed)));
    let length = chance.pick(&[0, 0, 1, 2]);
    let note = Prose::choose(chance, length);
    json.text("note", |json| {
        for one in note {
            json.fragment(&story.world.prose.get(one).text);
        }
    });
    json.list("attachments", |_| {})
        .list("integration_links", |_| {})
        .field("organization_id", &story.world.organization.id);
    audit(story, Some(deal.owner), deal.created, deal.closed, json);
    flat(&story.custom(Owner::Opportunity, 50, chance), json);
}

/// `€1,299` or `€1,299.50`
pub fn euros(cents: u64) -> String {
    let (whole, rest) = (cents / 100, cents % 100);
    let grouped = if whole >= 1000 {
        format!("€{},{:03}", whole / 1000, whole % 1000)
    } else {
        format!("€{whole}")
    };
    if rest == 0 { grouped } else { format!("{grouped}.{rest:02}") }
}

fn task(story: &Story<'_>, todo: &Todo, json: &mut Json<'_>, chance: &mut Chance) {
    let calendar = &story.world.calendar;
    let owner = story.user(todo.owner).map(|user| &user.named);
    // Date only, with a time, or none at all (§3.4).
    let due = todo.created + chance.between(DAY, 30 * DAY);
    let dateless = chance.percent(8);
    let date = match chance.below(4) {
        _ if dateless => None,
        0 => Some(calendar.whole(due - due % 900).text()),
        _ => Some(calendar.date(due).to_owned()),
    };
    let done = todo.done.as_ref();
    json.field("_type", "lead")
        .field("id", &todo.id)
        .field("lead_id", &story.id)
        .field("lead_name", &story.company.name)
        .field("contact_id", story.someone(chance))
        .field("assigned_to", owner.map(|user| &user.id))
        .field("assigned_to_name", owner.map(|user| user.label))
        .text("text", |json| {
            for one in &todo.text {
                json.fragment(&story.world.prose.get(*one).line);
            }
        })
        .field("date", date.as_ref())
        .field("due_date", date.as_ref())
        .field("is_dateless", dateless)
        .field("is_complete", done.is_some())
        .field("view", if done.is_some() { "archive" } else { "inbox" })
        .field("object_type", done.map(|_| "taskcompleted"))
        .field("object_id", done.map(|(_, activity)| activity))
        .field("priority", if chance.percent(10) { Some("high") } else { NULL })
        .field("organization_id", &story.world.organization.id);
    let updated = done.map_or(todo.created, |(at, _)| *at);
    audit(story, Some(todo.owner), todo.created, updated, json);
}
