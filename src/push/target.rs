//! The target as the phases see it: the connection, what the server has and how much it takes at a time. It must not
//! know what is sent.

use super::client::{Client, Fault, Refusal};
use super::journal::Journal;
use super::live::{Live, LiveObject};
use super::progress::{Listen, Said};
use super::refused;
use crate::error::{Error, Result};
use hashbrown::HashMap;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// Rows every known version takes in one request (`twenty-api.md` §2.3).
const SAFE_ROWS: usize = 60;
/// More than this makes the server slow for everybody (`twenty-observed.md` E4).
const MOST_ROWS: usize = 200;
/// Bytes of one request: larger ones block the server for seconds.
pub const MOST_BYTES: usize = 1_500_000;
/// Records looked up at a time.
pub const LOOK: usize = 1000;

/// See the module's head.
pub struct Target<'t> {
    /// The connection.
    pub client: &'t Client,
    /// What was done.
    pub journal: &'t Journal,
    /// The schema.
    pub live: Live,
    /// Ids of members by e-mail in lower case.
    pub members: HashMap<String, String>,
    /// Who listens.
    pub listener: &'t dyn Listen,
    /// Rows a request may have.
    rows: AtomicUsize,
    /// What this run has written.
    written: AtomicU64,
}

/// What came of an upsert.
pub enum Upserted {
    /// The rows of the answer.
    Rows(Value),
    /// Nothing was written: the server takes only so many at a time.
    AtMost(usize),
}

/// How many rows at a time the server says it takes: "Maximum number of records to upsert is 200."
fn most_rows(fault: &Fault) -> Option<usize> {
    let said = fault.message.strip_prefix("Maximum number of records to ")?;
    let number: String = said.chars().filter(char::is_ascii_digit).collect();
    number.parse().ok().filter(|most| *most > 0)
}

impl<'t> Target<'t> {
    /// A target with this schema and these members.
    pub fn new(
        (client, journal): (&'t Client, &'t Journal),
        live: Live,
        members: HashMap<String, String>,
        listener: &'t dyn Listen,
    ) -> Self {
        Self {
            client,
            journal,
            live,
            members,
            listener,
            rows: AtomicUsize::new(SAFE_ROWS),
            written: AtomicU64::new(0),
        }
    }

    /// Asks the server how many rows it takes at a time; where it does not say, every version takes 60.
    ///
    /// # Errors
    /// When the run must stop.
    pub fn learn_rows(&self) -> Result<()> {
        match self.client.get("/rest/open-api/core") {
            Ok(said) => {
                let most = &said["components"]["parameters"]["limit"]["schema"]["maximum"];
                if let Some(most) = most.as_u64() {
                    self.set_rows(most as usize);
                }
                Ok(())
            }
            Err(Refusal::Stopped) => {
                Err(refused(Refusal::Stopped, "asking for the server's limits"))
            }
            Err(_) => Ok(()),
        }
    }

    /// Rows a request may have.
    pub fn rows(&self) -> usize {
        self.rows.load(Ordering::Relaxed)
    }

    /// Sets how many rows a request may have, within reason.
    pub fn set_rows(&self, most: usize) {
        self.rows.store(most.clamp(1, MOST_ROWS), Ordering::Relaxed);
    }

    /// An object of the target.
    ///
    /// # Errors
    /// `C2T-E340` when it is not there.
    pub fn object(&self, name: &str) -> Result<&LiveObject> {
        self.live.object(name).ok_or_else(|| {
            Error::failed("C2T-E340", format!("the workspace has no object {name}"))
                .fix("push the schema first (leave out --only, or add `schema`)")
        })
    }

    /// How many records an object has, soft-deleted ones too.
    ///
    /// # Errors
    /// When the server does not say.
    pub fn count(&self, object: &LiveObject) -> std::result::Result<u64, Refusal> {
        Ok(self.sums(object, None, "totalCount")?["totalCount"].as_u64().unwrap_or_default())
    }

    /// Aggregates over the records that a filter finds, soft-deleted ones too: the connection's fields named in `what`.
    ///
    /// # Errors
    /// As the request.
    pub fn sums(
        &self,
        object: &LiveObject,
        filter: Option<Value>,
        what: &str,
    ) -> std::result::Result<Value, Refusal> {
        let plural = &object.name_plural;
        let query = format!(
            "query C($filter: {}FilterInput) {{ {plural}(filter: $filter, first: 1) {{ {what} }} }}",
            super::capitalised(&object.name_singular)
        );
        let mut answer = self.client.core(&query, &json!({ "filter": with_deleted(filter) }))?;
        Ok(answer[plural.as_str()].take())
    }

