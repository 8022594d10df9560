//! One record of a spot-check: its values on the left, the cells of its rows on the right, paired by the rules.
//! It must not choose a record, nor hide a value.

use super::{SpotCell, SpotLine, SpotRecord};
use crate::bundle::SpotRow;
use crate::close::{Fate, Kind};
use crate::mapping::Rule;
use crate::plan::{Place, Plan, StepColumn, StepPlan};
use crate::report::ledger;
use crate::transform::{Pick, shown};
use crate::twenty::objects::Object;

/// A cell that is not empty, and whether it stands beside a value already.
struct Open<'a> {
    /// `Close Id` of its row.
    row: &'a str,
    object: &'a str,
    label: &'a str,
    column: &'a StepColumn,
    text: &'a str,
    shown: bool,
}

/// One record beside its rows.
pub(super) fn beside(plan: &Plan, pick: &Pick, rows: &[&SpotRow]) -> SpotRecord {
    let kind = Kind::ALL.iter().find(|kind| kind.word() == pick.close_type).copied();
    let kind = kind.unwrap_or(Kind::Unknown);
    let mut cells: Vec<Open<'_>> = rows.iter().flat_map(|row| open(plan, row)).collect();
    let merged = kind == Kind::Contact && rows.iter().all(|row| row.id != pick.id);
    let mut lines = Vec::new();
    for (path, value) in &pick.values {
        let (targets, fate) = whereabouts(plan, kind, path);
        let at = places(&cells, &targets, (&pick.id, value));
        let fate = match fate {
            _ if !at.is_empty() => String::new(),
            Gone::Written if merged => "its record was merged: see reports/merges.csv".to_owned(),
            Gone::Written => "in no cell: see the archive and reports/rejects.csv".to_owned(),
            Gone::Otherwise(fate) => fate,
        };
        let found = at.iter().filter_map(|at| cells.get(*at)).map(cell).collect();
        lines.push(SpotLine { path: path.clone(), value: value.clone(), cells: found, fate });
        for at in at {
            cells[at].shown = true;
        }
    }
    if pick.more > 0 {
        let fate = format!("{} more values of this record are not shown", pick.more);
        lines.push(SpotLine { fate, ..SpotLine::default() });
    }
    let rest = cells.iter().filter(|cell| !cell.shown);
    lines.extend(rest.map(|rest| SpotLine { cells: vec![cell(rest)], ..SpotLine::default() }));
    let mut made: Vec<(String, String)> =
        rows.iter().map(|row| (label(plan, row.step).to_owned(), row.id.clone())).collect();
    made.dedup();
    SpotRecord {
        close_type: kind.word(),
        close_id: pick.id.clone(),
        source: plan.sources.get(pick.source).cloned().unwrap_or_default(),
        offset: pick.offset,
        rows: made,
        lines,
    }
}

/// The cells of a row that hold something.
fn open<'a>(plan: &'a Plan, row: &'a SpotRow) -> impl Iterator<Item = Open<'a>> {
    let step = plan.steps.get(row.step);
    let columns = step.into_iter().flat_map(StepPlan::shown).zip(&row.cells);
    let filled = columns.filter(|(_, text)| !text.is_empty());
    // A second pass names the record again, and nobody knows a record by its UUID.
    let again = step.is_some_and(StepPlan::is_second_pass);
    let said = filled
        .filter(move |(column, _)| column.field != "id" && !(again && column.field == "closeId"));
    said.map(move |(column, text)| Open {
        row: &row.id,
        object: step.map_or("", |step| &step.object),
        label: label(plan, row.step),
        column,
        text,
        shown: false,
    })
}

fn cell(open: &Open<'_>) -> SpotCell {
    SpotCell {
        object: open.label.to_owned(),
        header: open.column.header.clone(),
        text: shown(open.text),
    }
}

/// The plural label of a step's object.
fn label(plan: &Plan, step: usize) -> &str {
    match plan.steps.get(step).map(|step| step.place) {
        Some(Place::Standard(object)) => object.label_plural(),
        Some(Place::Type(at)) => plan.types.get(at).map_or("", |one| &one.object.label_plural),
        None => "",
    }
}

