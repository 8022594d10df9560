//! A fake Twenty for tests: an HTTP server with state that answers as a recorded Twenty 2.21 did
//! (`testdata/twenty/contract/`). It holds one workspace and knows nothing of this program.
//!
//! ```text
//!  socket ─► http ─► server ─┬─► core:     find, records ─► input ─► values, links, phones, unique
//!            faults  throttle├─► metadata: metadata, schema_edit ─► schema_rules
//!                            ├─► files:    uploads ─► sniff, multipart
//!                            └─► rest                     the worker: timeline, workflows
//! ```

#![allow(dead_code)]

pub mod ask;
mod core_api;
mod core_schema;
mod core_types;
mod dump;
mod failure;
mod faults;
mod filters;
mod find;
mod graphql;
mod http;
mod input;
mod links;
mod metadata;
mod multipart;
mod object_edit;
mod old_shape;
mod permissions;
mod phones;
mod records;
mod rest;
mod schema_edit;
mod schema_rules;
mod server;
mod sniff;
mod state;
mod throttle;
mod timeline;
mod unique;
mod uploads;
mod values;
mod workflows;

#[allow(unused_imports)]
pub use faults::{At, Effect, Fault, Victim};
use serde_json::Value;
use server::Twenty;
use state::State;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
#[allow(unused_imports)]
pub use throttle::Bucket;

/// How the server is set up.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Calls a window of the short bucket; none: no limit.
    pub short_limit: Option<(u32, Duration)>,
    /// Calls a window of the long bucket; none: no limit.
    pub long_limit: Option<(u32, Duration)>,
    /// Records a create may carry.
    pub batch_maximum: usize,
    /// Bytes a JSON body may have.
    pub body_limit: u64,
    /// A workspace in the shape of 1.x: `personId` on targets, no direct upload.
    pub old_shape: bool,
    /// E-mail addresses of the members; the first is the owner.
    pub members: Vec<String>,
    /// The workflow that runs on every new person is there.
    pub workflow: bool,
    /// Target addresses of webhooks.
    pub webhooks: Vec<String>,
    /// Rows by the worker (timeline, workflow runs) appear after so many further requests.
    pub worker_delay: usize,
    /// Records that may be created before the quota is exhausted.
    pub quota: Option<usize>,
    /// Throttle answers as later versions give them.
    pub newer_throttle: bool,
    /// Port to listen on; 0: any that is free.
    pub port: u16,
}

impl Default for Settings {
    /// A fresh 2.21 workspace with the limits lifted and one member.
    fn default() -> Self {
        Self {
            short_limit: None,
            long_limit: None,
            batch_maximum: 200,
            body_limit: 10 * 1024 * 1024,
            old_shape: false,
            members: vec!["owner@example.com".to_owned()],
            workflow: true,
            webhooks: Vec::new(),
            worker_delay: 0,
            quota: None,
            newer_throttle: false,
            port: 0,
        }
    }
}

impl Settings {
    /// With the limits a server has that nobody has set up otherwise: 100 calls a second and 100
    /// a minute.
    pub fn with_default_limits() -> Self {
        Self {
            short_limit: Some((100, Duration::from_secs(1))),
            long_limit: Some((100, Duration::from_mins(1))),
            ..Self::default()
        }
    }
}

/// One request, as the books have it.
#[derive(Clone, Debug)]
pub struct Call {
    pub at: Instant,
    pub method: String,
    pub path: String,
    /// The first root field of a document; the path of another request.
    pub root: String,
    /// Records a mutation answered with.
    pub rows: usize,
    /// Bytes of the body.
    pub bytes: u64,
    /// By the throttle.
    pub refused: bool,
    /// Sub code or code of the error, if there was one.
    pub code: Option<String>,
}

/// The server; it stops when dropped.
pub struct FakeTwenty {
    twenty: Arc<Twenty>,
    address: SocketAddr,
    stop: Arc<AtomicBool>,
}

// Keys are asked of the server they are for, though all have the same; records are handed over.
#[allow(clippy::needless_pass_by_value, clippy::unused_self)]
impl FakeTwenty {
    /// A fresh standard workspace, limits lifted, one member.
    pub fn start() -> Self {
        Self::with(Settings::default())
    }

