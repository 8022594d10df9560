//! Values of custom fields, by the rule the plan chose for each field. A value that does not fit is
//! left for the archive and listed. It must not choose types.

mod cell;

use super::rows::Cells;
use super::work::Work;
use crate::close::{Custom, Kind, Record, Space};
use crate::event::{self, Notice};
use crate::plan::{CustomField, Place, Plan, ValueRule};
use crate::read::{Node, node};
use crate::twenty::objects::Object;
use cell::{Cell, cell, items, named, texts, users};

/// Where values go: the object, and whether what finds its cell taken is written on another row.
#[derive(Clone, Copy)]
pub(super) struct Into {
    pub place: Place,
    pub elsewhere: bool,
}

impl From<Object> for Into {
    fn from(object: Object) -> Self {
        Self { place: Place::Standard(object), elsewhere: false }
    }
}

/// Fills the custom columns of one object from these records, first come first served.
pub(super) fn fill(work: &mut Work<'_>, records: &[&Record<'_>], into: Into, cells: &mut Cells) {
    for record in records {
        let of_type = of_type(work.plan, record);
        for (space, customs) in spaces(record) {
            for custom in customs {
                value(work, record, &Key { of_type, space, custom }, into, cells);
            }
        }
    }
}

/// The custom type a record has, by position.
pub(super) fn of_type(plan: &Plan, record: &Record<'_>) -> Option<usize> {
    match record.kind {
        Kind::CustomActivity | Kind::CustomObject => {
            plan.type_of(record.kind, record.custom_type())
        }
        _ => None,
    }
}

/// One custom value of a record.
struct Key<'r, 'a> {
    of_type: Option<usize>,
    space: Space,
    custom: &'r Custom<'a>,
}

fn spaces<'r, 'a>(record: &'r Record<'a>) -> [(Space, &'r [Custom<'a>]); 2] {
    [(Space::CustomId, &record.customs), (Space::CustomName, &record.named)]
}

fn value(
    work: &mut Work<'_>,
    record: &Record<'_>,
    key: &Key<'_, '_>,
    into: Into,
    cells: &mut Cells,
) {
    let (plan, custom) = (work.plan, key.custom);
    let Some(field) = field_of(plan, record, key) else { return };
    let step = into.place.step();
    let Some((_, column)) = field.columns.iter().find(|(at, _)| *at == step) else { return };
    debug_assert_eq!(step, cells.step);
    match cell(plan, field, custom.value) {
        Ok(Cell { text, more, lost }) => {
            let there = cells.get_at(*column);
            if there.is_empty() {
                cells.set_at(*column, &text);
                if let Some(more) = more {
                    cells.set_at(column + 1, more);
                }
                beside_member(plan, field, custom.value, cells);
                match lost {
                    Some(why) if custom.is_open() => {
                        remark(work, record, key, why);
                        custom.set_aside();
                    }
                    Some(_) => custom.set_aside(),
                    None => custom.taken(),
                }
            } else if into.elsewhere {
                // The other row takes it.
            } else if *there == *text {
                custom.merged();
            } else if custom.is_open() {
                custom.set_aside();
                remark(work, record, key, event::LOST_MERGE);
            }
        }
        Err(why) => misfit(work, record, key, field, why, cells),
    }
}

/// The member of the workspace beside the user's name.
fn beside_member(plan: &Plan, field: &CustomField, value: &[Node<'_>], cells: &mut Cells) {
    let Some(second) = field.second.as_ref().filter(|second| second.is_member) else { return };
    let column = second.columns.iter().find(|(step, _)| *step == cells.step);
    let users = items(value).unwrap_or_default();
    if let (Some((_, column)), [user]) = (column, users.as_slice())
        && let Some(member) = plan.member(user)
    {
        cells.set_at(*column, member);
    }
}

/// A value that does not fit goes to the text field beside its own, where there is one; it is listed
/// and kept in any case.
fn misfit(
    work: &mut Work<'_>,
    record: &Record<'_>,
    key: &Key<'_, '_>,
    field: &CustomField,
    why: Notice,
    cells: &mut Cells,
) {
    let second = field.second.as_ref().filter(|second| !second.is_member);
    let columns = second.iter().flat_map(|second| &second.columns);
    if let Some((_, column)) = columns.into_iter().find(|(step, _)| *step == cells.step)
        && cells.get_at(*column).is_empty()
        && let Ok(Cell { text, .. }) = texts(key.custom.value)
    {
        cells.set_at(*column, &text);
    }
    if key.custom.is_open() {
        key.custom.set_aside();
        remark(work, record, key, why);
    }
}

/// The field a value belongs to; none for an empty value, and for one that repeats another of this
/// record, which counts as merged.
fn field_of<'p>(plan: &'p Plan, record: &Record<'_>, key: &Key<'_, '_>) -> Option<&'p CustomField> {
    let custom = key.custom;
    if node::is_empty(custom.value) {
        return None;
    }
    if custom.is_open() && cell::is_blank(custom.value) {
        custom.noise();
        return None;
    }
    let field = planned(plan, record, key)?;
    if key.space == Space::CustomName && has_twin(plan, record, field, custom) {
        custom.merged();
        return None;
    }
    Some(field)
}

/// The plan of a value's field. A value is looked at once for each row it may stand in, so its field's
/// number is kept with it.
fn planned<'p>(plan: &'p Plan, record: &Record<'_>, key: &Key<'_, '_>) -> Option<&'p CustomField> {
    let look_up = |name: &str| plan.field((record.kind, key.of_type), key.space, name);
    let number = key.custom.number(|name| look_up(name).map(|(number, _)| number))?;
    plan.fields.get(number)
}

/// The value under a lead's field name repeats one under a field's id: that of the same field, or of
/// another field with the same name.
fn has_twin(plan: &Plan, record: &Record<'_>, field: &CustomField, named: &Custom<'_>) -> bool {
    let is_twin = |custom: &Custom<'_>| {
        let twin = planned(plan, record, &Key { of_type: None, space: Space::CustomId, custom });
        let same = |twin: &CustomField| std::ptr::eq(twin, field) || *twin.close_name == *named.key;
        custom.value == named.value && twin.is_some_and(same)
    };
    // Close writes both in the same order: the one at the same place is nearly always it.
    let here = record.named.iter().position(|other| std::ptr::eq(other, named));
    let here = here.and_then(|at| record.customs.get(at));
    here.is_some_and(is_twin) || record.customs.iter().any(is_twin)
}

