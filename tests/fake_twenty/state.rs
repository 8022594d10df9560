//! What the fake knows: metadata, records, files and its books about requests. Plain data with
//! look-ups; rules live with those who apply them.

use super::faults::Faults;
use super::throttle::Bucket;
use super::uploads::StoredFile;
use super::{Call, Settings};
use indexmap::IndexMap;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// A record as a find would show it, relations as their id columns.
pub type Row = Map<String, Value>;

/// Rows of one object by id, oldest first.
pub type Table = IndexMap<String, Row>;

const OBJECTS: &str = include_str!("../../testdata/twenty/contract/objects-2.21.json");
/// The order the server lists them in, whatever the order of the file.
const ORDER: [&str; 28] = [
    "taskTarget",
    "messageCampaign",
    "noteTarget",
    "workflowVersion",
    "opportunity",
    "calendarEventParticipant",
    "workspaceMember",
    "callRecording",
    "workflow",
    "person",
    "timelineActivity",
    "workflowRun",
    "workflowAutomatedTrigger",
    "dashboard",
    "messageList",
    "attachment",
    "messageChannelMessageAssociation",
    "messageListMember",
    "messageChannelMessageAssociationMessageFolder",
    "note",
    "messageThread",
    "calendarChannelEventAssociation",
    "message",
    "calendarEvent",
    "blocklist",
    "messageParticipant",
    "company",
    "task",
];
/// The application a workspace's own objects and fields belong to.
pub const CUSTOM_APPLICATION: &str = "e3c0d61a-f682-4c7e-aa90-4caeca55be91";
pub const WORKSPACE: &str = "3bafcea8-ddc5-4079-9b43-a6499afdf847";

/// A field of an object, as `/metadata` tells it.
#[derive(Clone, Debug)]
pub struct Field(pub Map<String, Value>);

/// An object and its fields.
#[derive(Clone, Debug)]
pub struct Object {
    pub meta: Map<String, Value>,
    pub fields: Vec<Field>,
}

/// How a field shows in records.
#[derive(Clone, Debug)]
pub enum Slot<'a> {
    /// A value of its own.
    Plain(&'a Field),
    /// The side that holds the other record's id.
    Join { field: &'a Field, name: String, column: String, target: String },
    /// The side that is pointed at: `column` of `target` holds this record's id.
    Reverse { field: &'a Field, name: String, target: String, column: String },
}

impl Field {
    pub fn text(&self, key: &str) -> &str {
        self.0.get(key).and_then(Value::as_str).unwrap_or_default()
    }

    pub fn flag(&self, key: &str) -> bool {
        self.0.get(key).and_then(Value::as_bool).unwrap_or_default()
    }

    pub fn name(&self) -> &str {
        self.text("name")
    }

    pub fn id(&self) -> &str {
        self.text("id")
    }

    pub fn kind(&self) -> &str {
        self.text("type")
    }

    pub fn options(&self) -> &[Value] {
        self.0.get("options").and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    pub fn values(&self) -> Vec<&str> {
        self.options().iter().filter_map(|option| option["value"].as_str()).collect()
    }

    pub fn setting(&self, key: &str) -> &str {
        self.0
            .get("settings")
            .and_then(|settings| settings.get(key))
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// The default of a select, out of its SQL quotes.
    pub fn default_option(&self) -> Value {
        let unquoted = |text: &str| json!(text.trim_matches('\''));
        match self.0.get("defaultValue") {
            Some(Value::String(text)) => unquoted(text),
            Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).map(unquoted).collect(),
            _ => Value::Null,
        }
    }

    pub fn is_relation(&self) -> bool {
        matches!(self.kind(), "RELATION" | "MORPH_RELATION")
    }
}

impl Object {
    pub fn text(&self, key: &str) -> &str {
        self.meta.get(key).and_then(Value::as_str).unwrap_or_default()
    }

    pub fn name(&self) -> &str {
        self.text("nameSingular")
    }

    pub fn plural(&self) -> &str {
        self.text("namePlural")
    }

    pub fn id(&self) -> &str {
        self.text("id")
    }

    pub fn is_system(&self) -> bool {
        self.meta.get("isSystem").and_then(Value::as_bool).unwrap_or_default()
    }

    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name() == name)
    }

    pub fn slots(&self) -> Vec<Slot<'_>> {
        let mut slots = Vec::with_capacity(self.fields.len());
        for field in &self.fields {
            if !field.is_relation() {
                slots.push(Slot::Plain(field));
                continue;
            }
            let morph = field.0.get("morphRelations").and_then(Value::as_array);
            for end in morph.into_iter().flatten() {
                let target = end["targetObjectMetadata"]["nameSingular"].as_str().unwrap_or("");
                let name = format!("{}{}", field.name(), capitalised(target));
                let column = format!("{name}Id");
                slots.push(Slot::Join { field, name, column, target: target.to_owned() });
            }
            if morph.is_none() {
                slots.push(self.relation_slot(field));
            }
        }
        slots
    }

    fn relation_slot<'a>(&self, field: &'a Field) -> Slot<'a> {
        let relation = &field.0["relation"];
        let target = relation["targetObjectMetadata"]["nameSingular"].as_str().unwrap_or("");
        let (name, target) = (field.name().to_owned(), target.to_owned());
        if relation["type"] == "MANY_TO_ONE" {
            return Slot::Join {
                field,
                name,
                column: field.setting("joinColumnName").to_owned(),
                target,
            };
        }
        let other = relation["targetFieldMetadata"]["name"].as_str().unwrap_or("");
        let morph = matches!(
            target.as_str(),
            "taskTarget" | "noteTarget" | "attachment" | "timelineActivity"
        ) && other == "target";
        let column = if morph {
            format!("{other}{}Id", capitalised(self.name()))
        } else {
            format!("{other}Id")
        };
        Slot::Reverse { field, name, target, column }
    }

    /// The keys a record has, join columns among them.
    pub fn columns(&self) -> Vec<String> {
        let key = |slot: &Slot<'_>| match slot {
            Slot::Plain(field) => Some(field.name().to_owned()),
            Slot::Join { column, .. } => Some(column.clone()),
            Slot::Reverse { .. } => None,
        };
        self.slots().iter().filter_map(key).collect()
    }

    pub fn unique_fields(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| field.flag("isUnique"))
    }
}

