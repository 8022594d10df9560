//! Images inside texts: which of the listed files a text shows, and which images it shows that no list
//! has (`close-format.md` §5.1, §7.9). It must not understand HTML: an address in quotes is enough.

use super::Told;
use super::field::bare;
use crate::close::shape::{email, note};
use crate::close::{Kind, Record, file_url};
use crate::plan::files::Role;
use memchr::memmem;
use std::borrow::Cow;

/// What the addresses of stored files have in common.
const STORED: &str = "/go/file/persisted/";
/// Images of one text that are looked at.
const MAX: usize = 500;

/// The formatted text of a record.
pub(super) fn body<'a>(record: &Record<'a>) -> &'a str {
    let field = match record.kind {
        Kind::Email => email::BODY_HTML,
        Kind::Note => note::NOTE_HTML,
        _ => return "",
    };
    record.peek(field).unwrap_or_default()
}

/// The text shows the image with this `Content-Id`.
pub(super) fn shows(body: &str, id: &str) -> bool {
    !id.is_empty() && content_ids(body).any(|known| known == id)
}

/// Adds the images a text shows that are in none of the files told of so far.
pub(super) fn unlisted<'a>(record: &Record<'a>, told: &mut Vec<Told<'a>>) {
    let body = body(record);
    if body.is_empty() {
        return;
    }
    for id in content_ids(body).take(MAX) {
        if !told.iter().any(|one| bare(&one.content_id) == id) {
            told.push(Told {
                content_id: Cow::Borrowed(id),
                name: Cow::Borrowed("image"),
                unnamed: true,
                role: Some(Role::Inline),
                ..Told::default()
            });
        }
    }
    for url in quoted(body, STORED).take(MAX) {
        let Some(parsed) = file_url::parse(url) else { continue };
        let known =
            |one: &Told<'_>| one.token == Some(parsed.token) && one.object == Some(parsed.object);
        if told.iter().any(known) {
            continue;
        }
        let unnamed = parsed.name.is_empty();
        told.push(Told {
            token: Some(parsed.token),
            object: Some(parsed.object),
            name: if unnamed { Cow::Borrowed("image") } else { parsed.name },
            unnamed,
            url: Cow::Borrowed(url),
            role: Some(Role::Inline),
            ..Told::default()
        });
    }
}

/// The ids after `cid:` in attributes.
fn content_ids(body: &str) -> impl Iterator<Item = &str> {
    memmem::find_iter(body.as_bytes(), "cid:").filter_map(move |at| {
        let before = body.get(..at)?.chars().next_back()?;
        let rest = body.get(at + 4..)?;
        let end = rest.find(['"', '\'', ' ', '>', '<', ')', '\n', '\r', '\t', '&'])?;
        let id = rest.get(..end)?;
        (matches!(before, '"' | '\'' | '=' | '(') && !id.is_empty() && id.len() <= 300)
            .then_some(id)
    })
}

/// The values of attributes that hold `part`.
fn quoted<'a>(body: &'a str, part: &'a str) -> impl Iterator<Item = &'a str> {
    memmem::find_iter(body.as_bytes(), part).filter_map(move |at| {
        let start = body.get(..at)?.rfind(['"', '\''])? + 1;
        let end = at + body.get(at..)?.find(['"', '\'', '<', '>'])?;
        body.get(start..end).filter(|url| url.len() <= 2_000)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_seen_where_attributes_name_them() {
        let body =
            r#"<img src="cid:a@x"><img src='cid:b'> see cid:c, <td background=cid:d >url(cid:e)"#;
        assert_eq!(content_ids(body).collect::<Vec<_>>(), ["a@x", "b", "d", "e"]);
        assert!(shows(body, "b") && !shows(body, "c") && !shows(body, ""));
        let url = "https://app.close.com/go/file/persisted/o/activity.note/acti_1/t/a%20b.png";
        let body = format!(r#"<img src="{url}"> {url}"#);
        assert_eq!(quoted(&body, STORED).next(), Some(url));
    }
}
