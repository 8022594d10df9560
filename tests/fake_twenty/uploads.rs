//! Files: direct uploads, multipart uploads, what their content must be, and which record holds
//! them (`twenty-api.md §6`, `twenty-observed.md` E5).

use super::failure::Failure;
use super::http::{Reply, Request};
use super::input::Given;
use super::sniff;
use super::state::{Object, Row, State, digest};
use serde_json::{Value, json};

const LARGEST: f64 = 1_073_741_824.0;

/// A file on the server, or one that is awaited.
#[derive(Clone, Debug)]
pub struct StoredFile {
    pub name: String,
    /// With its dot; as declared, or as detected when it came by multipart.
    pub extension: String,
    pub declared: u64,
    pub bytes: Option<Vec<u8>>,
    pub complete: bool,
    /// A record holds it, for good.
    pub attached: bool,
    field: String,
    created_at: String,
}

/// `createFileUpload`.
pub fn begin(state: &mut State, arguments: &Value) -> Result<Value, Failure> {
    let name = arguments["filename"].as_str().unwrap_or_default().to_owned();
    let size = arguments["size"].as_f64().unwrap_or_default();
    if !(1.0..=LARGEST).contains(&size) {
        return Err(Failure::internal(
            format!("Invalid file size {size} (max 1073741824 bytes)"),
            "The file is empty or exceeds the maximum allowed size.",
        ));
    }
    let extension = extension(&name).ok_or_else(no_extension)?;
    let field = files_field(state, arguments["fieldMetadataId"].as_str().unwrap_or_default())?;
    let id = state.fresh_id();
    let file = StoredFile {
        name,
        extension,
        declared: size as u64,
        bytes: None,
        complete: false,
        attached: false,
        field,
        created_at: state.now(),
    };
    state.files.insert(id.clone(), file);
    let token = token(&id);
    Ok(json!({"fileId": id, "uploadUrl": format!("{}/file-upload/{id}?token={token}", state.url),
        "contentType": "application/octet-stream", "expiresAt": state.later(900_000)}))
}

fn files_field(state: &State, id: &str) -> Result<String, Failure> {
    if let Some((_, field)) = state.field_by_id(id) {
        return Ok(field.text("universalIdentifier").to_owned());
    }
    Err(Failure::internal(
        format!(
            "Could not find any entity of type \"FieldMetadataEntity\" matching: {{\n    \
             \"select\": [\n        \"applicationId\",\n        \"universalIdentifier\"\n    ],\n    \
             \"where\": {{\n        \"id\": \"{id}\",\n        \"workspaceId\": \"{}\"\n    }}\n}}",
            super::state::WORKSPACE
        ),
        "An error occurred.",
    ))
}

fn no_extension() -> Failure {
    Failure::internal("Filename must have an extension", "The file name must have an extension.")
}

fn extension(name: &str) -> Option<String> {
    let (stem, end) = name.rsplit_once('.')?;
    (!stem.is_empty() && !end.is_empty()).then(|| format!(".{end}"))
}

fn token(id: &str) -> String {
    digest(format!("file {id}").as_bytes())[..32].to_owned()
}

/// `PUT /file-upload/<id>?token=…`.
pub fn put(state: &mut State, request: Request) -> Reply {
    let id = request.path.trim_start_matches("/file-upload/").to_owned();
    let good = request.parameter("token").is_some_and(|told| told == token(&id));
    let Some(file) = state.files.get_mut(&id).filter(|_| good) else {
        let body =
            json!({"message": "Forbidden resource", "error": "Forbidden", "statusCode": 403});
        return Reply::json(403, &body);
    };
    let declared = file.declared;
    let refused = |status: u16, message: String, code: &str| {
        Reply::json(
            status,
            &json!({"statusCode": status, "error": "Error", "messages": [message],
            "code": code}),
        )
    };
    if request.body_length > declared {
        let message = format!("Upload exceeds declared size of {declared} bytes");
        return refused(413, message, "FILE_TOO_LARGE");
    }
    let length = request.body_length;
    file.bytes = Some(request.body);
    if length < declared {
        let message = format!("Uploaded {length} bytes but {declared} were declared");
        return refused(400, message, "FILE_SIZE_MISMATCH");
    }
    Reply::Answer { status: 204, headers: Vec::new(), body: Vec::new() }
}

/// `completeFileUpload`.
pub fn complete(state: &mut State, id: &str) -> Result<Value, Failure> {
    let file = state
        .files
        .get_mut(id)
        .ok_or_else(|| Failure::internal(format!("File not found: {id}"), "An error occurred."))?;
    let Some(bytes) = &file.bytes else {
        return Err(Failure::internal(
            format!("File {id} has not been uploaded to storage yet"),
            "The file has not been uploaded yet. Please upload it before confirming.",
        ));
    };
    if bytes.len() as u64 != file.declared {
        return Err(Failure::internal(
            format!(
                "File {id} has {} bytes in storage but {} were declared",
                bytes.len(),
                file.declared
            ),
            "The uploaded file does not match the declared size. Please retry the upload.",
        ));
    }
    sniff::check(&file.extension, bytes)?;
    file.complete = true;
    Ok(told(state, id))
}

