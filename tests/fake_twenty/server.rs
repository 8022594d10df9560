//! One request from the socket to the answer: mishaps, keys, throttle, then the endpoint. It
//! tells no rule itself.

use super::core_schema;
use super::failure::Failure;
use super::faults::{Effect, Victim, kill};
use super::graphql::Endpoint;
use super::http::{Reply, Request, Server};
use super::permissions::identify;
use super::state::State;
use super::{Call, metadata, multipart, rest, throttle, timeline, uploads};
use serde_json::{Map, Value, json};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

const METADATA: &str = include_str!("../../testdata/twenty/contract/schema.metadata.graphql");

static METADATA_ENDPOINT: LazyLock<Endpoint> = LazyLock::new(|| Endpoint::new(METADATA));
static OLD_METADATA_ENDPOINT: LazyLock<Endpoint> =
    LazyLock::new(|| Endpoint::new(&super::old_shape::metadata_schema(METADATA)));
/// Schemas and what was parsed of them.
type Schemas = Vec<(String, Arc<Endpoint>)>;

/// Servers with the same schema share it.
static FRESH_CORE: LazyLock<Mutex<Schemas>> = LazyLock::new(|| Mutex::new(Vec::new()));

/// The server behind the socket.
pub struct Twenty {
    pub state: Mutex<State>,
    core: Mutex<Option<(u64, Arc<Endpoint>)>>,
}

/// What a request turned out to be, for the books.
#[derive(Default)]
pub struct Account {
    pub root: String,
    pub rows: usize,
    pub refused: bool,
    pub code: Option<String>,
}

impl Server for Twenty {
    fn answer(&self, request: Request) -> Reply {
        let root = root_of(&request);
        let effect = self.lock().faults.meet(&root);
        match effect {
            None | Some(Effect::Slow(_) | Effect::DropAfter | Effect::KillAfter(_)) => {}
            Some(effect) => return self.spoil(&request, root, effect),
        }
        if let Some(Effect::Slow(milliseconds)) = effect {
            std::thread::sleep(Duration::from_millis(milliseconds));
        }
        let reply = self.process(request, root);
        match effect {
            Some(Effect::DropAfter) => Reply::Close,
            Some(Effect::KillAfter(victim)) => {
                self.kill(victim);
                Reply::Close
            }
            _ => reply,
        }
    }

    fn body_limit(&self, request: &Request) -> u64 {
        // Only JSON is bounded; files are not, in either way they come.
        let parts =
            request.header("content-type").is_some_and(|kind| kind.starts_with("multipart/"));
        let file = parts || request.path.starts_with("/file-upload/");
        if file { u64::MAX } else { self.lock().settings.body_limit }
    }

    fn gone(&self) -> bool {
        self.lock().faults.gone
    }
}

impl Twenty {
    pub fn new(state: State) -> Self {
        Self { state: Mutex::new(state), core: Mutex::new(None) }
    }

    pub fn lock(&self) -> MutexGuard<'_, State> {
        // A test that failed elsewhere must not hide behind a poisoned lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The mishaps that keep a request from being done.
    fn spoil(&self, request: &Request, root: String, effect: Effect) -> Reply {
        let account = Account { root, code: Some(format!("{effect:?}")), ..Account::default() };
        self.enter(request, account);
        match effect {
            Effect::Status(status, text) => {
                Reply::typed(status, "text/html; charset=utf-8", text.into_bytes())
            }
            Effect::Html => {
                let page = "<!doctype html><html><body>Please wait</body></html>";
                Reply::typed(200, "text/html; charset=utf-8", page.into())
            }
            Effect::Answer(status, mut headers, body) => {
                headers.push(("Content-Type".into(), "application/json; charset=utf-8".into()));
                Reply::Answer { status, headers, body: body.to_string().into_bytes() }
            }
            Effect::KillBefore(victim) => {
                self.kill(victim);
                Reply::Close
            }
            _ => Reply::Close,
        }
    }