    /// All records that a filter finds, soft-deleted ones too, with this selection.
    ///
    /// # Errors
    /// As the requests.
    pub fn find(
        &self,
        object: &LiveObject,
        filter: Value,
        selection: &str,
    ) -> std::result::Result<Vec<Value>, Refusal> {
        let plural = &object.name_plural;
        let query = format!(
            "query L($filter: {}FilterInput, $after: String) {{ {plural}(filter: $filter, first: {LOOK}, after: $after) {{ \
             edges {{ node {{ {selection} }} }} pageInfo {{ hasNextPage endCursor }} }} }}",
            super::capitalised(&object.name_singular)
        );
        let filter = with_deleted(Some(filter));
        let mut found = Vec::new();
        let mut after = Value::Null;
        loop {
            let mut answer =
                self.client.core(&query, &json!({ "filter": filter, "after": after }))?;
            let list = &mut answer[plural.as_str()];
            if let Some(edges) = list["edges"].as_array_mut() {
                found.extend(edges.iter_mut().map(|edge| edge["node"].take()));
            }
            after = list["pageInfo"]["endCursor"].take();
            if list["pageInfo"]["hasNextPage"] != json!(true) || after.is_null() {
                return Ok(found);
            }
        }
    }

    /// Writes these rows by id and unique keys, and returns what the selection asks of each.
    ///
    /// # Errors
    /// As the request.
    pub fn upsert(
        &self,
        object: &LiveObject,
        data: &[&Value],
        selection: &str,
    ) -> std::result::Result<Upserted, Refusal> {
        let (single, plural) =
            (super::capitalised(&object.name_singular), super::capitalised(&object.name_plural));
        let query = format!(
            "mutation U($data: [{single}CreateInput!]!, $upsert: Boolean) {{ \
             create{plural}(data: $data, upsert: $upsert) {{ {selection} }} }}"
        );
        // Older versions cannot upsert where the object has no author (`twenty-api.md` §3.2).
        let upsert = object.field("createdBy").is_some();
        match self.client.core(&query, &json!({ "data": data, "upsert": upsert })) {
            Ok(mut answer) => Ok(Upserted::Rows(answer[format!("create{plural}").as_str()].take())),
            Err(Refusal::Data(fault)) => {
                match most_rows(&fault).filter(|most| *most < data.len()) {
                    Some(most) => {
                        self.set_rows(most);
                        Ok(Upserted::AtMost(most))
                    }
                    None => Err(Refusal::Data(fault)),
                }
            }
            Err(refusal) => Err(refusal),
        }
    }

    /// As [`Target::upsert`] for any number of rows, in as many requests as it takes: all rows of the answers.
    ///
    /// # Errors
    /// As the requests.
    pub fn upsert_all(
        &self,
        object: &LiveObject,
        mut data: &[Value],
        selection: &str,
    ) -> std::result::Result<Vec<Value>, Refusal> {
        let mut rows = Vec::with_capacity(data.len());
        while !data.is_empty() {
            let (now, later) = data.split_at(self.rows().min(data.len()));
            let part: Vec<&Value> = now.iter().collect();
            // A server that takes fewer is asked again with fewer.
            if let Upserted::Rows(mut answer) = self.upsert(object, &part, selection)? {
                rows.extend(answer.as_array_mut().into_iter().flat_map(std::mem::take));
                data = later;
            }
        }
        Ok(rows)
    }

    /// So many more were written: records, links, files, lines of the timeline, changes of the schema.
    pub fn wrote(&self, more: u64) {
        self.count_written(more);
        self.listener.hear(&Said::Step { done: more });
    }

    /// As [`Target::wrote`], of what was told already.
    pub fn count_written(&self, more: u64) {
        self.written.fetch_add(more, Ordering::Relaxed);
    }

    /// What this run has written.
    pub fn written(&self) -> u64 {
        self.written.load(Ordering::Relaxed)
    }

    /// Tells something a person should know.
    pub fn note(&self, code: &'static str, text: impl Into<String>) {
        self.listener.hear(&Said::Note { code, text: text.into() });
    }
}

/// A filter that also finds what is soft-deleted (`twenty-observed.md` E8).
fn with_deleted(filter: Option<Value>) -> Value {
    let all =
        json!({ "or": [{ "deletedAt": { "is": "NULL" } }, { "deletedAt": { "is": "NOT_NULL" } }] });
    match filter {
        Some(filter) => json!({ "and": [filter, all] }),
        None => all,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_read_from_the_servers_words() {
        let fault = |message: &str| Fault { message: message.to_owned(), ..Fault::default() };
        assert_eq!(most_rows(&fault("Maximum number of records to upsert is 200.")), Some(200));
        assert_eq!(most_rows(&fault("Maximum number of records to create is 60.")), Some(60));
        assert_eq!(most_rows(&fault("Invalid value")), None);
    }
}
