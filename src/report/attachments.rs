//! What became of files, in the closing table and in the final check. It must not judge a file.

use super::table::{number, plural, size};
use crate::bundle::manifest::Attachments;
use crate::event::file as notice;
use std::fmt::Write as _;

/// The lines of the closing table; none when nothing refers to a file and none was found.
pub(super) fn text(files: &Attachments) -> String {
    let mut out = String::new();
    if files.referenced == 0 && !files.given {
        return out;
    }
    let [all, attached, missing, rejected] =
        [files.referenced, files.attached, files.missing, files.rejected].map(number);
    let _ = writeln!(
        out,
        "\nFiles the export refers to: {all} = {attached} attached + {missing} missing + {rejected} rejected"
    );
    if !files.given {
        let _ = writeln!(out, "  no folder of downloaded files was given (--attachments DIR)");
        return out;
    }
    let found = &files.found;
    let [all, attached, duplicate, unclaimed] =
        [found.files, found.attached, found.duplicate, found.unclaimed].map(number);
    let _ = writeln!(
        out,
        "Files found in the folder:  {all} = {attached} attached + {duplicate} duplicate + {unclaimed} unclaimed"
    );
    if files.in_bundle {
        let stored = &files.stored;
        let (n, bytes) = (plural(stored.files, "file", "files"), size(stored.bytes));
        let _ = writeln!(out, "  in the bundle: {n}, {bytes}");
    }
    if found.problems > 0 {
        let one = "folder, link or line of download lists was";
        let n = plural(found.problems, one, "folders, links or lines of download lists were");
        let _ = writeln!(out, "  {n} left out");
    }
    for (code, count) in &files.reasons {
        let Some(why) = notice::by_code(code) else { continue };
        let _ = writeln!(out, "  {:>9}  {code}  {}", number(*count), why.why);
    }
    if !files.reasons.is_empty() || found.problems > 0 {
        let _ = writeln!(out, "  each with what to do: reports/attachments.csv");
    }
    out
}

/// A folder was given, and files are not what they should be. Images that no list has cannot be helped.
pub(super) fn needs_a_person(files: &Attachments) -> bool {
    let idle = files.reasons.get(notice::UNLISTED_IMAGE.code).copied().unwrap_or_default();
    files.given && (files.missing > idle || files.rejected > 0 || files.found.problems > 0)
}

/// What does not add up.
pub(super) fn unaccounted(files: &Attachments) -> Vec<String> {
    let mut wrong = Vec::new();
    let (all, parts) = (files.referenced, [files.attached, files.missing, files.rejected]);
    if all != parts.iter().sum::<u64>() {
        let [attached, missing, rejected] = parts;
        wrong.push(format!(
            "files: {all} referenced, {attached} attached, {missing} missing, {rejected} rejected"
        ));
    }
    let (found, parts) = (&files.found, files.found);
    let parts = [parts.attached, parts.duplicate, parts.unclaimed];
    if found.files != parts.iter().sum::<u64>() {
        let [attached, duplicate, unclaimed] = parts;
        wrong.push(format!(
            "files: {} found, {attached} attached, {duplicate} duplicate, {unclaimed} unclaimed",
            found.files
        ));
    }
    let rows = files.index.as_ref().map_or(0, |index| index.rows);
    if rows + files.unchanged != files.referenced {
        let unchanged = files.unchanged;
        wrong.push(format!("files.csv: {all} referenced, {rows} written, {unchanged} unchanged"));
    }
    let roles: u64 = files.roles.values().sum();
    if roles != files.referenced {
        wrong.push(format!("files: {all} referenced, {roles} with a role"));
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bundle::manifest::FoundFiles;

    #[test]
    fn what_does_not_add_up_is_named() {
        let mut files =
            Attachments { referenced: 2, attached: 1, missing: 1, ..Attachments::default() };
        files.unchanged = 2;
        files.roles.insert("attachment".into(), 2);
        assert_eq!(unaccounted(&files), [""; 0]);
        files.found = FoundFiles { files: 1, ..FoundFiles::default() };
        files.rejected = 1;
        files.unchanged = 1;
        assert_eq!(unaccounted(&files).len(), 3);
    }
}
