//! The files a record refers to (design §5, `close-format.md` §5): attachments, recordings, voicemails,
//! images in texts, and the files of a lead's own list. Each becomes a [`Reference`]: what it is called,
//! which records of Twenty show it, and which found file it is. Whether that file is any good is seen
//! later. It must not open a file.

mod field;
mod image;
mod target;

pub use target::Targets;

use super::work::Work;
use crate::close::shape::{
    attachment as a, call, custom_activity, email, lead_file as f, note, opportunity, sms, task,
    whatsapp,
};
use crate::close::{Field, Kind, Record, file_url, time};
use crate::event::{self, file as notice};
use crate::plan::files::{How, Role, Sibling, Wanted};
use crate::read::node;
use crate::twenty::{date, text};
use field::{bare, declared_size, taken};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use twox_hash::XxHash3_64;

/// Longest part of a name that stands in a Close id made from it, in UTF-16 units.
const KEY_NAME: usize = 120;

/// One file a record refers to.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Reference {
    /// What it is known by: the id of its record, `/`, and what names it there.
    pub key: String,
    /// The id of the record it is kept with.
    pub owner: String,
    /// False when another record tells of it: a notification about a call, a lead's list of files.
    pub own: bool,
    /// The record that refers to it.
    pub record: String,
    /// Its name, on one line.
    pub name: String,
    /// The name is ours, for want of one; its ending follows from the content.
    pub unnamed: bool,
    /// Its address.
    pub url: String,
    /// MIME type in Close.
    pub declared_type: String,
    /// Size in Close, in bytes.
    pub size: Option<u64>,
    /// Id of an inline image.
    pub content_id: String,
    /// What it is to its record.
    pub role: Option<Role>,
    /// When it came to its record, as a cell; empty when that is not known.
    pub at: String,
    /// The records that show it.
    pub targets: Targets,
    /// Position of the found file.
    pub file: Option<u32>,
    /// How it was found.
    pub how: Option<How>,
    /// Code of why there is none, or why it cannot be used.
    pub why: Option<String>,
    /// More about why.
    pub detail: String,
    /// Positions of those that could be it, the first few.
    pub candidates: Vec<u32>,
    /// The SHA-256 a list says it has.
    pub sha256: Option<String>,
}

/// A file as the record tells of it.
#[derive(Clone, Debug, Default)]
struct Told<'a> {
    /// The record it is kept with, where that is another.
    owner: Option<String>,
    token: Option<&'a str>,
    /// The record its address names.
    object: Option<&'a str>,
    media: Option<Cow<'a, str>>,
    name: Cow<'a, str>,
    unnamed: bool,
    url: Cow<'a, str>,
    declared: Cow<'a, str>,
    size: Option<u64>,
    content_id: Cow<'a, str>,
    role: Option<Role>,
}

