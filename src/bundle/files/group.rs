//! The references of one record, seen together: the same file told of twice is one reference. It must not
//! depend on the order they come in.

use crate::plan::files::{Role, folded};
use crate::transform::Reference;

/// Further records that are named as referring to a file.
const MAX_REFERS: usize = 50;
/// References of one record that are held in memory; more than any record of Close can have.
const MAX_GROUP: usize = 5_000;

/// A reference with the records that refer to it.
pub(super) type Entry = (Reference, Vec<String>);

/// Adds a reference, which comes behind all with a smaller key. True when so many are together that they
/// have to be written first.
pub(super) fn add(group: &mut Vec<Entry>, reference: Reference) -> bool {
    let record = reference.record.clone();
    if let Some((last, refers)) = group.last_mut().filter(|(last, _)| last.key == reference.key) {
        if better(&reference, last) {
            *last = reference;
        }
        refers.push(record);
        if refers.len() > 2 * MAX_REFERS {
            shorten(refers);
        }
        return false;
    }
    group.push((reference, vec![record]));
    group.len() > MAX_GROUP
}

/// One reference for each file, in the order of keys, each with all records that refer to it.
pub(super) fn settled(mut all: Vec<Entry>) -> Vec<Entry> {
    of_leads(&mut all);
    all.iter_mut().for_each(|(_, refers)| shorten(refers));
    all
}

fn shorten(refers: &mut Vec<String>) {
    refers.sort_unstable();
    refers.dedup();
    refers.truncate(MAX_REFERS);
}

/// The record's own word stands before that of others, then the smaller one: the same in every order.
fn better(new: &Reference, known: &Reference) -> bool {
    (!new.own, new) < (!known.own, known)
}

/// A lead's list of files names files of activities again: by name and size they are the activity's.
fn of_leads(all: &mut Vec<Entry>) {
    let (listed, mut own): (Vec<_>, Vec<_>) = std::mem::take(all)
        .into_iter()
        .partition(|(one, _)| one.role == Some(Role::Leadfile) && !one.own);
    let mut left = Vec::new();
    for (reference, refers) in listed {
        let name = folded(&reference.name);
        let same = |other: &Reference| {
            let sizes = other.size.zip(reference.size);
            sizes.is_none_or(|(a, b)| a == b) && folded(&other.name) == name
        };
        let mut fitting = own.iter_mut().filter(|(other, _)| same(other));
        match (fitting.next(), fitting.next()) {
            (Some((other, known)), None) => {
                if other.file.is_none() && reference.file.is_some() {
                    other.file = reference.file;
                    other.how = reference.how;
                    other.why.clone_from(&reference.why);
                    other.detail.clone_from(&reference.detail);
                    other.sha256.clone_from(&reference.sha256);
                }
                known.extend(refers);
            }
            _ => left.push((reference, refers)),
        }
    }
    own.extend(left);
    own.sort_by(|(a, _), (b, _)| a.key.cmp(&b.key));
    *all = own;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reference(key: &str, record: &str, own: bool, name: &str, size: Option<u64>) -> Reference {
        let (key, record, name) = (key.into(), record.into(), name.into());
        let role = Some(if own { Role::Attachment } else { Role::Leadfile });
        Reference { key, own, record, name, size, role, ..Reference::default() }
    }

    fn together(references: impl IntoIterator<Item = Reference>) -> Vec<Entry> {
        let mut group = Vec::new();
        for reference in references {
            assert!(!add(&mut group, reference));
        }
        settled(group)
    }

    #[test]
    fn a_file_told_of_twice_is_one() {
        let call = reference("acti_1/voicemail", "acti_1", true, "v", None);
        let noti = reference("acti_1/voicemail", "noti_9", false, "v", None);
        for order in [[call.clone(), noti.clone()], [noti, call.clone()]] {
            let found = together(order);
            assert_eq!(found, [(call.clone(), vec!["acti_1".to_owned(), "noti_9".to_owned()])]);
        }
    }

    #[test]
    fn a_leads_list_names_files_of_activities_again() {
        let own = reference("acti_1/t", "acti_1", true, "Offer.pdf", Some(7));
        let file = Some(3);
        let same = Reference {
            file,
            ..reference("acti_1/~leadfile_1", "leadfile_1", false, "offer.pdf", Some(7))
        };
        let other = reference("acti_1/~leadfile_2", "leadfile_2", false, "offer.pdf", Some(8));
        let found = together([own, same, other]);
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].0.file, found[0].1.len()), (file, 2));
        assert_eq!(found[1].0.record, "leadfile_2");
    }
}
