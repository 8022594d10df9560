//! Finds where an e-mail's own text ends and the quoted history begins.
//!
//! Best effort and only for those who ask for it: mail programs mark their quotations in many
//! ways and languages. It must never remove text between or below quotations: an answer written
//! there (interleaved or bottom posting) keeps the whole text.

/// Words that end the line a mail program writes above a quotation ("On … wrote:"), and the words
/// such a line begins with. Lower case.
const WROTE: &[(&str, &[&str])] = &[
    ("on ", &["wrote:"]),
    ("am ", &["schrieb:", "geschrieben:"]),
    ("le ", &["a écrit :", "a écrit:"]),
    ("el ", &["escribió:"]),
    ("il ", &["ha scritto:"]),
    ("op ", &["schreef:"]),
    ("em ", &["escreveu:"]),
    ("den ", &["skrev:"]),
];

/// Lines between dashes that announce the original message. Lower case.
const ORIGINAL: &[&str] = &[
    "original message",
    "original appointment",
    "ursprüngliche nachricht",
    "originalnachricht",
    "message d'origine",
    "mensaje original",
    "messaggio originale",
    "oorspronkelijk bericht",
];

/// First and later header names of Outlook's block above a quotation. Lower case.
const HEADERS: &[(&str, &[&str])] = &[
    ("from:", &["sent:", "date:", "to:"]),
    ("von:", &["gesendet:", "datum:", "an:"]),
    ("de :", &["envoyé :", "date :", "à :"]),
    ("de:", &["enviado:", "enviado el:", "envoyé:", "fecha:", "para:"]),
    ("da:", &["inviato:", "data:", "a:"]),
    ("van:", &["verzonden:", "datum:", "aan:"]),
];

/// A quotation's head is looked for in this many lines at once.
const HEAD_LINES: usize = 4;
/// Longer lines are text, not a quotation's head.
const HEAD_BYTES: usize = 400;

/// The beginning of `text` up to the quoted history of earlier messages: an "On … wrote:" line, an
/// "-----Original Message-----" line, a `From: … Sent: …` block (several languages each), or the
/// `>` lines at the end. All of `text` if there is none, if it is nothing but history, or if
/// something was written below the `>` lines.
#[must_use]
pub fn without_quoted_history(text: &str) -> &str {
    let tail = text.len() - without_quoted_tail(text).trim_end().len();
    let mut kept = text.len();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if opens_history(line, &text[at + line.len()..], tail) {
            kept = at;
            break;
        }
        at += line.len();
    }
    let own = without_quoted_tail(&text[..kept]);
    if own.trim().is_empty() { text } else { own }
}

/// Whether `line`, followed by `rest`, is the head of a quotation. The last `tail` bytes of `rest`
/// are `>` lines.
fn opens_history(line: &str, rest: &str, tail: usize) -> bool {
    let line = line.trim();
    // Cheap refusals first: most lines are text.
    if line.is_empty() || line.len() > HEAD_BYTES {
        return false;
    }
    let lower = line.to_lowercase();
    if line.starts_with('-') && line.ends_with('-') {
        return ORIGINAL.contains(&lower.trim_matches(['-', ' ']));
    }
    let bare = lower.trim_start_matches('*');
    if let Some((_, later)) = HEADERS.iter().find(|(first, _)| bare.starts_with(first)) {
        return rest.lines().take(HEAD_LINES).filter(|line| line.len() <= HEAD_BYTES).any(|line| {
            let line = line.trim().trim_start_matches('*').to_lowercase();
            later.iter().any(|name| line.starts_with(name))
        });
    }
    let Some((_, wrote)) = WROTE.iter().find(|(first, _)| lower.starts_with(first)) else {
        return false;
    };
    // The head holds a date or an address, and may be wrapped.
    let mut head = lower;
    let mut below = rest;
    for _ in 0..HEAD_LINES {
        let ends = wrote.iter().any(|word| head.ends_with(word))
            || (head.starts_with("am ") && head.ends_with(':') && head.contains(" schrieb "));
        if ends {
            return head.contains(|c: char| c.is_ascii_digit() || c == '@')
                && is_history(below, tail);
        }
        let Some((next, after)) = below.split_once('\n') else { return false };
        if next.trim().is_empty() || next.len() > HEAD_BYTES {
            return false;
        }
        head.push(' ');
        head.push_str(&next.trim().to_lowercase());
        below = after;
    }
    false
}

/// Whether what stands below a quotation's head is all history: nothing follows its `>` lines.
fn is_history(below: &str, tail: usize) -> bool {
    !below.trim_start().starts_with('>') || below.len() <= tail
}

/// `text` without the `>` lines at its end.
fn without_quoted_tail(text: &str) -> &str {
    let mut kept = text.trim_end();
    let mut found = false;
    loop {
        let start = kept.rfind('\n').map_or(0, |at| at + 1);
        if !kept[start..].trim_start().starts_with('>') {
            return if found { kept } else { text };
        }
        found = true;
        kept = kept[..start].trim_end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_own_text() {
        for (text, want) in [
            (
                "Thanks!\n\nOn Tue, 3 Jan 2023, Ada <ada@x.example> wrote:\n> a\n> b\n",
                "Thanks!\n\n",
            ),
            (
                "Thanks!\n\nOn Tue, 3 Jan 2023 at 10:00, Ada\n<ada@x.example> wrote:\n\na",
                "Thanks!\n\n",
            ),
            ("Danke\n\nAm 03.01.2023 um 10:00 schrieb Ada <ada@x.example>:\n> a", "Danke\n\n"),
            ("Merci\n\nLe 3 janv. 2023 à 10:00, Ada a écrit :\n> a", "Merci\n\n"),
            ("Hi\n-----Original Message-----\nFrom: Ada\n\na", "Hi\n"),
            ("Hi\n-----Ursprüngliche Nachricht-----\nVon: Ada", "Hi\n"),
            ("Hi\n\nFrom: Ada\nSent: Tuesday\nTo: Bob\nSubject: x\n\na", "Hi\n\n"),
            ("Hi\n\n*Von:* Ada\n*Gesendet:* Dienstag\n\na", "Hi\n\n"),
            ("Hi\r\n\r\nVon: Ada\r\nGesendet: Dienstag\r\n", "Hi\r\n\r\n"),
            ("Yes.\n\n> Shall we?\n> A\n", "Yes."),
        ] {
            assert_eq!(without_quoted_history(text), want, "{text:?}");
        }
    }

    #[test]
    fn keeps_everything_when_in_doubt() {
        for text in [
            "",
            "On the contrary, she wrote:\nno digits here",
            "> only a quotation",
            "> Shall we?\n\nYes.",
            "On 3 Jan 2023, Ada wrote:\n> Shall we?\n\nYes, below.",
            "From: the bottom of my heart\n\nThanks",
            "---\nsignature\n---",
            "On 3 January we meet.\n\nAda wrote:",
        ] {
            assert_eq!(without_quoted_history(text), text);
        }
    }

    #[test]
    fn hostile_texts_take_linear_time() {
        for part in [
            "on 1 ",
            "on 1\n",
            "from:\n",
            "> a\n",
            "\n",
            "on 1 wrote:\n> a\nb\n",
            "on 1 wrote:\n> a\n",
        ] {
            let text = part.repeat(400_000 / part.len());
            assert!(without_quoted_history(&text).len() <= text.len());
        }
    }
}
