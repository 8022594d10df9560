//! Test only: a model of how Twenty 2.21 reads Markdown, as far as `twenty-observed.md` §E2 tells.
//!
//! It shows paragraphs as their text and marks everything it interprets (`⟦em⟧`, `⟦list⟧` …), so
//! that a text which was meant to be literal, and is not, cannot compare equal.

/// What a person sees: one string per block, lines separated by `\n`.
pub(in crate::twenty::markdown) fn visible(markdown: &str) -> Vec<String> {
    let lines: Vec<&str> = markdown.split('\n').collect();
    let mut blocks = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        if lines[at].trim().is_empty() {
            at += 1;
            continue;
        }
        if let Some(name) = block_name(&lines, at) {
            blocks.push(format!("⟦{name}⟧{}", lines[at]));
            at += 1;
            continue;
        }
        let mut text = lines[at].trim_start_matches(' ').to_owned();
        at += 1;
        while at < lines.len() && !lines[at].trim().is_empty() && block_name(&lines, at).is_none() {
            // A bare line break shows as a break and a blank.
            text.push_str("⟦soft⟧\n ");
            text.push_str(lines[at].trim_start_matches(' '));
            at += 1;
        }
        let mut shown = String::new();
        inline(&text.chars().collect::<Vec<_>>(), &mut shown);
        blocks.push(tidy(&shown));
    }
    blocks
}

/// The plain text as a person sees it: what [`visible`] must give for its Markdown.
pub(in crate::twenty::markdown) fn normalised(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' if chars.peek() == Some(&'\n') => {}
            '\n' | '\r' | '\u{B}' | '\u{C}' | '\u{85}' | '\u{2028}' | '\u{2029}' => {
                lines.push(String::new());
            }
            c if (c.is_control() && c != '\t') || c == '\u{FEFF}' => {}
            c => lines.last_mut().unwrap().push(c),
        }
    }
    let mut blocks: Vec<String> = Vec::new();
    let mut blank = 1;
    for line in lines {
        let line = line.trim_end();
        if super::escape::is_invisible(line) {
            blank += 1;
            continue;
        }
        let body = line.trim_start();
        let indent = line[..line.len() - body.len()].replace('\t', "    ").replace(' ', "\u{A0}");
        let line = format!("{indent}{}", body.replace('\t', "    "));
        if blank > 0 || blocks.is_empty() {
            if blank > 1 && !blocks.is_empty() {
                blocks.push("\n".to_owned());
            }
            blocks.push(line);
        } else {
            let last = blocks.last_mut().unwrap();
            last.push('\n');
            last.push_str(&line);
        }
        blank = 0;
    }
    blocks.iter().map(|block| tidy(block)).collect()
}

/// Without what nobody sees: zero-width guards and blanks at the ends of lines.
fn tidy(block: &str) -> String {
    let seen = block.replace('\u{200B}', "");
    seen.split('\n').map(str::trim_end).collect::<Vec<_>>().join("\n")
}

/// The construct that the line opens, if it is no paragraph.
fn block_name(lines: &[&str], at: usize) -> Option<&'static str> {
    let line = lines[at];
    let body = line.trim_start();
    let blank = |rest: &str| rest.chars().next().is_some_and(char::is_whitespace);
    let squeezed: String = body.split_whitespace().collect();
    let below = lines.get(at + 1).copied().unwrap_or_default().trim_end();
    if body.starts_with("```") || body.starts_with("~~~") {
        return Some("fence");
    }
    let level = body.len() - body.trim_start_matches('#').len();
    if (1..=6).contains(&level) && blank(&body[level..]) {
        return Some("heading");
    }
    if squeezed.len() >= 3 && ["-", "*", "_"].iter().any(|m| squeezed.replace(m, "").is_empty()) {
        return Some("rule");
    }
    if !below.is_empty() && below.chars().all(|c| c == '=') {
        return Some("setext");
    }
    if line.contains('|')
        && below.contains('|')
        && below.contains('-')
        && below.chars().all(|c| "|:- ".contains(c))
    {
        return Some("table");
    }
    if body.starts_with('>') {
        return Some("quote");
    }
    let digits = body.trim_start_matches(|c: char| c.is_ascii_digit());
    let marker = if digits.len() < body.len() {
        digits.strip_prefix(['.', ')'])
    } else {
        body.strip_prefix(['-', '+', '*'])
    };
    if marker.is_some_and(blank) {
        return Some("list");
    }
    if body.starts_with("<!") || body.starts_with("<?") || unclosed_block_tag(body) {
        return Some("html");
    }
    None
}

/// `<div` and its like at the start of a line open an HTML block, even without a `>`.
fn unclosed_block_tag(body: &str) -> bool {
    let Some(rest) = body.strip_prefix('<') else { return false };
    let rest = rest.strip_prefix('/').unwrap_or(rest);
    let name: String =
        rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    let tail = rest[name.len()..].chars().next().unwrap_or(' ');
    (tail.is_whitespace() || "/>".contains(tail))
        && ["div", "p", "li", "table", "h1"].contains(&&*name.to_lowercase())
}

