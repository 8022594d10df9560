//! Workflows and webhooks that would fire for each record a push writes (`twenty-observed.md` §0.2–0.3, E7). Nothing in
//! Twenty silences them, so a person decides; pausing is noted in the journal first, so that it is undone even after a
//! crash. It must not touch what does not listen to the objects that are written.

use super::client::{Client, Refusal};
use super::journal::{Change, Journal, Kind};
use super::refused;
use crate::error::Result;
use serde::Serialize;
use serde_json::{Value, json};

/// A workflow that would run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Workflow {
    /// Id of its trigger.
    pub trigger: String,
    /// Its name.
    pub name: String,
    /// What it listens to, `person.upserted`.
    pub event: String,
}

/// A webhook that would be called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Webhook {
    /// Where to, without what follows the host.
    pub host: String,
    /// What it listens to.
    pub operations: Vec<String>,
}

/// The workflows that listen to these objects; none where the server has no workflows.
///
/// # Errors
/// When the run must stop.
pub fn workflows(client: &Client, objects: &[String]) -> Result<Vec<Workflow>> {
    let triggers = "query W($after: String) { workflowAutomatedTriggers(first: 200, after: $after) { \
         edges { node { id type settings workflowId } } } }";
    let names = "query N($after: String) { workflows(first: 200, after: $after) { edges { node { id name } } } }";
    let Some(found) = ask(client, triggers)? else { return Ok(Vec::new()) };
    let names = ask(client, names)?.unwrap_or_default();
    let nodes = |list: &Value| {
        let edges = list["edges"].as_array().into_iter().flatten();
        edges.map(|edge| edge["node"].clone()).collect::<Vec<_>>()
    };
    let names = nodes(&names["workflows"]);
    let triggers = nodes(&found["workflowAutomatedTriggers"]);
    let fires = triggers.iter().filter_map(|trigger| {
        let event = trigger["settings"]["eventName"].as_str()?;
        let concerns = trigger["type"] == "DATABASE_EVENT" && listens(event, objects);
        let name = names.iter().find(|workflow| workflow["id"] == trigger["workflowId"]);
        concerns.then(|| Workflow {
            trigger: trigger["id"].as_str().unwrap_or_default().to_owned(),
            name: name
                .and_then(|name| name["name"].as_str())
                .unwrap_or("(without a name)")
                .to_owned(),
            event: event.to_owned(),
        })
    });
    Ok(fires.collect())
}

fn ask(client: &Client, query: &str) -> Result<Option<Value>> {
    match client.core(query, &json!({ "after": null })) {
        Ok(found) => Ok(Some(found)),
        Err(Refusal::Data(_) | Refusal::Fatal(_)) => Ok(None),
        Err(refusal) => Err(refused(refusal, "looking for workflows")),
    }
}

/// Whether an event is one a push causes: something is made or changed.
fn listens(event: &str, objects: &[String]) -> bool {
    let Some((object, what)) = event.split_once('.') else { return false };
    let caused = ["created", "updated", "upserted", "*"].contains(&what);
    caused && (object == "*" || objects.iter().any(|one| one == object))
}

/// The webhooks that listen to these objects; `None` where the key may not see them.
///
/// # Errors
/// When the run must stop.
pub fn webhooks(client: &Client, objects: &[String]) -> Result<Option<Vec<Webhook>>> {
    let found =
        match client.metadata("query H { webhooks { id targetUrl operations } }", &json!({})) {
            Ok(found) => found,
            Err(Refusal::Data(_) | Refusal::Fatal(_)) => return Ok(None),
            Err(refusal) => return Err(refused(refusal, "looking for webhooks")),
        };
    let hooks = found["webhooks"].as_array().into_iter().flatten().filter_map(|hook| {
        let operations = hook["operations"].as_array().into_iter().flatten();
        let operations: Vec<String> =
            operations.filter_map(|one| one.as_str().map(str::to_owned)).collect();
        operations.iter().any(|one| listens(one, objects)).then(|| {
            let url = url::Url::parse(hook["targetUrl"].as_str().unwrap_or_default()).ok();
            let host = url.as_ref().and_then(url::Url::host_str).unwrap_or("(unreadable address)");
            Webhook { host: host.to_owned(), operations }
        })
    });
    Ok(Some(hooks.collect()))
}

/// Puts the triggers of these workflows to sleep.
///
/// # Errors
/// When the server or the journal fails.
pub fn pause(client: &Client, journal: &Journal, workflows: &[Workflow]) -> Result<()> {
    let query = "mutation P($id: UUID!) { deleteWorkflowAutomatedTrigger(id: $id) { id } }";
    for workflow in workflows {
        let name = (workflow.name.as_str(), workflow.trigger.as_str());
        let change = journal.intend(Kind::Trigger, name, Some(&workflow.trigger), None)?;
        client
            .core(query, &json!({ "id": workflow.trigger }))
            .map_err(|e| refused(e, &format!("pausing the workflow `{}`", workflow.name)))?;
        journal.changed(change.number, &workflow.trigger)?;
    }
    Ok(())
}

/// Wakes every trigger that was put to sleep, by this run or by one that was killed. Those that could not be woken are
/// returned by name; the journal keeps them.
///
/// # Errors
/// When the journal fails.
pub fn wake(client: &Client, journal: &Journal) -> Result<Vec<String>> {
    let query = "mutation R($id: UUID!) { restoreWorkflowAutomatedTrigger(id: $id) { id } }";
    let mut asleep = Vec::new();
    for change in paused(journal)? {
        match client.core(query, &json!({ "id": change.id })) {
            Ok(_) => journal.unchanged(change.number)?,
            // It was never put to sleep, or is awake.
            Err(Refusal::Data(_)) if !change.done => journal.unchanged(change.number)?,
            Err(_) => asleep.push(change.object),
        }
    }
    Ok(asleep)
}

/// The triggers that sleep.
///
/// # Errors
/// When the journal fails.
pub fn paused(journal: &Journal) -> Result<Vec<Change>> {
    let changes = journal.changes()?;
    Ok(changes.into_iter().filter(|change| change.kind == Kind::Trigger).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_push_causes_counts() {
        let objects = ["person".to_owned(), "taskTarget".to_owned()];
        for (event, expected) in [
            ("person.upserted", true),
            ("person.created", true),
            ("person.*", true),
            ("*.created", true),
            ("taskTarget.created", true),
            ("person.deleted", false),
            ("company.created", false),
            ("personal.created", false),
            ("person", false),
        ] {
            assert_eq!(listens(event, &objects), expected, "{event}");
        }
    }
}