/// All custom values of a record as lines of text, `Name: value`. Each value is taken.
pub(super) fn lines(work: &mut Work<'_>, record: &Record<'_>) -> String {
    let plan = work.plan;
    let of_type = of_type(plan, record);
    let mut lines = Vec::new();
    for custom in record.customs.iter().filter(|custom| !node::is_empty(custom.value)) {
        let key = Key { of_type, space: Space::CustomId, custom };
        let field = planned(plan, record, &key);
        let Some(field) = field.filter(|field| field.rule != ValueRule::Archive) else { continue };
        let shown = match field.rule {
            ValueRule::Contact | ValueRule::Contacts => {
                named(custom.value, &|id| Some(plan.contacts.name(plan.contacts.find(id)?).into()))
            }
            ValueRule::Users => users(plan, custom.value).map(Cell::from),
            _ => texts(custom.value),
        };
        match shown {
            Ok(shown) => {
                lines.push(format!("{}: {}", field.close_name, shown.text));
                if shown.lost.is_none() { custom.taken() } else { custom.set_aside() }
            }
            Err(why) => {
                custom.set_aside();
                remark(work, record, &key, why);
            }
        }
    }
    lines.join("\n")
}

fn remark(work: &mut Work<'_>, record: &Record<'_>, key: &Key<'_, '_>, why: Notice) {
    let custom = key.custom;
    let path = match key.space {
        Space::CustomName => format!("custom[{}]", custom.key),
        _ => format!("custom.{}", custom.key),
    };
    let mut json = Vec::new();
    node::write_json(custom.value, &mut json);
    work.remark_at(record, &path, why, &String::from_utf8_lossy(&json));
}

/// Rows of the second pass: relations to records that may stand in the same file or a later one.
pub(super) fn late_links(
    work: &mut Work<'_>,
    records: &[&Record<'_>],
    place: Place,
    close_id: &str,
    at: Option<i64>,
) {
    let plan = work.plan;
    for (step, planned) in plan.steps.iter().enumerate() {
        if planned.place != place || !planned.is_second_pass() {
            continue;
        }
        let mut cells = work.cells(step);
        cells.set_at(0, close_id);
        let mut any = false;
        for record in records {
            let of_type = of_type(plan, record);
            for (space, customs) in spaces(record) {
                for custom in customs {
                    any |= late_link(work, record, &Key { of_type, space, custom }, &mut cells);
                }
            }
        }
        if any {
            work.emit(cells, at, close_id);
        }
    }
}

fn late_link(
    work: &mut Work<'_>,
    record: &Record<'_>,
    key: &Key<'_, '_>,
    cells: &mut Cells,
) -> bool {
    let (plan, custom, step) = (work.plan, key.custom, cells.step);
    if node::is_empty(custom.value) {
        return false;
    }
    // Few fields are links: whether this is one is seen before anything else is looked at.
    let column = planned(plan, record, key)
        .and_then(|field| field.columns.iter().find(|(at, _)| *at == step));
    let Some((_, column)) = column else { return false };
    let Some(field) = field_of(plan, record, key) else { return false };
    match cell(plan, field, custom.value) {
        Ok(Cell { text, .. }) if cells.get_at(*column).is_empty() => {
            cells.set_at(*column, &text);
            custom.taken();
            true
        }
        Ok(Cell { text, .. }) => {
            if *cells.get_at(*column) == *text {
                custom.merged();
            } else if custom.is_open() {
                custom.set_aside();
            }
            false
        }
        Err(why) => {
            if custom.is_open() {
                custom.set_aside();
                remark(work, record, key, why);
            }
            false
        }
    }
}