fn inline(text: &[char], out: &mut String) {
    let mut at = 0;
    while at < text.len() {
        let c = text[at];
        let next = text.get(at + 1).copied();
        match c {
            '\\' if next.is_some_and(|c| "\\`*_{}[]()#+-.!~|>".contains(c)) => {
                out.extend(next);
                at += 2;
                continue;
            }
            '`' => {
                let width = text[at..].iter().take_while(|c| **c == '`').count();
                let mut end = at + width;
                while end < text.len() {
                    let run = text[end..].iter().take_while(|c| **c == '`').count();
                    if run == width {
                        break;
                    }
                    end += run.max(1);
                }
                if end < text.len() {
                    out.push_str("⟦code⟧");
                    out.extend(&text[at + width..end]);
                    at = end + width;
                    continue;
                }
            }
            '[' if link_follows(&text[at..]) => out.push_str("⟦link⟧"),
            '*' | '_' | '~' if delimits(text, at) => out.push_str("⟦em⟧"),
            '<' => {
                if let Some(end) = tag_end(text, at) {
                    let tag: String = text[at..end].iter().collect();
                    out.push_str(if tag == "<br>" { "\n" } else { "⟦tag⟧" });
                    at = end;
                    continue;
                }
            }
            '\u{200B}' => {
                at += 1;
                continue;
            }
            _ => {}
        }
        out.push(c);
        at += 1;
    }
}

/// Whether `text`, which starts at a `[`, reads `[…](…)` with balanced brackets.
fn link_follows(text: &[char]) -> bool {
    let close = |from: usize, open: char, shut: char| {
        let (mut depth, mut at) = (0, from);
        while at < text.len() {
            match text[at] {
                '\\' => at += 1,
                c if c == open => depth += 1,
                c if c == shut && depth == 1 => return Some(at),
                c if c == shut => depth -= 1,
                _ => {}
            }
            at += 1;
        }
        None
    };
    close(0, '[', ']')
        .is_some_and(|end| text.get(end + 1) == Some(&'(') && close(end + 1, '(', ')').is_some())
}

/// Whether the delimiter run at `at` is emphasis (or strike) that finds its end.
fn delimits(text: &[char], at: usize) -> bool {
    let c = text[at];
    let word = |c: Option<&char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || *c == '_');
    let run = text[at..].iter().take_while(|d| **d == c).count();
    (1..=run.min(3)).rev().any(|width| {
        if (c == '~') != (width == 2) && c == '~' {
            return false;
        }
        let before = at.checked_sub(1).and_then(|at| text.get(at));
        let after = text.get(at + width);
        if (c == '_' && word(before) && word(after)) || matches!(after, None | Some(' ' | '\t')) {
            return false;
        }
        let mut end = at + width;
        while end < text.len() {
            if text[end] == '\\' {
                end += 2;
                continue;
            }
            let closes = text[end..].iter().take_while(|d| **d == c).count() >= width;
            if closes && end > at + width && !matches!(text[end - 1], ' ' | '\t') {
                return true;
            }
            end += 1;
        }
        false
    })
}

/// End of the tag, comment or declaration that starts at `at`.
fn tag_end(text: &[char], at: usize) -> Option<usize> {
    let rest = text.get(at + 1..)?;
    let find = |needle: &[char]| {
        rest.windows(needle.len()).position(|w| w == needle).map(|p| at + 1 + p + needle.len())
    };
    match rest {
        ['!', '-', '-', ..] => return find(&['-', '-', '>']),
        ['!', c, ..] if c.is_ascii_alphabetic() || *c == '[' => return find(&['>']),
        ['?', ..] => return find(&['?', '>']),
        _ => {}
    }
    let mut end = usize::from(rest.first() == Some(&'/'));
    if !rest.get(end).is_some_and(char::is_ascii_alphabetic) {
        return None;
    }
    while rest.get(end).is_some_and(|c| c.is_ascii_alphanumeric() || *c == '-') {
        end += 1;
    }
    // Attributes: anything up to `>` that starts with a blank, quotes respected.
    let bare = rest.get(end).is_some_and(|c| *c == '>' || *c == '/');
    if !bare && !rest.get(end).is_some_and(|c| c.is_whitespace()) {
        return None;
    }
    let mut quote = None;
    while let Some(c) = rest.get(end) {
        match (quote, c) {
            (None, '>') => return Some(at + 1 + end + 1),
            (None, '<') => return None,
            (None, '"' | '\'') => quote = Some(*c),
            (Some(q), c) if q == *c => quote = None,
            _ => {}
        }
        end += 1;
    }
    None
}
