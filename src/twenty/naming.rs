//! Names, labels and CSV headers of new fields (`twenty-api.md §4.1–4.2`, `twenty-observed.md
//! §E1`, `twenty-importer.md §2`). Must not create anything: it only finds what is free.
//!
//! Twenty itself accepts duplicate labels, but the importer matches columns by label without
//! regard to case and leaves equal ones unmatched; so a free label is one whose every header is
//! free, composite headers (`Emails / Primary Email`) included.

use super::text::{head, utf16_len};
use foldhash::fast::FixedState;
use hashbrown::{HashMap, HashSet};

/// Longest name and label.
const LONGEST: usize = 63;

/// Words a field or object cannot be called, sorted: Twenty's reserved list (observed on 2.21,
/// and what other versions add), the keywords of its filters, and names JavaScript objects have.
#[rustfmt::skip]
const RESERVED: &[&str] = &[
    "address", "addresses", "aggregate", "aggregates", "and", "appToken", "appTokens",
    "approvedAccessDomain", "approvedAccessDomains", "billingCustomer", "billingCustomers",
    "billingEntitlement", "billingEntitlements", "billingMeter", "billingMeters",
    "billingProduct", "billingProducts", "billingSubscription", "billingSubscriptionItem",
    "billingSubscriptionItems", "billingSubscriptions", "constructor", "currencies", "currency",
    "event", "events", "featureFlag", "featureFlags", "field", "fields", "fullName", "fullNames",
    "hasOwnProperty", "index", "indexes", "job", "jobs", "keyValuePair", "keyValuePairs", "link",
    "links", "not", "object", "objects", "or", "pageLayout", "pageLayoutTab", "pageLayoutTabs",
    "pageLayoutWidget", "pageLayoutWidgets", "pageLayouts", "plan", "plans", "postgresCredential",
    "postgresCredentials", "prototype", "relation", "relations", "role", "roles", "search",
    "searches", "toString", "twoFactorMethod", "twoFactorMethods", "type", "types", "user",
    "userWorkspace", "userWorkspaceRole", "userWorkspaceRoles", "userWorkspaces", "users",
    "valueOf", "workspace", "workspaces",
];

/// Fields every object has: name and label.
const SYSTEM_FIELDS: &[(&str, &str, Kind)] = &[
    ("id", "Id", Kind::Plain),
    ("createdAt", "Creation date", Kind::Plain),
    ("updatedAt", "Last update", Kind::Plain),
    ("deletedAt", "Deleted at", Kind::Plain),
    ("createdBy", "Created by", Kind::Actor),
    ("updatedBy", "Updated by", Kind::Actor),
    ("position", "Position", Kind::Plain),
    ("searchVector", "Search vector", Kind::Plain),
    ("attachments", "Attachments", Kind::Plain),
    ("favorites", "Favorites", Kind::Plain),
    ("timelineActivities", "Timeline Activities", Kind::Plain),
    ("noteTargets", "Notes", Kind::Plain),
    ("taskTargets", "Tasks", Kind::Plain),
];

/// What a field type takes besides its own name and label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One column.
    Plain,
    /// Many-to-one: the join column `<name>Id`, and one header for each unique key of the target.
    Relation,
    /// `FULL_NAME`.
    FullName,
    /// EMAILS.
    Emails,
    /// PHONES.
    Phones,
    /// LINKS.
    Links,
    /// ADDRESS.
    Address,
    /// CURRENCY.
    Currency,
    /// `RICH_TEXT`.
    RichText,
    /// ACTOR; never offered by the importer.
    Actor,
}

impl Kind {
    /// (name of the sub-field, its header label or `""`), from `twenty-importer.md §2.2` and
    /// `twenty-api.md §3.5`.
    const fn parts(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Plain => &[],
            Self::Relation => &[
                ("Id", "Id"),
                ("", "Close Id"),
                ("", "User Email"),
                ("", "Domain Name / Link URL"),
                ("", "Emails / Primary Email"),
            ],
            Self::FullName => &[("FirstName", "First Name"), ("LastName", "Last Name")],
            Self::Emails => {
                &[("PrimaryEmail", "Primary Email"), ("AdditionalEmails", "Additional Emails")]
            }
            Self::Phones => &[
                ("PrimaryPhoneNumber", "Primary Phone Number"),
                ("PrimaryPhoneCountryCode", "Primary Phone Country Code"),
                ("PrimaryPhoneCallingCode", "Primary Phone Calling Code"),
                ("AdditionalPhones", "Additional Phones"),
            ],
            Self::Links => &[
                ("PrimaryLinkUrl", "Link URL"),
                ("PrimaryLinkLabel", "Link Label"),
                ("SecondaryLinks", "Secondary Links"),
            ],
            Self::Address => &[
                ("AddressStreet1", "Address 1"),
                ("AddressStreet2", "Address 2"),
                ("AddressCity", "City"),
                ("AddressState", "State"),
                ("AddressCountry", "Country"),
                ("AddressPostcode", "Post Code"),
                ("AddressLat", "Latitude"),
                ("AddressLng", "Longitude"),
            ],
            Self::Currency => &[("AmountMicros", "Amount"), ("CurrencyCode", "Currency")],
            Self::RichText => &[("Blocknote", "BlockNote"), ("Markdown", "Markdown")],
            Self::Actor => {
                &[("Source", ""), ("WorkspaceMemberId", ""), ("Name", ""), ("Context", "")]
            }
        }
    }
}