/// Everything there is behind one address.
pub struct State {
    pub settings: Settings,
    pub url: String,
    pub objects: Vec<Object>,
    pub tables: BTreeMap<String, Table>,
    pub files: IndexMap<String, StoredFile>,
    pub webhooks: Vec<Value>,
    /// Moves at each change of the schema.
    pub version: u64,
    pub short: Bucket,
    pub long: Bucket,
    pub calls: Vec<Call>,
    pub documents: Vec<String>,
    pub invalid: Vec<String>,
    pub faults: Faults,
    /// Who holds which unique value.
    pub unique: super::unique::Register,
    /// What the worker has yet to do: due at which request, and the row.
    pub pending: Vec<(usize, super::timeline::Job)>,
    /// View groups of `opportunity.stage`: option ids the board shows (`twenty-observed.md §0.1`).
    pub board: Vec<String>,
    pub created: usize,
    clock: i64,
    serial: u64,
}

impl State {
    pub fn new(settings: Settings, url: String) -> Self {
        let mut state = Self {
            short: Bucket::new(settings.short_limit),
            long: Bucket::new(settings.long_limit),
            webhooks: settings.webhooks.iter().map(|url| webhook(url)).collect(),
            settings,
            url,
            objects: standard_objects(),
            tables: BTreeMap::new(),
            files: IndexMap::new(),
            version: 1,
            calls: Vec::new(),
            documents: Vec::new(),
            invalid: Vec::new(),
            faults: Faults::default(),
            unique: super::unique::Register::default(),
            pending: Vec::new(),
            board: Vec::new(),
            created: 0,
            clock: 0,
            serial: 0,
        };
        if state.settings.old_shape {
            super::old_shape::apply(&mut state.objects);
        }
        let stage = state.object("opportunity").and_then(|object| object.field("stage"));
        state.board = stage.map(option_ids).unwrap_or_default();
        super::workflows::ship(&mut state);
        super::permissions::add_members(&mut state);
        state
    }

