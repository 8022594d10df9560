//! Writes what happened to a lead's records: changes, completions, merges, forms, custom activities
//! (close-format.md §3.5).
//!
//! Conversations and notes are in `activity.rs` and `mail.rs`.

use super::Totals;
use super::activity::Activity;
use super::chance::Chance;
use super::json::Json;
use super::lead::{euros, flat};
use super::organization::Owner;
use super::story::{DAY, Deal, Story, Todo};

/// A change of the lead's status.
pub fn lead_status_change(
    story: &Story<'_>,
    json: &mut Json<'_>,
    chance: &mut Chance,
    totals: &mut Totals,
) {
    let statuses = &story.world.organization.lead_statuses;
    let activity = Activity::new("LeadStatusChange", story, chance);
    let old = statuses.get(chance.index(statuses.len()));
    let new = statuses.get(chance.index(statuses.len()));
    // The status a lead once had may have been deleted; its label is the only trace (§4).
    let gone = chance.percent(3).then(|| chance.id("stat_"));
    activity.write(story, json, totals, |json| {
        json.field("old_status_id", gone.as_ref().or(old.map(|status| &status.id)))
            .field(
                "old_status_label",
                if gone.is_some() { Some("Cold") } else { old.map(|s| s.label) },
            )
            .field("new_status_id", new.map(|status| &status.id))
            .field("new_status_label", new.map(|status| status.label));
    });
}

/// The move of a deal to its present stage.
pub fn opportunity_status_change(
    story: &Story<'_>,
    deal: &Deal<'_>,
    json: &mut Json<'_>,
    chance: &mut Chance,
    totals: &mut Totals,
) {
    let organization = &story.world.organization;
    let mut activity = Activity::new("OpportunityStatusChange", story, chance);
    (activity.user, activity.at) = (Some(deal.owner), deal.closed);
    let old = organization.stages.get(chance.index(organization.stages.len()));
    activity.write(story, json, totals, |json| {
        json.field("opportunity_id", &deal.id);
        for (turn, stage) in [("old", old), ("new", Some(deal.stage))] {
            let pipeline = stage.and_then(|stage| organization.pipelines.get(stage.pipeline));
            json.field(&format!("{turn}_status_id"), stage.map(|stage| &stage.status.id))
                .field(&format!("{turn}_status_label"), stage.map(|stage| stage.status.label))
                .field(&format!("{turn}_status_type"), stage.map(|stage| stage.kind))
                .field(&format!("{turn}_pipeline_id"), pipeline.map(|pipeline| &pipeline.id))
                .field(&format!("{turn}_pipeline_name"), pipeline.map(|pipeline| pipeline.label));
        }
        let day = deal.closed - deal.closed % DAY;
        json.field("opportunity_value", deal.value)
            .field("opportunity_value_formatted", deal.value.map(euros))
            .field("opportunity_value_currency", "EUR")
            .field("opportunity_value_period", deal.period)
            .field("opportunity_confidence", deal.confidence)
            .field("opportunity_date_won", story.world.calendar.whole(day));
    });
}

/// The end of a to-do, if it ended.
pub fn task_completed(story: &Story<'_>, todo: &Todo, json: &mut Json<'_>, totals: &mut Totals) {
    let Some((at, id)) = &todo.done else { return };
    let owner = story.user(todo.owner).map(|user| &user.named);
    let (user, contact) = (Some(todo.owner), None);
    let activity =
        Activity { kind: "TaskCompleted", id: id.clone(), user, contact, at: *at, whole: false };
    activity.write(story, json, totals, |json| {
        json.field("task_id", &todo.id)
            .text("task_text", |json| {
                for one in &todo.text {
                    json.fragment(&story.world.prose.get(*one).line);
                }
            })
            .field("task_assigned_to", owner.map(|user| &user.id))
            .field("task_assigned_to_name", owner.map(|user| user.label));
    });
}

/// A web form, filled in.
pub fn form_submission(
    story: &Story<'_>,
    json: &mut Json<'_>,
    chance: &mut Chance,
    totals: &mut Totals,
) {
    let forms = &story.world.organization.forms;
    let form = forms.get(chance.index(forms.len()));
    let mut activity = Activity::new("FormSubmission", story, chance);
    activity.user = None;
    activity.write(story, json, totals, |json| {
        json.field("form_id", form.map(|form| &form.id))
            .field("form_name", form.map(|form| form.label))
            .object("values", |json| {
                json.field("formfld_1", story.company.name.as_str()).field("formfld_2", true);
            })
            .object("values_by_name", |json| {
                json.field("Firma", story.company.name.as_str()).field("Newsletter?", true);
            })
            .field("source_url", "https://www.example.com/kontakt?ref=1&x=%20");
    });
}

/// An activity of one of the organisation's own types.
pub fn custom_activity(
    story: &Story<'_>,
    json: &mut Json<'_>,
    chance: &mut Chance,
    totals: &mut Totals,
) {
    let types = &story.world.organization.activity_types;
    let kind = chance.index(types.len());
    let activity = Activity::new("CustomActivity", story, chance);
    let published = chance.percent(85);
    let at = story.world.calendar.stamp(activity.at);
    let values = story.custom(Owner::Activity(kind), 70, chance);
    activity.write(story, json, totals, |json| {
        json.field("custom_activity_type_id", types.get(kind).map(|kind| &kind.id))
            .field("status", if published { "published" } else { "draft" })
            .field("last_published_at", published.then_some(at))
            .field("pinned", false)
            .list("mentions", |_| {})
            .field("source", "ui");
        flat(&values, json);
    });
}

/// The merge of another lead, which exists no longer, into this one.
pub fn lead_merge(
    story: &Story<'_>,
    json: &mut Json<'_>,
    chance: &mut Chance,
    totals: &mut Totals,
) {
    let activity = Activity::new("LeadMerge", story, chance);
    activity.write(story, json, totals, |json| {
        json.field("source_lead_id", chance.id("lead_"))
            .field("source_display_name", story.company.name.to_lowercase())
            .field("destination_lead_id", &story.id)
            .field("destination_display_name", &story.company.name)
            .field("merge_status", "completed");
    });
}
