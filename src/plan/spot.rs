//! Which records a person is asked to compare by eye ([`crate::report::SpotCheck`]): chosen by a hash of their
//! ids, evenly over the Close types, so that every run, on any number of machines, asks for the same. It must not
//! look at what records say.

use super::{Place, Plan};
use crate::close::Kind;
use crate::survey::Map;
use crate::twenty::objects::Object;
use twox_hash::XxHash3_64;

/// Records a person is asked to compare.
pub const RECORDS: usize = 40;
/// Chosen anew, other records are asked for.
const SEED: u64 = 0x0c10_5e20;
/// So many times what is needed is looked at more closely, and some more: copies are counted as read, and not
/// every record has a row in this bundle.
const SPARE: (usize, usize) = (2, 12);

/// Close types whose records may have a row of their own, in the order of reports.
const KINDS: &[Kind] = &[
    Kind::Lead,
    Kind::Contact,
    Kind::Opportunity,
    Kind::Task,
    Kind::Note,
    Kind::Call,
    Kind::Email,
    Kind::Sms,
    Kind::WhatsAppMessage,
    Kind::Meeting,
    Kind::FormSubmission,
    Kind::CustomActivity,
    Kind::Comment,
    Kind::CustomObject,
];

/// See the module's head.
#[derive(Clone, Debug, Default)]
pub struct Spot {
    /// By kind: records with a rank below this are looked at.
    below: Vec<u64>,
}

impl Spot {
    /// For an export of which so many records were read.
    pub fn new(read: &Map<Kind, u64>) -> Self {
        let there: Vec<usize> =
            KINDS.iter().map(|kind| read.get(kind).copied().unwrap_or_default() as usize).collect();
        let mut below = vec![0; Kind::ALL.len()];
        for ((kind, all), share) in KINDS.iter().zip(&there).zip(shares(&there, RECORDS)) {
            let wanted = share * SPARE.0 + SPARE.1;
            below[*kind as usize] = match u64::MAX.checked_div(*all as u64) {
                Some(each) if wanted < *all => each.saturating_mul(wanted as u64),
                _ => u64::MAX,
            };
        }
        Self { below }
    }

    /// Whether a record is looked at more closely.
    #[inline]
    pub fn wants(&self, kind: Kind, id: &str) -> bool {
        self.below.get(kind as usize).is_some_and(|below| *below > 0 && rank(id) <= *below)
    }
}

/// Its place among the records of its type.
pub fn rank(id: &str) -> u64 {
    XxHash3_64::oneshot_with_seed(SEED, id.as_bytes())
}

/// A row that may be made of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowOf {
    /// The object it is a row of; `None` is any.
    pub place: Option<Place>,
    /// Its `Close Id`.
    pub id: String,
}

impl Plan {
    /// The rows that may be made of a record: its own and that of the note beside it; the company of a lead and
    /// the person that represents it; the person a contact became.
    pub fn rows_of(&self, id: &str) -> Vec<RowOf> {
        let person = Some(Place::Standard(Object::Person));
        if let Some(lead) = self.leads.get(id) {
            let company = Some(Place::Standard(Object::Company));
            let by = self.represented_by(id, lead).map(|id| (person, id));
            let of = self.company(lead).map(|id| (company, id));
            let rows = [of, by].into_iter().flatten();
            return rows.map(|(place, id)| RowOf { place, id: id.to_owned() }).collect();
        }
        if let Some(id) = self.person(id) {
            return vec![RowOf { place: person, id: id.to_owned() }];
        }
        [id.to_owned(), format!("{id}#note")].map(|id| RowOf { place: None, id }).into()
    }
}

/// How `wanted` are taken evenly from groups of these sizes; what one cannot give, the others do, the first of
/// them first.
pub fn shares(sizes: &[usize], wanted: usize) -> Vec<usize> {
    let mut shares = vec![0; sizes.len()];
    let mut left = wanted.min(sizes.iter().sum());
    while left > 0 {
        for (share, size) in shares.iter_mut().zip(sizes) {
            if *share < *size && left > 0 {
                *share += 1;
                left -= 1;
            }
        }
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn small_groups_are_taken_whole_and_large_ones_give_the_rest() {
        assert_eq!(shares(&[1, 100, 0, 3], 10), [1, 6, 0, 3]);
        assert_eq!(shares(&[2, 2], 10), [2, 2]);
        assert_eq!(shares(&[], 10), [0; 0]);
    }

    #[test]
    fn of_many_records_a_few_are_wanted_and_never_too_few() {
        let read: Map<Kind, u64> =
            [(Kind::Lead, 5), (Kind::Email, 1_000_000), (Kind::Created, 9)].into_iter().collect();
        let spot = Spot::new(&read);
        let emails = (0..1_000_000).filter(|n| spot.wants(Kind::Email, &format!("acti_{n}")));
        let emails = emails.count();
        assert!((RECORDS..=2 * RECORDS + 60).contains(&emails), "{emails}");
        assert!((0..5).all(|n| spot.wants(Kind::Lead, &format!("lead_{n}"))));
        assert!(!spot.wants(Kind::Created, "acti_1"));
        assert!(!Spot::default().wants(Kind::Lead, "lead_1"));
    }

    proptest! {
        #[test]
        fn shares_add_up(sizes in prop::collection::vec(0..50_usize, 0..20), wanted in 0..60_usize) {
            let shares = shares(&sizes, wanted);
            prop_assert_eq!(shares.iter().sum::<usize>(), wanted.min(sizes.iter().sum()));
            prop_assert!(shares.iter().zip(&sizes).all(|(share, size)| share <= size));
        }
    }
}