/// Where a value stands among the cells: those its targets (`person.emails`, `createdAt`) name, and of these those
/// that hold it as it is, if any do; else fields of this name on another object, for what represents a lead.
fn places(cells: &[Open<'_>], targets: &[String], (id, value): (&str, &str)) -> Vec<usize> {
    let find = |is: &dyn Fn(&Open<'_>) -> bool| -> Vec<usize> {
        let hit = cells.iter().enumerate().filter(|(_, open)| is(open));
        hit.map(|(at, _)| at).collect()
    };
    let named = |open: &Open<'_>| targets.iter().any(|target| is(target, open, id));
    let holds = |open: &Open<'_>| named(open) && open.text.contains(value);
    let alike = |open: &Open<'_>| {
        let fields = targets.iter().filter_map(|target| Some(target.split_once('.')?.1));
        fields.into_iter().any(|field| field == open.column.field)
            || (!targets.is_empty() && open.text == value)
    };
    let tries = [find(&holds), find(&named), find(&alike)];
    tries.into_iter().find(|found| !found.is_empty()).unwrap_or_default()
}

/// Whether a target is this cell's field.
fn is(target: &str, open: &Open<'_>, id: &str) -> bool {
    match target.split_once('.') {
        Some(("customActivity" | "customObject", field)) => {
            Object::by_name(open.object).is_none() && open.column.field == field
        }
        Some((object, field)) => open.object == object && open.column.field == field,
        // Dates go to the record's own row alone.
        None => open.column.field == target && open.row == id,
    }
}

/// What became of a value that no cell holds.
enum Gone {
    /// It should stand in one.
    Written,
    /// In a few words.
    Otherwise(String),
}

/// The fields a value goes to, and what became of it where no cell holds it.
fn whereabouts(plan: &Plan, kind: Kind, path: &str) -> (Vec<String>, Gone) {
    let general = without_numbers(path);
    let gone = |fate: String| Gone::Otherwise(fate);
    if let Some(line) = plan.rules.waived_by(kind, &general) {
        return (Vec::new(), gone(format!("archived: waived by line {line} of the mapping")));
    }
    if let Some(custom) = custom(&general) {
        let fields = ledger::custom_fields(plan, kind, custom);
        return (ledger::homes(plan, &fields), Gone::Written);
    }
    let Some(rule) = rule(plan, kind, &general) else {
        return (Vec::new(), gone("archived: no rule for it".to_owned()));
    };
    let note = if rule.note.is_empty() { &rule.target } else { &rule.note };
    let fate = match rule.fate {
        Fate::Written if rule.target.starts_with("files.csv") => gone("files.csv".to_owned()),
        Fate::Written => Gone::Written,
        fate if note.is_empty() => gone(fate.word().replace('_', " ")),
        fate => gone(format!("{}: {note}", fate.word().replace('_', " "))),
    };
    let in_cells = matches!(rule.fate, Fate::Written | Fate::Derived);
    let targets = rule.target.split(", ").filter(|_| in_cells && !rule.target.is_empty());
    (targets.map(str::to_owned).collect(), fate)
}

/// The rule for a path, or for what it stands in.
fn rule<'a>(plan: &'a Plan, kind: Kind, mut path: &str) -> Option<&'a Rule> {
    loop {
        if let Some(rule) = plan.rules.of(kind, path) {
            return Some(rule);
        }
        path = match path.strip_suffix("[]") {
            Some(list) => list,
            None => path.rsplit_once('.')?.0,
        };
    }
}

/// `emails[0].email` as `emails[].email`; what stands in brackets but is no number stays.
fn without_numbers(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for (at, part) in path.split('[').enumerate() {
        if at > 0 {
            out.push('[');
        }
        let number = part.split_once(']').filter(|(number, _)| {
            !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
        });
        match number {
            Some((_, rest)) if at > 0 => {
                out.push(']');
                out.push_str(rest);
            }
            _ => out.push_str(part),
        }
    }
    out
}

/// The path of a custom field's value, whether that is one of a list or not.
fn custom(path: &str) -> Option<&str> {
    let path = path.strip_suffix("[]").unwrap_or(path);
    ledger::custom_key(path).map(|_| path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_items_are_taken_out_of_a_path_and_names_stay() {
        for (path, general) in [
            ("emails[0].email", "emails[].email"),
            ("custom.cf_1[12]", "custom.cf_1[]"),
            ("custom[Size [m]]", "custom[Size [m]]"),
            ("a[0][1]", "a[][]"),
            ("name", "name"),
        ] {
            assert_eq!(without_numbers(path), general);
        }
        let key = |path| custom(path).and_then(ledger::custom_key);
        assert_eq!(key("custom.cf_1[]"), Some("cf_1"));
        assert_eq!(key("custom[Size [m]]"), Some("Size [m]"));
        assert_eq!(key("name"), None);
    }
}
