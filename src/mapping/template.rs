//! Templates of names: text with placeholders in braces. It must not know where values come from.

/// What may stand in braces.
pub const PLACEHOLDERS: &[&str] =
    &["lead", "title", "note", "value", "status", "pipeline", "owner", "date_won"];

/// How opportunities are called when nobody says otherwise: the lead, and the first line of the note,
/// or the amount where there is no note.
pub const OPPORTUNITY: &str = "{lead} – {title}";

/// A part of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Text as it stands.
    Text(String),
    /// A value, by its position in [`PLACEHOLDERS`].
    Value(usize),
}

/// A parsed template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    text: String,
    parts: Vec<Part>,
}

impl Default for Template {
    fn default() -> Self {
        let part = |name: &str| Part::Value(number(name).unwrap_or_default());
        let parts = vec![part("lead"), Part::Text(" – ".to_owned()), part("title")];
        Self { text: OPPORTUNITY.to_owned(), parts }
    }
}

fn number(name: &str) -> Option<usize> {
    PLACEHOLDERS.iter().position(|known| *known == name)
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// The placeholder that is none, or what is wrong with the braces.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(open) = rest.find('{') {
            let (before, after) = rest.split_at(open);
            let Some((name, behind)) = after[1..].split_once('}') else {
                return Err("a { without its }".to_owned());
            };
            if !before.is_empty() {
                parts.push(Part::Text(before.to_owned()));
            }
            let at = number(name).ok_or_else(|| {
                let hint = super::nearest::nearest(name, PLACEHOLDERS.iter().copied());
                let hint =
                    hint.map_or_else(String::new, |near| format!(": did you mean {{{near}}}?"));
                format!("{{{name}}} is no placeholder{hint}")
            })?;
            parts.push(Part::Value(at));
            rest = behind;
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        if !parts.iter().any(|part| matches!(part, Part::Value(_))) {
            return Err("a name needs at least one placeholder".to_owned());
        }
        Ok(Self { text: text.to_owned(), parts })
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The name with its values. Text between values stands only where both sides have one, so that no
    /// dash and no bracket is left over.
    pub fn fill(&self, value: &dyn Fn(&str) -> String) -> String {
        let mut out = String::new();
        let mut open = Vec::new();
        let mut between = "";
        let mut skipped = false;
        for part in &self.parts {
            match part {
                Part::Text(text) => between = text,
                Part::Value(at) => {
                    let filled = PLACEHOLDERS.get(*at).map(|name| value(name)).unwrap_or_default();
                    if filled.is_empty() {
                        skipped |= out.is_empty();
                        continue;
                    }
                    if !out.is_empty() || !skipped {
                        push(&mut out, between, &mut open);
                    }
                    out.push_str(&filled);
                    between = "";
                }
            }
        }
        let closing = between.trim_end();
        if closing.starts_with([')', ']', '.', '!', '?']) && !out.is_empty() {
            push(&mut out, closing, &mut open);
        }
        out.extend(open.iter().rev());
        out
    }
}

/// Adds text of the template without brackets that close nothing; `open` holds what is to be closed.
fn push(out: &mut String, text: &str, open: &mut Vec<char>) {
    for sign in text.chars() {
        match sign {
            '(' => open.push(')'),
            '[' => open.push(']'),
            ')' | ']' if open.last() == Some(&sign) => {
                open.pop();
            }
            ')' | ']' => continue,
            _ => {}
        }
        out.push(sign);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(template: &str, lead: &str, title: &str) -> String {
        let value = |name: &str| match name {
            "lead" => lead.to_owned(),
            "title" => title.to_owned(),
            _ => String::new(),
        };
        Template::parse(template).unwrap().fill(&value)
    }

    #[test]
    fn text_between_values_goes_with_them() {
        assert_eq!(fill(OPPORTUNITY, "Acme", "Big deal"), "Acme – Big deal");
        assert_eq!(fill(OPPORTUNITY, "Acme", ""), "Acme");
        assert_eq!(fill(OPPORTUNITY, "", "Big deal"), "Big deal");
        assert_eq!(fill("{title} ({lead})", "Acme", "Deal"), "Deal (Acme)");
        assert_eq!(fill("Deal: {title}", "", "x"), "Deal: x");
        assert_eq!(fill("{lead} – {owner} – {title}", "Acme", "Deal"), "Acme – Deal");
        assert_eq!(fill("{lead} ({owner}) {title}", "Acme", "Deal"), "Acme Deal");
        assert_eq!(fill("{lead} ({owner}, {title})", "Acme", "Deal"), "Acme, Deal");
        assert_eq!(fill("{owner} ({lead}) {title}", "Acme", "Deal"), "Acme Deal");
        assert_eq!(fill("({lead} – {title})", "Acme", ""), "(Acme)");
        assert_eq!(fill("({lead} / {title} x)", "Acme", ""), "(Acme)");
        assert_eq!(Template::default(), Template::parse(OPPORTUNITY).unwrap());
    }

    #[test]
    fn wrong_templates_say_what_is_wrong() {
        assert!(Template::parse("{laed}").unwrap_err().contains("did you mean {lead}?"));
        assert!(Template::parse("{lead").unwrap_err().contains("without its }"));
        assert!(Template::parse("Deal").unwrap_err().contains("at least one"));
    }
}