    pub fn with(settings: Settings) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", settings.port)).expect("a free port");
        let address = listener.local_addr().expect("an address");
        let state = State::new(settings, format!("http://{address}"));
        let twenty = Arc::new(Twenty::new(state));
        let stop = Arc::new(AtomicBool::new(false));
        http::serve(listener, Arc::clone(&twenty), Arc::clone(&stop));
        Self { twenty, address, stop }
    }

    /// `http://127.0.0.1:port`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// An administrator's key.
    pub fn key(&self) -> String {
        permissions::admin_key()
    }

    /// An administrator's key that says it has expired, and is taken all the same.
    pub fn lapsed_key(&self) -> String {
        permissions::lapsed_key()
    }

    /// A key that reads, but changes neither records nor the schema.
    pub fn limited_key(&self) -> String {
        permissions::limited_key()
    }

    pub fn expired_key(&self) -> String {
        permissions::expired_key()
    }

    pub fn revoked_key(&self) -> String {
        permissions::revoked_key()
    }

    /// All state as text. Two equal dumps: nothing has changed. The worker is let finish first.
    pub fn dump(&self) -> String {
        let mut state = self.twenty.lock();
        Self::settle(&mut state);
        dump::write(&state)
    }

    fn settle(state: &mut State) {
        for (due, _) in &mut state.pending {
            *due = 0;
        }
        timeline::work(state);
    }

    /// The schema of `/graphql` as it is now.
    pub fn core_schema(&self) -> String {
        core_schema::write(&self.twenty.lock())
    }

    /// Records of an object (`person`) as a find would show them, soft-deleted ones included.
    pub fn records(&self, object: &str) -> Vec<Value> {
        let mut state = self.twenty.lock();
        Self::settle(&mut state);
        let shown = |row: &state::Row| {
            let shown = |(key, value): (&String, &Value)| {
                (key.clone(), uploads::shown(&state, key, value.clone()))
            };
            Value::Object(row.iter().map(shown).collect())
        };
        state.table(object).values().map(shown).collect()
    }

    /// Changes a record as a user would.
    pub fn edit(&self, object: &str, id: &str, change: Value) {
        self.act(object, |state, object| {
            records::update_one(state, object, id, &change, &permissions::Caller::admin())
        });
    }

    /// A record somebody made before.
    pub fn add(&self, object: &str, record: Value) {
        self.act(object, |state, object| {
            records::create(state, object, &[record], false, &permissions::Caller::admin())
        });
    }

    /// Somebody joins the workspace.
    pub fn join(&self, email: &str) {
        let mut state = self.twenty.lock();
        let id = state.fresh_id();
        permissions::add_member(&mut state, email, &id);
    }

    pub fn soft_delete(&self, object: &str, id: &str) {
        self.act(object, |state, object| {
            records::set_deleted(state, object, &[id.to_owned()], true);
            Ok(())
        });
    }

    /// Destroys a record.
    pub fn remove(&self, object: &str, id: &str) {
        self.act(object, |state, object| {
            records::destroy(state, object, &[id.to_owned()]);
            Ok(())
        });
    }

    fn act<T>(
        &self,
        object: &str,
        what: impl FnOnce(&mut State, &state::Object) -> Result<T, failure::Failure>,
    ) {
        let mut state = self.twenty.lock();
        state.tick();
        let known = state.object(object).unwrap_or_else(|| panic!("no object {object}")).clone();
        // What the worker owes to others it owes to them still; this was long ago.
        let owed = std::mem::take(&mut state.pending);
        if let Err(failure) = what(&mut state, &known) {
            panic!("{object}: {}", failure.message);
        }
        Self::settle(&mut state);
        state.pending = owed;
    }

    /// Every request so far.
    pub fn calls(&self) -> Vec<Call> {
        self.twenty.lock().calls.clone()
    }

    /// The distinct documents seen, each behind its path and a blank.
    pub fn documents(&self) -> Vec<String> {
        self.twenty.lock().documents.clone()
    }

    /// Documents that the schema of their moment did not allow, with the reason.
    pub fn invalid_documents(&self) -> Vec<String> {
        self.twenty.lock().invalid.clone()
    }

    /// Orders a mishap.
    pub fn fault(&self, fault: Fault) {
        self.twenty.lock().faults.order(fault);
    }

    /// The process that `Victim::Told` means.
    pub fn victim(&self, pid: u32) {
        self.twenty.lock().faults.victim = Some(pid);
    }

    /// A file that is on the server, complete and not yet attached, under this id.
    pub fn add_file(&self, file_id: &str, extension: &str, bytes: &[u8]) {
        uploads::add(&mut self.twenty.lock(), file_id, extension, bytes);
    }

    /// The bytes of a stored file.
    pub fn file(&self, file_id: &str) -> Option<Vec<u8>> {
        self.twenty.lock().files.get(file_id)?.bytes.clone()
    }

    /// Option ids of `opportunity.stage` that the board shows; none: the board is blank for good.
    pub fn board(&self) -> Vec<String> {
        self.twenty.lock().board.clone()
    }
}

impl Drop for FakeTwenty {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        // Wakes the listener.
        let _ = TcpStream::connect(self.address);
    }
}
