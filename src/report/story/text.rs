//! The story for people, from the fate to the origin. It must not leave out what is in the story without saying how
//! much.

use super::{Cell, Row, Story};
use crate::event::excerpt;
use crate::report::table::number;
use std::fmt::Write as _;

pub(super) fn text(story: &Story) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "{}: {}", story.id, story.fate);
    if let Some(lead) = &story.lead {
        let _ = writeln!(out, "\nLead");
        let _ = writeln!(
            out,
            "  represented by {} {} ({})",
            lead.represented_by, lead.close_id, lead.evidence
        );
        let company = if lead.company.is_empty() { "none" } else { &lead.company };
        let _ = writeln!(out, "  company {company} ({})", lead.company_evidence);
    }
    for row in &story.rows {
        out.push_str(&one_row(row));
    }
    for step in &story.unchanged_in {
        let _ = writeln!(out, "\nUnchanged: step {step} of the older bundle has its row");
    }
    merges(story, &mut out);
    links(story, &mut out);
    files(story, &mut out);
    archive(story, &mut out);
    set_aside(story, &mut out);
    if let Some(owner) = &story.owner {
        let _ = writeln!(out, "\nUser (reports/owners.csv)");
        for (column, value) in owner.iter().filter(|(column, _)| *column != "close_id") {
            let _ = writeln!(out, "  {column}: {value}");
        }
    }
    for origin in &story.in_export {
        let _ = writeln!(
            out,
            "\nIn the export: {}, byte {}\n{}",
            origin.source, origin.offset, origin.record
        );
    }
    out
}

fn one_row(row: &Row) -> String {
    let Row { object, file, row: number, second_pass, cells } = row;
    let more = if *second_pass { ", second pass" } else { "" };
    let mut out = format!("\nRow {number} of {file} ({object}{more})\n");
    let width = cells.iter().map(|cell| cell.header.chars().count()).max().unwrap_or_default();
    for cell in cells {
        let _ = writeln!(out, "  {:<width$}  {}", cell.header, excerpt(&cell.value));
        for line in reasons(cell) {
            let _ = writeln!(out, "  {:<width$}    {line}", "");
        }
    }
    out
}

/// What fills a cell; without a path, why the field is there.
fn reasons(cell: &Cell) -> Vec<String> {
    if cell.from.is_empty() {
        return cell.why.iter().map(|why| format!("← {why}")).collect();
    }
    cell.from.iter().map(|from| format!("← {from}")).collect()
}

fn merges(story: &Story, out: &mut String) {
    if story.merges.is_empty() {
        return;
    }
    let _ = writeln!(out, "\nMerges (reports/merges.csv)");
    for merge in &story.merges {
        let (object, reason, decision) = (&merge.object, &merge.reason, &merge.decision);
        let _ = if merge.merged == story.id {
            writeln!(out, "  {object}: into {} ({reason}; {decision})", merge.survivor)
        } else {
            writeln!(out, "  {object}: has taken in {} ({reason}; {decision})", merge.merged)
        };
    }
}

fn links(story: &Story, out: &mut String) {
    let cells = || story.rows.iter().flat_map(|row| row.cells.iter().filter(|cell| cell.link));
    if cells().next().is_some() {
        let _ = writeln!(out, "\nLinks to");
        for cell in cells() {
            let _ = writeln!(out, "  {}: {}", cell.header, cell.value);
        }
    }
    if !story.named_by.is_empty() {
        let _ = writeln!(out, "\nNamed by");
        for one in &story.named_by {
            let more = (one.count as usize).saturating_sub(one.close_ids.len());
            let more =
                if more > 0 { format!(" and {} more", number(more as u64)) } else { String::new() };
            let count = number(one.count);
            let ids = one.close_ids.join(", ");
            let _ = writeln!(out, "  {count} × {} by {}: {ids}{more}", one.object, one.header);
        }
    }
}

fn files(story: &Story, out: &mut String) {
    if story.files.is_empty() {
        return;
    }
    let _ = writeln!(out, "\nFiles (files.csv)");
    for file in &story.files {
        let said = [file.code.as_str(), file.why.as_str(), file.path.as_str()];
        let said: Vec<&str> = said.into_iter().filter(|text| !text.is_empty()).collect();
        let _ = writeln!(out, "  {}: {} {}", file.name, file.status, said.join(" "));
    }
}

fn archive(story: &Story, out: &mut String) {
    if !story.archived.is_empty() {
        let _ = writeln!(out, "\nArchive");
    }
    for line in &story.archived {
        let whole = if line.whole { ", the record whole" } else { "" };
        let _ = writeln!(out, "  {}, line {}{whole}: {}", line.file, line.line, line.why);
        for (place, value) in &line.values {
            let _ = writeln!(out, "    {place}  {value}");
        }
    }
    if !story.archived_below.is_empty() {
        let _ = writeln!(out, "\nRecords that stood in it, in the archive");
        for (file, count) in &story.archived_below {
            let _ = writeln!(out, "  {file}: {}", number(*count));
        }
    }
}

fn set_aside(story: &Story, out: &mut String) {
    if story.set_aside.is_empty() {
        return;
    }
    let _ = writeln!(out, "\nSet aside, and remarks (reports/rejects.csv)");
    for line in &story.set_aside {
        let value = if line.value.is_empty() { String::new() } else { format!(": {}", line.value) };
        let _ = writeln!(out, "  {} {}{value}", line.code, line.path);
        let _ = writeln!(out, "    why: {}; {}", line.why, line.fix);
        let _ = writeln!(out, "    in the export: {}, byte {}", line.source, line.offset);
    }
}