/// Hands on the files a record refers to, and takes the values that say so. For records without a file
/// it does nothing.
pub(super) fn refer(work: &mut Work<'_>, record: &Record<'_>, within: Option<&str>) {
    let Some(id) = record.id() else { return };
    let mut told = Vec::new();
    match record.kind {
        Kind::Note => listed(record, note::ATTACHMENTS, &mut told),
        Kind::Email => listed(record, email::ATTACHMENTS, &mut told),
        Kind::Sms => listed(record, sms::ATTACHMENTS, &mut told),
        Kind::WhatsAppMessage => listed(record, whatsapp::ATTACHMENTS, &mut told),
        Kind::CustomActivity => listed(record, custom_activity::ATTACHMENTS, &mut told),
        Kind::Opportunity => listed(record, opportunity::ATTACHMENTS, &mut told),
        Kind::Task => {
            listed(record, task::ATTACHMENTS, &mut told);
            sounds(record, [task::RECORDING_URL, task::VOICEMAIL_URL], &mut told);
        }
        Kind::Call => sounds(record, [call::RECORDING_URL, call::VOICEMAIL_URL], &mut told),
        _ => return,
    }
    image::unlisted(record, &mut told);
    if told.is_empty() {
        return;
    }
    let targets = target::of(work.plan, record, id, within);
    let lead = target::lead_of(record, within);
    let at = happened(record);
    let siblings: Vec<(Cow<'_, str>, Option<&str>, Option<u64>)> =
        told.iter().map(|one| (one.name.clone(), one.token, one.size)).collect();
    let mut keys: Vec<String> = Vec::new();
    for (place, one) in told.iter().enumerate() {
        let owner = one.owner.as_deref().unwrap_or(id);
        let key = unused(&mut keys, owner, one);
        let others: Vec<Sibling<'_>> = siblings
            .iter()
            .enumerate()
            .filter(|(at, _)| *at != place)
            .map(|(_, (name, token, size))| Sibling { name, token: *token, size: *size })
            .collect();
        let ids = [Some(owner), one.object, Some(id)].into_iter().flatten();
        let mut ids: Vec<&str> = ids.collect();
        ids.dedup();
        let only_sound = told.iter().filter(|o| o.role.is_some_and(Role::is_audio)).count() == 1;
        let reference = found(work, one, &ids, lead, only_sound, &others);
        work.out.files.push(Reference {
            key,
            owner: owner.to_owned(),
            own: one.owner.is_none(),
            record: id.to_owned(),
            at: at.clone(),
            targets: targets.clone(),
            ..reference
        });
    }
}

/// Writes a file of a lead's own list.
pub(super) fn lead_file(work: &mut Work<'_>, record: &Record<'_>, within: Option<&str>) {
    let Some(id) = record.take(f::ID) else { return };
    let urls = [f::DOWNLOAD_URL, f::URL].map(|field| taken(record, field));
    let [url, other_url] = urls;
    let (used, spare) = if url.is_empty() { (other_url, f::DOWNLOAD_URL) } else { (url, f::URL) };
    let names = [f::NAME, f::FILENAME].map(|field| taken(record, field));
    if record.peek(spare).is_some_and(|text| *text != *used) {
        record.keep_whole(spare);
    }
    if !names[0].is_empty() && !names[1].is_empty() && names[0] != names[1] {
        record.keep_whole(f::FILENAME);
    }
    let [name, filename] = names;
    let name = if name.is_empty() { filename } else { name };
    let last = taken(record, f::LAST_OBJECT_ID);
    record.take(f::LAST_OBJECT_TYPE);
    let named = taken(record, f::LEAD_ID);
    let of_lead = Some(&*named).filter(|lead| !lead.is_empty()).or(within);
    let lead = of_lead.or(Some(&*last).filter(|id| id.starts_with("lead_")));
    match lead {
        Some(lead) if work.plan.lead(lead).is_none() => {
            record.keep_whole(f::LEAD_ID);
            work.remark(record, f::LEAD_ID, event::ORPHAN);
        }
        Some(lead) if work.plan.lead(lead).is_some_and(|(known, _)| known != lead) => {
            record.keep_whole(f::LEAD_ID);
        }
        None if last.is_empty() => work.remark_at(record, "lead_id", event::DETACHED, ""),
        _ => {}
    }
    let parsed = file_url::parse(&used);
    let told = Told {
        token: parsed.as_ref().map(|url| url.token),
        object: parsed.as_ref().map(|url| url.object),
        url: used.clone(),
        declared: taken(record, f::CONTENT_TYPE),
        size: declared_size(record, f::SIZE),
        role: Some(Role::Leadfile),
        unnamed: name.is_empty(),
        name: if name.is_empty() { Cow::Owned(format!("file-{id}")) } else { name },
        ..Told::default()
    };
    let at = record.take_as(f::DATE_CREATED, |raw| {
        let at = time::instant(raw).ok_or(event::NO_TIME)?;
        date::date_time_cell(at).map_err(super::work::notice)
    });
    if let Some(Err(why)) = at {
        work.remark(record, f::DATE_CREATED, why);
    }
    let ids: Vec<&str> = [Some(&*id), Some(&*last).filter(|id| !id.is_empty()), told.object]
        .into_iter()
        .flatten()
        .collect();
    // A file of an activity that also stands in the lead's list sorts behind the activity's own.
    let owner = [&*last, lead.unwrap_or_default()].into_iter().find(|id| !id.is_empty());
    let owner = owner.unwrap_or(&id).to_owned();
    let reference = found(work, &told, &ids, lead, false, &[]);
    work.out.files.push(Reference {
        key: format!("{owner}/~{id}"),
        owner,
        record: id.clone().into_owned(),
        at: at.and_then(Result::ok).unwrap_or_default(),
        targets: target::of_lead(work.plan, lead),
        ..reference
    });
    if lead != Some(&*last) && !last.is_empty() {
        // The activity's own word is written, which may say it otherwise.
        record.keep_rest();
    }
    work.out.count(record.kind).written += 1;
    work.close(record, "values without a field in Twenty");
}

/// The reference as far as the file alone tells, with the found file.
fn found(
    work: &Work<'_>,
    one: &Told<'_>,
    ids: &[&str],
    lead: Option<&str>,
    only_sound: bool,
    siblings: &[Sibling<'_>],
) -> Reference {
    let role = one.role.unwrap_or(Role::Attachment);
    let tokens: Vec<&str> = one.token.into_iter().chain(one.media.as_deref()).collect();
    let filled = |text: &'_ str| -> Option<String> { (!text.is_empty()).then(|| text.to_owned()) };
    let (url, content_id) = (filled(&one.url), filled(bare(&one.content_id)));
    let wanted = Wanted {
        ids,
        lead,
        tokens: &tokens,
        name: if one.unnamed { "" } else { &one.name },
        size: one.size,
        url: url.as_deref(),
        content_id: content_id.as_deref(),
        role,
        only_sound,
        siblings,
    };
    let mut found = work.plan.files.find(&wanted);
    if found.why == Some(notice::NOT_FOUND)
        && url.is_none()
        && !one.content_id.is_empty()
        && one.unnamed
    {
        found.why = Some(notice::UNLISTED_IMAGE);
    }
    Reference {
        name: text::head(&text::line(&one.name), text::MAX_CELL).to_owned(),
        unnamed: one.unnamed,
        url: one.url.clone().into_owned(),
        declared_type: text::line(&one.declared).into_owned(),
        size: one.size,
        content_id: text::line(&one.content_id).into_owned(),
        role: Some(role),
        file: found.file.map(|at| at as u32),
        how: found.how,
        why: found.why.map(|why| why.code.to_owned()),
        detail: event::excerpt(&found.detail),
        candidates: found.candidates.iter().take(8).map(|at| *at as u32).collect(),
        sha256: found.sha256,
        ..Reference::default()
    }
}

/// The files in a list of attachments.
fn listed<'a>(record: &Record<'a>, field: Field, told: &mut Vec<Told<'a>>) {
    let body = image::body(record);
    for item in record.list(field) {
        let url = taken(item, a::URL);
        let media = taken(item, a::MEDIA_ID);
        let filename = taken(item, a::FILENAME);
        if url.is_empty() && media.is_empty() && filename.is_empty() {
            // Nothing to know it by.
            item.archive_rest();
            continue;
        }
        // Addresses are borrowed from the record whenever they are text.
        let parsed = item.peek(a::URL).and_then(file_url::parse);
        let again = |known: &Told<'_>| {
            !url.is_empty()
                && known.url == url
                && known.name == filename
                && known.media.as_deref().unwrap_or_default() == media
        };
        if told.iter().any(again) {
            item.archive_rest();
            continue;
        }
        let content_id = taken(item, a::CONTENT_ID);
        let inline =
            item.take_flag(a::INLINE_ONLY) == Some(true) || image::shows(body, bare(&content_id));
        let name = match (&filename, &parsed) {
            (name, Some(url)) if name.is_empty() && !url.name.is_empty() => url.name.clone(),
            _ => filename.clone(),
        };
        if text::line(&filename) != filename {
            item.keep_whole(a::FILENAME);
        }
        let unnamed = name.is_empty();
        let owner = parsed.as_ref().and_then(|url| elsewhere(record, url.object));
        let of_other = owner.is_some();
        told.push(Told {
            owner,
            token: parsed.as_ref().map(|url| url.token),
            object: parsed.as_ref().map(|url| url.object),
            name: if unnamed { Cow::Borrowed("file") } else { name },
            unnamed,
            declared: taken(item, a::CONTENT_TYPE),
            size: declared_size(item, a::SIZE),
            content_id,
            role: Some(match record.kind {
                Kind::Sms => Role::Mms,
                Kind::Task if !media.is_empty() => Role::Mms,
                _ if inline => Role::Inline,
                _ => Role::Attachment,
            }),
            media: Some(media).filter(|media| !media.is_empty()),
            url,
        });
        if of_other {
            // The activity's own word is written, which may say it otherwise.
            item.keep_rest();
        }
    }
}

