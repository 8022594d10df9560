//! The options of a select field: what of the target's a cell means. The bundle may have been made for another workspace,
//! which calls the same options otherwise. It must not add options.

use crate::push::live::LiveOption;

/// The options of one field.
#[derive(Clone, Debug, Default)]
pub(super) struct Options {
    /// The target's, as value and label.
    live: Vec<(String, String)>,
    /// The bundle's, as value and label.
    bundle: Vec<(String, String)>,
}

impl Options {
    pub(super) fn new(live: &[LiveOption]) -> Self {
        let live = live.iter().map(|option| (option.value.clone(), option.label.clone()));
        Self { live: live.collect(), bundle: Vec::new() }
    }

    /// Learns what the bundle calls its options.
    pub(super) fn learn<'o>(&mut self, options: impl Iterator<Item = (&'o str, &'o str)>) {
        self.bundle.extend(options.map(|(value, label)| (value.to_owned(), label.to_owned())));
    }

    /// The target's value for a cell: the cell itself, else by the label it is or has; by case only when nothing else fits.
    pub(super) fn value(&self, cell: &str) -> Option<&str> {
        let own = self.bundle.iter().find(|(value, _)| value == cell).map(|(_, label)| label);
        let by = |fits: &dyn Fn(&(String, String)) -> bool| self.live.iter().find(|one| fits(one));
        let found = by(&|(value, _)| value == cell)
            .or_else(|| by(&|(_, label)| label == cell))
            .or_else(|| by(&|(_, label)| own == Some(label)))
            .or_else(|| by(&|(_, label)| own.is_some_and(|own| alike(own, label))))
            .or_else(|| by(&|(_, label)| alike(cell, label)));
        found.map(|(value, _)| value.as_str())
    }
}

fn alike(a: &str, b: &str) -> bool {
    a.trim().to_lowercase() == b.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_means_the_target_s_option() {
        let live =
            [("WON", "Won"), ("CLOSED_LOST", "Lost"), ("X", "WON?")].map(|(value, label)| {
                let (value, label) = (value.to_owned(), label.to_owned());
                LiveOption { id: String::new(), value, label, color: String::new(), position: 0 }
            });
        let mut options = Options::new(&live);
        assert_eq!(options.value("LOST"), Some("CLOSED_LOST"), "only by case");
        assert_eq!(options.value("VERLOREN"), None);
        options.learn([("VERLOREN", "lost"), ("OPEN", "Open")].into_iter());
        let cases = [
            ("WON", Some("WON")),
            ("Won", Some("WON")),
            ("Lost", Some("CLOSED_LOST")),
            ("VERLOREN", Some("CLOSED_LOST")),
            ("WON?", Some("X")),
            ("OPEN", None),
            ("", None),
        ];
        for (cell, expected) in cases {
            assert_eq!(options.value(cell), expected, "{cell}");
        }
    }
}