    /// Ends the process; waits for it to be told when it is not known yet.
    fn kill(&self, victim: Victim) {
        let Victim::Told = victim else {
            if let Victim::Pid(pid) = victim {
                kill(pid);
            }
            return;
        };
        let until = Instant::now() + Duration::from_secs(20);
        loop {
            let told = self.lock().faults.victim;
            if let Some(pid) = told {
                return kill(pid);
            }
            assert!(Instant::now() < until, "nobody said whom to kill");
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    fn enter(&self, request: &Request, account: Account) {
        self.lock().calls.push(Call {
            at: Instant::now(),
            method: request.method.clone(),
            path: request.path.clone(),
            root: account.root,
            rows: account.rows,
            bytes: request.body_length,
            refused: account.refused,
            code: account.code,
        });
    }

    fn process(&self, request: Request, root: String) -> Reply {
        let mut account = Account { root, ..Account::default() };
        let books = Request {
            method: request.method.clone(),
            path: request.path.clone(),
            body_length: request.body_length,
            ..Request::default()
        };
        let reply = self.route(request, &mut account);
        self.enter(&books, account);
        reply
    }

    fn route(&self, request: Request, account: &mut Account) -> Reply {
        {
            let mut state = self.lock();
            state.tick();
            timeline::work(&mut state);
        }
        if request.too_large {
            account.code = Some("request entity too large".into());
            return Reply::json(500, &json!("request entity too large"));
        }
        let path = request.path.clone();
        match path.as_str() {
            "/healthz" => {
                let body = json!({"status": "ok", "info": {}, "error": {}, "details": {}});
                Reply::json(200, &body)
            }
            "/client-config" => Reply::json(200, &json!({"isMultiWorkspaceEnabled": true})),
            "/graphql" => self.core_request(&request, account),
            "/metadata" => self.metadata_request(&request, account),
            _ if path.starts_with("/file-upload/") => uploads::put(&mut self.lock(), request),
            _ if path.starts_with("/file/") => uploads::download(&self.lock(), &request),
            _ if path.starts_with("/rest/") => rest::answer(self, &request, account),
            _ => Reply::json(404, &json!({"statusCode": 404, "message": "Not Found"})),
        }
    }

    /// One token for a request by a key; both buckets have to give it.
    pub fn throttled(&self) -> Result<(), Failure> {
        let mut state = self.lock();
        let (now, newer) = (Instant::now(), state.settings.newer_throttle);
        let state = &mut *state;
        let taken = state.short.take(now).and_then(|()| state.long.take(now));
        taken.map_err(|limit| throttle::refusal(limit, newer))
    }

    /// The schema of `/graphql` as it is now.
    pub fn core_endpoint(&self) -> Arc<Endpoint> {
        let (version, text) = {
            let state = self.lock();
            let mut core = self.core.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some((version, endpoint)) = &*core
                && *version == state.version
            {
                return Arc::clone(endpoint);
            }
            *core = None;
            (state.version, core_schema::write(&state))
        };
        let mut fresh = FRESH_CORE.lock().unwrap_or_else(PoisonError::into_inner);
        let known = fresh.iter().find(|(known, _)| *known == text).map(|(_, e)| Arc::clone(e));
        let endpoint = known.unwrap_or_else(|| {
            let made = Arc::new(Endpoint::new(&text));
            fresh.push((text, Arc::clone(&made)));
            made
        });
        let mut core = self.core.lock().unwrap_or_else(PoisonError::into_inner);
        *core = Some((version, Arc::clone(&endpoint)));
        endpoint
    }

    fn metadata_request(&self, request: &Request, account: &mut Account) -> Reply {
        let caller = match identify(request.header("authorization")) {
            Ok(caller) => caller,
            Err(super::permissions::Stranger::NoToken) => {
                let refused = Failure::forbidden_resource().graphql();
                return done(account, &json!({"errors": [refused], "data": null}));
            }
            Err(stranger) => return done(account, &stranger.graphql()),
        };
        let parts = multipart::read(request);
        let operations = parts.as_ref().map_or(&request.body[..], |parts| &parts.operations[..]);
        let Ok(body) = serde_json::from_slice::<Value>(operations) else {
            return bad_json(account);
        };
        let (query, mut variables) = split(&body);
        account.root = root_of_query(&query);
        let endpoint = {
            let mut state = self.lock();
            state.note_document("/metadata", &query);
            if state.settings.old_shape { &*OLD_METADATA_ENDPOINT } else { &*METADATA_ENDPOINT }
        };
        if parts.is_some() {
            // The file itself stands where `map` says; any value will do for its variable.
            variables.insert("file".into(), json!("file"));
        }
        let read = endpoint.read(&query, false).and_then(|document| {
            let variables = endpoint.coerce(&document, &Value::Object(variables))?;
            Ok((document, variables))
        });
        let (document, variables) = match read {
            Ok(read) => read,
            Err(invalid) => {
                self.lock().invalid.push(format!("/metadata: {}\n{query}", invalid.message));
                return done(account, &invalid.answer);
            }
        };
        let mut data = endpoint.introspect(&document);
        let file = parts.as_ref().map(|parts| (parts.name.as_str(), &parts.file[..]));
        for field in document.root(&variables) {
            if field.name.starts_with("__") {
                continue;
            }
            let mut state = self.lock();
            let answered =
                metadata::answer(&mut state, &document, field, &variables, &caller, file);
            match answered {
                Ok(value) => {
                    data.insert(field.response_key().to_string(), value);
                }
                Err(failure) => {
                    let nulled = json!({field.response_key().as_str(): null});
                    let data = if failure.nulls_field { nulled } else { Value::Null };
                    drop(state);
                    let answer = json!({"errors": [failure.graphql()], "data": data});
                    return done(account, &answer);
                }
            }
        }
        done(account, &json!({"data": data}))
    }
}

/// A GraphQL answer: status 200 whatever it says.
pub fn done(account: &mut Account, answer: &Value) -> Reply {
    if let Some(error) = answer["errors"].get(0) {
        let told = |key: &str| error["extensions"][key].as_str().map(str::to_owned);
        account.code = told("subCode")
            .or_else(|| told("code"))
            .or_else(|| error["message"].as_str().map(str::to_owned));
    }
    Reply::json(200, answer)
}

pub fn bad_json(account: &mut Account) -> Reply {
    account.code = Some("no JSON".into());
    let body =
        json!({"statusCode": 400, "message": "Unexpected token in JSON", "error": "Bad Request"});
    Reply::json(400, &body)
}

pub fn split(body: &Value) -> (String, Map<String, Value>) {
    let query = body["query"].as_str().unwrap_or_default().to_owned();
    (query, body["variables"].as_object().cloned().unwrap_or_default())
}

/// What a request asks for: the first root field of a document, or the path.
fn root_of(request: &Request) -> String {
    if !matches!(request.path.as_str(), "/graphql" | "/metadata") {
        return request.path.clone();
    }
    let operations = multipart::read(request).map(|parts| parts.operations);
    let body = operations.as_deref().unwrap_or(&request.body);
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    root_of_query(body["query"].as_str().unwrap_or_default())
}

fn root_of_query(query: &str) -> String {
    use apollo_compiler::ast::{Definition, Document, Selection};
    let document = Document::parse(query, "document");
    let document = document.unwrap_or_else(|errors| errors.partial);
    let operation = document.definitions.iter().find_map(|definition| match definition {
        Definition::OperationDefinition(operation) => Some(operation),
        _ => None,
    });
    let first = operation.and_then(|operation| operation.selection_set.first());
    match first {
        Some(Selection::Field(field)) => field.name.to_string(),
        _ => String::new(),
    }
}