/// A name for a field, from its label: `camelCase` of ASCII letters and digits,
/// `^[a-z][A-Za-z0-9]*$`, at most 63 characters, no reserved word.
///
/// Other scripts are transliterated; a leading digit gets `field` before it, a reserved word
/// `Field` behind it, and a label without letters is just `field`.
#[must_use]
pub fn field_name(label: &str) -> String {
    let mut name = camel_case(label);
    if is_reserved(&name) {
        name.push_str("Field");
    }
    name
}

/// The letters of a label as a name, reserved or not: what Twenty makes of a label where it makes the
/// name itself.
fn camel_case(label: &str) -> String {
    // The head holds far more letters than a name can have.
    let ascii = deunicode::deunicode(head(label, LONGEST * 4));
    let mut name = String::with_capacity(LONGEST + 5);
    for word in words(&ascii) {
        if name.len() >= LONGEST {
            break;
        }
        let mut letters = word.chars();
        let Some(first) = letters.next() else { continue };
        if name.is_empty() {
            if first.is_ascii_digit() {
                name.push_str("field");
            }
            name.push(first.to_ascii_lowercase());
        } else {
            name.push(first.to_ascii_uppercase());
        }
        // A word in capitals (`ID`, `URL`) becomes `Id`, `Url`; mixed case (`iPhone`) is kept.
        let capitals = !word.bytes().any(|b| b.is_ascii_lowercase());
        letters.for_each(|c| name.push(if capitals { c.to_ascii_lowercase() } else { c }));
    }
    if name.is_empty() {
        name.push_str("field");
    }
    name.truncate(LONGEST);
    name
}

/// Whether Twenty keeps this name for itself.
#[must_use]
pub fn is_reserved(name: &str) -> bool {
    RESERVED.binary_search(&name).is_ok()
}

/// A label as Twenty and the importer take it: one line, trimmed, not empty, at most 63
/// characters.
#[must_use]
pub fn field_label(label: &str) -> String {
    // The importer takes marks like these off the front of a header.
    let dull = |c: char| c.is_whitespace() || matches!(c, '\u{200D}' | '\u{FEFF}');
    let short = head(label.trim_matches(dull), LONGEST * 8);
    let line: String =
        short.chars().map(|c| if c.is_control() || c.is_whitespace() { ' ' } else { c }).collect();
    let words: Vec<_> = line.split(' ').filter(|w| !w.is_empty()).collect();
    let label = words.join(" ");
    let label = head(&label, LONGEST).trim_end();
    if label.is_empty() { "Field".to_owned() } else { label.to_owned() }
}

fn words(ascii: &str) -> impl Iterator<Item = &str> {
    // An apostrophe does not part a word: `Customer's` is `customers`.
    ascii.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty())
}

/// What is taken on one object: field names with the columns they flatten to, and headers.
#[derive(Clone, Debug)]
pub struct Names {
    fields: HashSet<String, FixedState>,
    headers: HashSet<String, FixedState>,
    /// Stem → the last number tried for it.
    counters: HashMap<String, u32, FixedState>,
}

impl Default for Names {
    fn default() -> Self {
        Self::new()
    }
}

impl Names {
    /// An object with the fields every object has.
    #[must_use]
    pub fn new() -> Self {
        let mut names = Self {
            fields: HashSet::default(),
            headers: HashSet::default(),
            counters: HashMap::default(),
        };
        for (name, label, kind) in SYSTEM_FIELDS {
            names.reserve(name, label, *kind);
        }
        names
    }

    /// Marks a field that exists (standard or custom) as taken, with all it flattens to.
    pub fn reserve(&mut self, name: &str, label: &str, kind: Kind) {
        self.fields.insert(name.to_owned());
        self.headers.insert(key(label));
        for (part, header) in kind.parts() {
            if !part.is_empty() {
                self.fields.insert(format!("{name}{part}"));
            }
            if !header.is_empty() {
                self.headers.insert(key(&format!("{label} / {header}")));
            }
        }
    }