/// The recording and the voicemail of a call, or of a notification about one.
fn sounds<'a>(record: &Record<'a>, fields: [Field; 2], told: &mut Vec<Told<'a>>) {
    for (field, role) in fields.into_iter().zip([Role::Recording, Role::Voicemail]) {
        let Some(url) = record.take_text(field) else { continue };
        let parsed = file_url::parse(url);
        let object = parsed.as_ref().map(|url| url.object);
        let about = || {
            let about = node::get_text(record.nodes(), "object_id")?;
            let is_call = node::get_text(record.nodes(), "object_type") == Some("call");
            (record.kind == Kind::Task && is_call).then_some(about)
        };
        let call = object.or_else(about);
        if call.is_some_and(|call| record.id() != Some(call)) {
            record.keep_whole(field);
        }
        let id = record.id().unwrap_or_default();
        told.push(Told {
            owner: call.and_then(|call| elsewhere(record, call)),
            token: Some(role.word()),
            object,
            name: format!("{}-{}", role.word(), call.unwrap_or(id)).into(),
            unnamed: true,
            url: url.into(),
            role: Some(role),
            ..Told::default()
        });
    }
}

/// Notifications tell of files that are kept with an activity; any other record's files are its own,
/// even where the address names a template.
fn elsewhere(record: &Record<'_>, object: &str) -> Option<String> {
    let other =
        record.kind == Kind::Task && object.starts_with("acti_") && record.id() != Some(object);
    other.then(|| object.to_owned())
}