    /// The objects the published schema was taken from, whatever has become of them.
    pub fn published_names() -> &'static [String] {
        static NAMES: std::sync::LazyLock<Vec<String>> = std::sync::LazyLock::new(|| {
            standard_objects().iter().map(|object| object.name().to_owned()).collect()
        });
        &NAMES
    }

    pub fn object(&self, singular: &str) -> Option<&Object> {
        self.objects.iter().find(|object| object.name() == singular)
    }

    pub fn object_by_plural(&self, plural: &str) -> Option<&Object> {
        self.objects.iter().find(|object| object.plural() == plural)
    }

    pub fn object_by_id(&self, id: &str) -> Option<&Object> {
        self.objects.iter().find(|object| object.id() == id)
    }

    pub fn field_by_id(&self, id: &str) -> Option<(&Object, &Field)> {
        self.objects
            .iter()
            .find_map(|object| object.fields.iter().find(|f| f.id() == id).map(|f| (object, f)))
    }

    pub fn table(&self, object: &str) -> &Table {
        static EMPTY: std::sync::LazyLock<Table> = std::sync::LazyLock::new(Table::new);
        self.tables.get(object).unwrap_or(&EMPTY)
    }

    pub fn table_mut(&mut self, object: &str) -> &mut Table {
        self.tables.entry(object.to_owned()).or_default()
    }

    pub fn row(&self, object: &str, id: &str) -> Option<&Row> {
        self.table(object).get(id)
    }

    /// Is there such a record that is not soft-deleted?
    pub fn live_row(&self, object: &str, id: &str) -> Option<&Row> {
        self.row(object, id).filter(|row| row.get("deletedAt").is_none_or(Value::is_null))
    }

    pub fn note_document(&mut self, path: &str, query: &str) {
        let told = format!("{path} {query}");
        if !self.documents.contains(&told) {
            self.documents.push(told);
        }
    }

    /// Moves the clock: each request has a moment of its own.
    pub fn tick(&mut self) {
        let now = jiff::Timestamp::now().as_millisecond();
        self.clock = now.max(self.clock + 1);
    }

    /// The moment of this request, as records show it.
    pub fn now(&self) -> String {
        moment(self.clock)
    }

    pub fn later(&self, milliseconds: i64) -> String {
        moment(self.clock + milliseconds)
    }

    /// A fresh version 4 UUID; the same row of them in every run.
    pub fn fresh_id(&mut self) -> String {
        self.serial += 1;
        named_id(&format!("fake twenty {}", self.serial))
    }
}

/// A version 4 UUID, always the same one for a name.
fn named_id(name: &str) -> String {
    let hash = Sha256::digest(name);
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
}

fn standard_objects() -> Vec<Object> {
    let mut whole: Value = serde_json::from_str(OBJECTS).expect("the stored objects");
    let objects = whole["objects"].as_array_mut().expect("a list of objects");
    let mut objects: Vec<Object> =
        objects.iter_mut().map(|object| read_object(object.take())).collect();
    objects.sort_by_key(|object| ORDER.iter().position(|name| *name == object.name()));
    objects
}

fn read_object(object: Value) -> Object {
    let Value::Object(mut meta) = object else { panic!("an object is a map") };
    let fields = meta.remove("fieldsList").unwrap_or_default();
    let fields = fields.as_array().cloned().unwrap_or_default();
    let field = |field| match field {
        Value::Object(mut map) => {
            // Left out of the stored list where they say nothing.
            for key in ["relation", "morphRelations", "options", "settings"] {
                map.entry(key).or_insert(Value::Null);
            }
            Field(map)
        }
        other => panic!("a field is a map, not {other}"),
    };
    let indexes = meta.get_mut("indexMetadataList").and_then(Value::as_array_mut);
    for index in indexes.into_iter().flatten() {
        if !index["id"].is_string() {
            index["id"] = json!(named_id(index["name"].as_str().unwrap_or_default()));
        }
    }
    Object { meta, fields: fields.into_iter().map(field).collect() }
}

pub fn option_ids(field: &Field) -> Vec<String> {
    field.options().iter().filter_map(|o| o["id"].as_str().map(str::to_owned)).collect()
}

fn webhook(url: &str) -> Value {
    json!({"id": "20202020-0000-4000-8000-000000000001", "targetUrl": url, "operations": ["*.*"],
        "description": null, "secret": "", "applicationId": CUSTOM_APPLICATION, "deletedAt": null})
}

/// `2026-11-21T23:42:17.623Z`.
pub fn moment(milliseconds: i64) -> String {
    let stamp = jiff::Timestamp::from_millisecond(milliseconds).expect("a moment of our days");
    stamp.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

pub fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// SHA-256 in hexadecimal.
pub fn digest(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