/// `uploadFilesFieldFile`: the whole file in one request.
pub fn multipart(
    state: &mut State,
    field: &str,
    file: Option<(&str, &[u8])>,
) -> Result<Value, Failure> {
    let Some((name, bytes)) = file else {
        return Err(Failure::internal("No file was sent", "An error occurred."));
    };
    let field = files_field(state, field)?;
    let detected = sniff::detect(bytes).map(|kind| format!(".{kind}"));
    let declared = extension(name);
    let extension = match (&detected, declared) {
        (Some(found), _) => found.clone(),
        (None, Some(declared)) => {
            if !bytes.is_empty() {
                sniff::check(&declared, bytes)?;
            }
            declared
        }
        (None, None) => return Err(no_extension()),
    };
    let bytes = if extension == ".svg" { sanitised(bytes) } else { bytes.to_vec() };
    let id = state.fresh_id();
    let file = StoredFile {
        name: name.to_owned(),
        extension,
        declared: bytes.len() as u64,
        bytes: Some(bytes),
        complete: true,
        attached: false,
        field,
        created_at: state.now(),
    };
    state.files.insert(id.clone(), file);
    Ok(told(state, &id))
}

/// A file that came before.
pub fn add(state: &mut State, id: &str, extension: &str, bytes: &[u8]) {
    let file = StoredFile {
        name: format!("file{extension}"),
        extension: extension.to_owned(),
        declared: bytes.len() as u64,
        bytes: Some(bytes.to_vec()),
        complete: true,
        attached: false,
        field: String::new(),
        created_at: state.now(),
    };
    state.files.insert(id.to_owned(), file);
}

/// An SVG comes out of the sanitiser changed.
fn sanitised(bytes: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes).replace("/>", "></g>");
    text.into_bytes()
}

fn told(state: &State, id: &str) -> Value {
    let Some(file) = state.files.get(id) else { return Value::Null };
    json!({"id": id, "path": format!("files-field/{}/{id}{}", file.field, file.extension),
        "size": file.declared, "createdAt": file.created_at, "url": address(state, id)})
}

fn address(state: &State, id: &str) -> String {
    format!("{}/file/files-field/{id}?token={}", state.url, token(id))
}

/// `GET /file/files-field/<id>?token=…`.
pub fn download(state: &State, request: &Request) -> Reply {
    let id = request.path.trim_start_matches("/file/files-field/");
    let good = request.parameter("token").is_some_and(|told| told == token(id));
    let Some(file) = state.files.get(id).filter(|_| good) else {
        let body =
            json!({"message": "Forbidden resource", "error": "Forbidden", "statusCode": 403});
        return Reply::json(403, &body);
    };
    let bytes = file.bytes.clone().unwrap_or_default();
    Reply::typed(200, sniff::content_type(&file.extension), bytes)
}

/// Files an input names: there, complete, and nobody else's.
pub fn check(state: &State, object: &Object, given: &[Given]) -> Result<(), Failure> {
    for field in object.fields.iter().filter(|field| field.kind() == "FILES") {
        for one in given {
            let held = one.id.as_deref().and_then(|id| state.row(object.name(), id));
            let held = held.map(|row| ids_in(row, field.name())).unwrap_or_default();
            for id in ids_in(&one.values, field.name()) {
                let Some(file) = state.files.get(&id).filter(|file| file.complete) else {
                    let message = format!("File not found: {id}");
                    return Err(Failure::input(message, Some("Invalid input provided.")));
                };
                if file.attached && !held.contains(&id) {
                    let message =
                        format!("File {id} is already associated with a permanent files field");
                    let friendly = format!("{message}. Please re-upload the file.");
                    return Err(Failure::input(message, Some(&friendly)));
                }
            }
        }
    }
    Ok(())
}

fn ids_in(row: &Row, field: &str) -> Vec<String> {
    let entries = row.get(field).and_then(Value::as_array).cloned().unwrap_or_default();
    entries.iter().filter_map(|entry| entry["fileId"].as_str().map(str::to_owned)).collect()
}

/// The record holds its files from now on.
pub fn attach(state: &mut State, object: &Object, row: &Row) {
    for field in object.fields.iter().filter(|field| field.kind() == "FILES") {
        for id in ids_in(row, field.name()) {
            if let Some(file) = state.files.get_mut(&id) {
                file.attached = true;
            }
        }
    }
}

/// The files of an attachment go.
pub fn remove_files(state: &mut State, id: &str) {
    let ids = state.row("attachment", id).map(|row| ids_in(row, "file")).unwrap_or_default();
    for id in ids {
        state.files.shift_remove(&id);
    }
}

/// A value as shown: files with extension and address.
pub fn shown(state: &State, name: &str, value: Value) -> Value {
    let Value::Array(entries) = &value else { return value };
    if !matches!(name, "file" | "avatarFile" | "video" | "audio") {
        return value;
    }
    let entry = |entry: &Value| {
        let mut entry = entry.clone();
        let id = entry["fileId"].as_str().unwrap_or_default().to_owned();
        entry["extension"] = json!(state.files.get(&id).map(|file| &file.extension));
        entry["url"] = json!(address(state, &id));
        entry
    };
    entries.iter().map(entry).collect()
}