    /// A free (name, label) for a new field, which is then taken. A label that is not free gets
    /// `suffix` in brackets, then numbers; a name that is not free gets the suffix, then numbers.
    /// The same calls in the same order give the same answers.
    pub fn take(&mut self, label: &str, suffix: &str, kind: Kind) -> (String, String) {
        let wanted = field_label(label);
        let label = self.pick(&wanted, suffix, label_with, |names, l| names.label_is_free(l, kind));
        let stem = field_name(&wanted);
        let name = self.pick(&stem, suffix, name_with, |names, n| names.name_is_free(n, kind));
        self.reserve(&name, &label, kind);
        (name, label)
    }

    /// A free label for the far side of a relation, whose name Twenty makes of it: what it makes is free,
    /// and no reserved word, too (`twenty-api.md` §4.5). Both are taken then.
    pub fn take_far(&mut self, label: &str, suffix: &str) -> String {
        let kind = Kind::Plain;
        let free = |names: &Self, label: &str| {
            names.label_is_free(label, kind) && names.name_is_free(&camel_case(label), kind)
        };
        let label = self.pick(&field_label(label), suffix, label_with, free);
        self.reserve(&camel_case(&label), &label, kind);
        label
    }

    /// A free label for a new field whose name is settled, both of which are then taken.
    pub fn take_label(&mut self, name: &str, label: &str, suffix: &str, kind: Kind) -> String {
        let wanted = field_label(label);
        let label = self.pick(&wanted, suffix, label_with, |names, l| names.label_is_free(l, kind));
        self.reserve(name, &label, kind);
        label
    }

    /// The stem if it is free, else with the suffix, else with numbers from 2 on.
    fn pick(
        &mut self,
        stem: &str,
        suffix: &str,
        with: fn(&str, &str) -> String,
        is_free: impl Fn(&Self, &str) -> bool,
    ) -> String {
        if is_free(self, stem) {
            return stem.to_owned();
        }
        let mut base = stem.to_owned();
        if !suffix.trim().is_empty() {
            base = with(stem, suffix);
            if is_free(self, &base) {
                return base;
            }
        }
        // Stems that differ only in what a number would cut off share their numbers, so that many
        // alike labels stay cheap.
        let family = head(&base, LONGEST - 14).to_owned();
        let mut number = self.counters.get(&family).copied().unwrap_or(1);
        loop {
            number = number.saturating_add(1);
            let candidate = with(&base, &number.to_string());
            if is_free(self, &candidate) || number == u32::MAX {
                self.counters.insert(family, number);
                return candidate;
            }
        }
    }

    /// Whether a field name, and all columns it flattens to, are free.
    #[must_use]
    pub fn name_is_free(&self, name: &str, kind: Kind) -> bool {
        let parts = || kind.parts().iter().filter(|(part, _)| !part.is_empty());
        !is_reserved(name)
            && !self.fields.contains(name)
            && !parts().any(|(part, _)| self.fields.contains(format!("{name}{part}").as_str()))
    }

    /// Whether a label, and all headers it leads to, are free.
    #[must_use]
    pub fn label_is_free(&self, label: &str, kind: Kind) -> bool {
        let taken = |header: &str| self.headers.contains(key(header).as_str());
        let parts = || kind.parts().iter().filter(|(_, header)| !header.is_empty());
        !taken(label) && !parts().any(|(_, header)| taken(&format!("{label} / {header}")))
    }
}

/// Headers are compared trimmed and without case, as the importer's matcher does; blanks around a
/// slash are evened out because it hardly sees them.
fn key(header: &str) -> String {
    let parts: Vec<_> = header.split('/').map(str::trim).collect();
    parts.join("/").to_lowercase()
}

/// The labels [`Names::take`] tries for a field, in its order, without end.
pub fn labels(label: &str, suffix: &str) -> impl Iterator<Item = String> + use<> {
    let wanted = field_label(label);
    let base = if suffix.trim().is_empty() { wanted.clone() } else { label_with(&wanted, suffix) };
    let numbered = base.clone();
    let numbers = (2_u32..).map(move |n| label_with(&numbered, &n.to_string()));
    [wanted, base].into_iter().chain(numbers)
}

fn label_with(stem: &str, tail: &str) -> String {
    let tail = field_label(tail);
    let tail = format!(" ({})", head(&tail, LONGEST / 2));
    format!("{}{tail}", head(stem, LONGEST - utf16_len(&tail)).trim_end())
}

fn name_with(stem: &str, tail: &str) -> String {
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters
            .next()
            .map_or(String::new(), |c| c.to_ascii_uppercase().to_string() + letters.as_str())
    };
    let tail: String = words(&deunicode::deunicode(head(tail, LONGEST))).map(capital).collect();
    let tail = head(&tail, LONGEST / 2);
    format!("{}{tail}", head(stem, LONGEST - tail.len()))
}

#[cfg(test)]
#[path = "naming_tests.rs"]
mod tests;
