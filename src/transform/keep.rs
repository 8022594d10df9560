//! What does not become a cell: values and records for the archive, and the list of what was set
//! aside. It must not decide what is kept.

use super::work::Work;
use crate::close::{Fate, Field, Record};
use crate::event::{self, Notice, Reject, excerpt};
use crate::read::{Node, Repairs, node};
use base64::Engine;

/// What does not become a row.
impl Work<'_> {
    /// Closes a record that was written: counts its values, archives what has no home.
    pub fn close(&mut self, record: &Record<'_>, why: &str) {
        let mut odd = Vec::new();
        record.set_aside_odd(self.plan.rules.fates(), &mut |place, field| {
            odd.push((place.clone(), field));
        });
        for (place, field) in odd {
            self.remark_inside(record, &place, field, event::WRONG_TYPE);
        }
        self.residue.json.clear();
        record.close(self.plan.rules.fates(), &mut self.out.ledger, &mut self.residue);
        if self.residue.json.is_empty() {
            return;
        }
        let file = self.out.archive.entry(record.kind.word()).or_default();
        file.extend_from_slice(b"{\"id\":");
        node::write_json_text(record.id().unwrap_or_default(), file);
        file.extend_from_slice(b",\"why\":");
        node::write_json_text(why, file);
        file.extend_from_slice(b",\"values\":{");
        file.extend_from_slice(&self.residue.json);
        file.extend_from_slice(b"}}\n");
    }

    /// Keeps a record whole in the archive.
    pub fn archive_whole(&mut self, record: &Record<'_>, lead: Option<&str>, why: &str) {
        record.close_whole(Fate::Archived, self.plan.rules.fates(), &mut self.out.ledger);
        self.out.count(record.kind).archived += 1;
        self.keep(record, lead, why);
    }

    pub(super) fn reject_record(&mut self, record: &Record<'_>, notice: Notice) {
        record.close_whole(Fate::SetAside, self.plan.rules.fates(), &mut self.out.ledger);
        self.out.count(record.kind).rejected += 1;
        let raw = node::get_text(record.nodes(), "id").unwrap_or_default();
        self.remark_at(record, "id", notice, raw);
        self.keep(record, None, notice.why);
    }

    fn keep(&mut self, record: &Record<'_>, lead: Option<&str>, why: &str) {
        let file = self.out.archive.entry(record.kind.word()).or_default();
        file.extend_from_slice(b"{\"id\":");
        node::write_json_text(record.id().unwrap_or_default(), file);
        if let Some(lead) = lead {
            file.extend_from_slice(b",\"lead\":");
            node::write_json_text(lead, file);
        }
        file.extend_from_slice(b",\"why\":");
        node::write_json_text(why, file);
        file.extend_from_slice(b",\"record\":");
        record.write_own(file);
        file.extend_from_slice(b"}\n");
    }

    /// A record that cannot be read: kept byte for byte. It belongs to no lead, and so to no sample.
    pub(super) fn unreadable(&mut self, raw: &[u8], notice: Notice, detail: &str) {
        if self.plan.sample.is_some() {
            return;
        }
        self.out.unreadable.read += 1;
        self.out.unreadable.rejected += 1;
        self.reject(
            notice,
            "unreadable",
            "",
            "",
            &String::from_utf8_lossy(&raw[..raw.len().min(200)]),
            detail,
        );
        self.raw("rejected", raw, notice, detail);
    }

    pub(super) fn repaired(&mut self, raw: &[u8], nodes: &[Node<'_>], repairs: Repairs) {
        let (id, words) = (node::get_text(nodes, "id").unwrap_or_default(), repairs.words());
        let kind = crate::close::classify(nodes, None);
        self.reject(event::REPAIRED, kind.word(), id, "", "", &words);
        self.raw("repaired", raw, event::REPAIRED, &words);
    }

    fn raw(&mut self, file: &'static str, raw: &[u8], notice: Notice, detail: &str) {
        let source = self.plan.sources.get(self.source).map_or("", String::as_str);
        let offset = self.offset;
        let file = self.out.archive.entry(file).or_default();
        file.extend_from_slice(b"{\"source\":");
        node::write_json_text(source, file);
        file.extend_from_slice(
            format!(",\"offset\":{offset},\"code\":\"{}\",\"why\":", notice.code).as_bytes(),
        );
        node::write_json_text(if detail.is_empty() { notice.why } else { detail }, file);
        if let Ok(text) = std::str::from_utf8(raw) {
            file.extend_from_slice(b",\"raw\":");
            node::write_json_text(text, file);
        } else {
            file.extend_from_slice(b",\"raw_base64\":\"");
            let encoded = base64::engine::general_purpose::STANDARD.encode(raw);
            file.extend_from_slice(encoded.as_bytes());
            file.push(b'"');
        }
        file.extend_from_slice(b"}\n");
    }

    /// Keeps the whole of a cell that had to be cut.
    pub(super) fn cut_cell(&mut self, step: usize, column: usize, id: &str, whole: &str) {
        let step = &self.plan.steps[step];
        let header = step.columns.get(column).map_or("", |column| column.header.as_str());
        let file = self.out.archive.entry("cut_cells").or_default();
        file.extend_from_slice(b"{\"id\":");
        node::write_json_text(id, file);
        file.extend_from_slice(format!(",\"object\":\"{}\",\"header\":", step.object).as_bytes());
        node::write_json_text(header, file);
        file.extend_from_slice(b",\"cell\":");
        node::write_json_text(whole, file);
        file.extend_from_slice(b"}\n");
        self.reject(event::CUT, &step.object, id, header, whole, "see archive/cut_cells.jsonl");
    }

    /// Lists something about a value.
    pub fn remark(&mut self, record: &Record<'_>, field: Field, notice: Notice) {
        self.remark_inside(record, record, field, notice);
    }

    /// Lists something about a value of an object inside `record`.
    fn remark_inside(
        &mut self,
        record: &Record<'_>,
        inside: &Record<'_>,
        field: Field,
        notice: Notice,
    ) {
        let id = record.id().unwrap_or_default();
        self.reject(notice, record.kind.word(), id, inside.path(field), &shown(inside, field), "");
    }

    /// Lists something about a place in a record.
    pub fn remark_at(&mut self, record: &Record<'_>, path: &str, notice: Notice, excerpt: &str) {
        let id = record.id().unwrap_or_default();
        self.reject(notice, record.kind.word(), id, path, excerpt, "");
    }

    fn reject(
        &mut self,
        notice: Notice,
        kind: &str,
        id: &str,
        path: &str,
        value: &str,
        detail: &str,
    ) {
        self.out.rejects.push(Reject {
            notice,
            source: self.source,
            offset: self.offset,
            kind: kind.to_owned(),
            id: id.to_owned(),
            path: path.to_owned(),
            excerpt: excerpt(value),
            detail: excerpt(detail),
        });
    }
}

/// A value for people: text as it is, anything else as JSON.
fn shown(record: &Record<'_>, field: Field) -> String {
    let Some(value) = record.value(field) else { return String::new() };
    if let Some(text) = node::text(value) {
        return text.to_owned();
    }
    let mut json = Vec::new();
    node::write_json(value, &mut json);
    String::from_utf8_lossy(&json).into_owned()
}