/// What a file is known by among those of its record: its token, else what its address or name says. The
/// same in every run and every version.
fn unused(keys: &mut Vec<String>, owner: &str, one: &Told<'_>) -> String {
    let hashed = |text: &str| format!("{:016x}", XxHash3_64::oneshot(text.as_bytes()));
    let part = match (&one.media, one.token) {
        (Some(media), _) if field::is_plain(media) => media.to_string(),
        (_, Some(token)) => token.to_owned(),
        _ if !one.url.is_empty() => hashed(&one.url),
        _ if one.unnamed && !one.content_id.is_empty() => {
            format!("cid:{}", hashed(&one.content_id))
        }
        _ => {
            let name = text::head(&text::line(&one.name), KEY_NAME).to_owned();
            format!("{name}:{}", one.size.unwrap_or_default())
        }
    };
    let first = format!("{owner}/{part}");
    let mut key = first.clone();
    let mut number = 1;
    while keys.contains(&key) {
        number += 1;
        key = format!("{first}#{number}");
    }
    keys.push(key.clone());
    key
}

/// When a record came to be, as a cell: a file has no time of its own in Close.
fn happened(record: &Record<'_>) -> String {
    let text = |key| node::get_text(record.nodes(), key).and_then(time::instant);
    let at = text("activity_at").or_else(|| text("date_created")).or_else(|| text("created_at"));
    at.and_then(|at| date::date_time_cell(at).ok()).unwrap_or_default()
}
