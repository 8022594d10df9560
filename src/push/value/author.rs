//! Who made a record: the cell `closeCreatedBy` as the server's `createdBy` (`twenty-api.md` §3.3, `twenty-observed.md` E4).
//! It must not look members up: the caller knows them.

use serde_json::{Value, json};

/// The author of a record in Close.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Author {
    /// What is shown: the name, else the address, else the user's Close id. Never empty when read from a cell.
    pub name: String,
    /// The address in lower case, as members are known by.
    pub email: Option<String>,
}

impl Author {
    /// Reads `Name <address>`, a name or an address; nothing from an empty cell.
    pub fn read(cell: &str) -> Option<Self> {
        let cell = cell.trim();
        let address = |text: &str| text.contains('@') && !text.contains(char::is_whitespace);
        let parts = cell.strip_suffix('>').and_then(|rest| rest.rsplit_once('<'));
        let (name, email) = match parts.filter(|(_, email)| address(email)) {
            Some((name, email)) => (name.trim(), Some(email)),
            None => (cell, Some(cell).filter(|cell| address(cell))),
        };
        let name = if name.is_empty() { email.unwrap_or_default() } else { name };
        let email = email.map(str::to_lowercase);
        (!name.is_empty()).then(|| Self { name: name.to_owned(), email })
    }

    /// The value of `createdBy`, with the id of the member who is the author. Without a name there is none: the server would
    /// put the name of the API key there.
    pub fn created_by(&self, member: Option<&str>) -> Option<Value> {
        if self.name.trim().is_empty() {
            return None;
        }
        Some(match member {
            Some(id) => json!({"source": "IMPORT", "name": self.name, "workspaceMemberId": id}),
            None => json!({"source": "IMPORT", "name": self.name}),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_the_cell_is_read() {
        let cases = [
            ("", None),
            (" ", None),
            ("Una Petersen", Some(("Una Petersen", None))),
            ("Una Petersen <Una@Example.com>", Some(("Una Petersen", Some("una@example.com")))),
            ("<una@example.com>", Some(("una@example.com", Some("una@example.com")))),
            ("Una@example.com", Some(("Una@example.com", Some("una@example.com")))),
            ("user_una", Some(("user_una", None))),
            ("Una <of Kiel>", Some(("Una <of Kiel>", None))),
            ("Una @ Kiel", Some(("Una @ Kiel", None))),
            ("A <b> <c@example.com>", Some(("A <b>", Some("c@example.com")))),
        ];
        for (cell, expected) in cases {
            let author = Author::read(cell);
            let found = author.as_ref().map(|a| (a.name.as_str(), a.email.as_deref()));
            assert_eq!(found, expected, "{cell}");
        }
    }

    #[test]
    fn a_name_is_needed() {
        let author = Author { name: "Una".to_owned(), email: None };
        assert_eq!(author.created_by(None), Some(json!({"source": "IMPORT", "name": "Una"})));
        let with = json!({"source": "IMPORT", "name": "Una", "workspaceMemberId": "m1"});
        assert_eq!(author.created_by(Some("m1")), Some(with));
        assert_eq!(Author { name: " ".to_owned(), email: None }.created_by(Some("m1")), None);
    }
}
