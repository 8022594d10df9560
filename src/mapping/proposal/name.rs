//! How alike two field names are: the words they share, weighed by what each says
//! (`words.rs`), against the words only one of them has. It must not look at types.

use super::words::{LONGEST, Meaning, Role, meaning, misspelt, singular, spelling, tokens};

/// A word only one of two names has costs more than one they share brings.
const LONELY: f64 = 2.0;
/// Words in brackets behind a name explain it more often than they change it; all together…
const IN_BRACKETS: f64 = 0.6;
/// … and those before it say whose field it is.
const BEFORE: f64 = 0.1;
/// The same letters with other spaces.
const SAME_LETTERS: f64 = 0.98;
/// Two unknown words are one misspelt if they are so much alike, and that long.
const SAME_WORD: (f64, usize) = (0.8, 5);

/// Parts of a compound have so many letters.
const SHORTEST_PART: usize = 4;

/// A field name, taken apart.
pub(super) struct Name {
    literal: String,
    /// What it says, with phrases understood as such and word by word.
    readings: [Vec<Piece>; 2],
}

/// How alike two names are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Alike {
    /// 0 to 1.
    pub score: f64,
    /// The same but for case and outer spaces.
    pub literal: bool,
    /// One of them tells of another aspect or number.
    pub besides: bool,
}

/// A phrase of a name.
#[derive(Clone, Debug)]
struct Piece {
    text: String,
    meaning: Meaning,
    weight: f64,
    place: Place,
}

impl Piece {
    /// What it costs when the other name does not have it.
    fn lonely(&self) -> f64 {
        let full = self.place == Place::Open && self.meaning.role.weight() >= 1.0;
        if full { self.weight * LONELY } else { self.weight }
    }
}

/// A word and where it stands.
struct Token {
    text: String,
    place: Place,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Open,
    Brackets,
    Before,
}

impl Name {
    pub(super) fn of(text: &str) -> Self {
        let tokens = placed(text);
        let readings = [read(&tokens, LONGEST), read(&tokens, 1)];
        Self { literal: text.trim().to_lowercase(), readings }
    }

    /// The best of all readings.
    pub(super) fn alike(&self, other: &Self) -> Alike {
        if self.literal == other.literal && !self.literal.is_empty() {
            return Alike { score: 1.0, literal: true, besides: false };
        }
        let mut best = Alike { score: 0.0, literal: false, besides: false };
        for ours in &self.readings {
            for theirs in &other.readings {
                let alike = compare(ours, theirs);
                let worth =
                    |a: &Alike| if a.besides { a.score.min(super::BESIDES) } else { a.score };
                if worth(&alike) > worth(&best) {
                    best = alike;
                }
            }
        }
        best
    }
}

/// The words with their places; numbering in front ("1. Industry") and "(s)" are left out.
fn placed(text: &str) -> Vec<Token> {
    let text = text.trim();
    // What CRMs hang on to the API names of custom fields.
    let text = without_numbering(text.strip_suffix("__c").unwrap_or(text)).replace("(s)", "s");
    let (mut out, mut run, mut depth, mut square) = (Vec::new(), String::new(), 0_u32, false);
    let flush = |run: &mut String, depth: u32, square: bool, out: &mut Vec<Token>| {
        let place = match (depth, square && out.iter().all(|t: &Token| t.place == Place::Before)) {
            (0, _) => Place::Open,
            (_, true) => Place::Before,
            _ => Place::Brackets,
        };
        out.extend(tokens(run).into_iter().map(|text| Token { text, place }));
        run.clear();
    };
    for sign in text.chars() {
        match sign {
            '(' | '[' | '{' => {
                flush(&mut run, depth, square, &mut out);
                depth += 1;
                square = sign != '(';
            }
            ')' | ']' | '}' => {
                flush(&mut run, depth, square, &mut out);
                depth = depth.saturating_sub(1);
            }
            _ => run.push(sign),
        }
    }
    flush(&mut run, depth, square, &mut out);
    if out.iter().all(|token| token.place != Place::Open) {
        out.iter_mut().for_each(|token| token.place = Place::Open);
    }
    out
}

/// `1. Industry`, `02) Industry`, `3 - Industry`: a place in a form, not part of the name.
fn without_numbering(text: &str) -> &str {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let after = rest.trim_start().strip_prefix(['.', ')', ':', '-', '–', '/']).map(str::trim_start);
    match after {
        Some(after) if rest.len() < text.len() && after.starts_with(char::is_alphabetic) => after,
        _ => text,
    }
}

/// Understands phrases of up to `longest` words, the longest first; words that say nothing and
/// words that repeat another are left out.
fn read(tokens: &[Token], longest: usize) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut rest = tokens;
    while let Some((first, mut tail)) = rest.split_first() {
        let mut found = None;
        for count in (1..=longest.min(rest.len())).rev() {
            let Some((phrase, behind)) = rest.split_at_checked(count) else { continue };
            if phrase.iter().any(|token| token.place != first.place) {
                continue;
            }
            let joined: String = phrase.iter().map(|token| token.text.as_str()).collect();
            if let Some(known) = meaning(&joined) {
                found = Some((joined, known.clone()));
                tail = behind;
                break;
            }
        }
        rest = tail;
        let said = found.map_or_else(|| unknown(&first.text), |known| vec![known]);
        for (text, meaning) in said {
            add(&mut pieces, text, meaning, first.place);
        }
    }
    let aside = |piece: &Piece| piece.place != Place::Open && piece.meaning.role == Role::Word;
    let many = pieces.iter().filter(|piece| aside(piece)).count().max(1) as f64;
    pieces.iter_mut().filter(|piece| aside(piece)).for_each(|piece| piece.weight /= many);
    pieces
}

fn add(pieces: &mut Vec<Piece>, text: String, meaning: Meaning, place: Place) {
    let weight = weight(meaning.role, place);
    let again = pieces.iter().any(|piece| {
        let same = piece.text == text || piece.meaning.common(&meaning) >= 1.0;
        meaning.role == Role::Word && same
    });
    if weight > 0.0 && !again {
        pieces.push(Piece { text, meaning, weight, place });
    }
}

/// What a word that is no phrase of the table says.
fn unknown(word: &str) -> Vec<(String, Meaning)> {
    if word.bytes().all(|b| b.is_ascii_digit()) {
        return vec![(word.trim_start_matches('0').to_owned(), Meaning::none(Role::Number))];
    }
    if let Some(parts) = compound(word) {
        return parts.into();
    }
    let meaning = misspelt(word).unwrap_or_else(|| Meaning::none(Role::Word));
    vec![(singular(word).to_owned(), meaning)]
}

/// Two known words written as one, as German and Dutch do (`firmen` + `webseite`), perhaps with
/// an `s` between; the longest second one.
fn compound(word: &str) -> Option<[(String, Meaning); 2]> {
    (SHORTEST_PART..word.len().saturating_sub(SHORTEST_PART - 1)).find_map(|at| {
        let (first, second) = word.split_at_checked(at)?;
        let head = meaning(first).or_else(|| meaning(first.strip_suffix('s')?))?;
        let tail = meaning(second)?;
        Some([(first.to_owned(), head.clone()), (second.to_owned(), tail.clone())])
    })
}

fn weight(role: Role, place: Place) -> f64 {
    match (role, place) {
        (Role::Aspect, _) | (_, Place::Open) => role.weight(),
        // Ranges, forms, units: `(0-100)`, `(y/n)`.
        (Role::Number | Role::Type, _) => 0.0,
        (role, Place::Brackets) => role.weight() * IN_BRACKETS,
        (role, Place::Before) => role.weight() * BEFORE,
    }
}

/// How alike two phrases are.
fn pair(a: &Piece, b: &Piece) -> f64 {
    if a.text == b.text {
        return 1.0;
    }
    let common = a.meaning.common(&b.meaning);
    if common > 0.0 {
        return common;
    }
    let (least, long) = SAME_WORD;
    let free =
        |p: &Piece| p.meaning.role == Role::Word && !p.meaning.is_known() && p.text.len() >= long;
    if free(a) && free(b) {
        let alike = spelling(&a.text, &b.text);
        return if alike >= least { alike * alike } else { 0.0 };
    }
    0.0
}

/// The weight of what both say, by the weight of all they say.
fn compare(ours: &[Piece], theirs: &[Piece]) -> Alike {
    let joined = |pieces: &[Piece]| pieces.iter().map(|p| p.text.as_str()).collect::<String>();
    let mut pairs = Vec::new();
    for (i, a) in ours.iter().enumerate() {
        let row = theirs.iter().enumerate().map(|(j, b)| (pair(a, b), i, j));
        pairs.extend(row.filter(|(alike, ..)| *alike > 0.0));
    }
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let mut left: (Vec<Option<&Piece>>, Vec<Option<&Piece>>) =
        (ours.iter().map(Some).collect(), theirs.iter().map(Some).collect());
    let (mut same, mut all) = (0.0, 0.0);
    for (alike, i, j) in pairs {
        let (Some(a), Some(b)) = (left.0.get_mut(i), left.1.get_mut(j)) else { continue };
        if let (Some(x), Some(y)) = (*a, *b) {
            let weight = f64::midpoint(x.weight, y.weight);
            same += weight * alike;
            all += weight;
            (*a, *b) = (None, None);
        }
    }
    let lonely = || left.0.iter().chain(&left.1).flatten();
    all += lonely().map(|piece| piece.lonely()).sum::<f64>();
    let besides = lonely().any(|p| matches!(p.meaning.role, Role::Aspect | Role::Number));
    let score = if all > 0.0 { same / all } else { 0.0 };
    if joined(ours) == joined(theirs) && !ours.is_empty() {
        return Alike { score: score.max(SAME_LETTERS), literal: false, besides: false };
    }
    Alike { score, literal: false, besides }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alike(a: &str, b: &str) -> f64 {
        let alike = Name::of(a).alike(&Name::of(b));
        if alike.besides { alike.score.min(super::super::BESIDES) } else { alike.score }
    }

    #[test]
    fn writing_does_not_matter() {
        let writings = [
            "[Ops] Fleet vehicle",
            "fleet_vehicle",
            "fleetVehicle:",
            "3) FLEET VEHICLES",
            "Fleet-vehicle(s)",
        ];
        for name in writings {
            assert!(alike(name, "Fleet Vehicle") > 0.9, "{name}: {}", alike(name, "Fleet Vehicle"));
        }
    }

    #[test]
    fn more_words_cost() {
        assert!(alike("Fleet", "Fleet Vehicle") <= 0.5);
        assert!(alike("Old fleet", "Fleet") <= 0.5);
        assert!(alike("Fleet 2", "Fleet 1") <= 0.5);
        assert!(alike("Fleet 2", "Fleet") <= 0.5);
        assert!(alike("Fleet (old)", "Fleet") <= 0.5);
        assert!(alike("Fleet (in %)", "Fleet") > 0.85);
        assert!(alike("Current fleet", "Fleet") > 0.8);
        assert!(alike("Fleet", "Vehicle") < 0.1);
    }

    #[test]
    fn a_misspelt_word_is_nearly_the_word() {
        let near = alike("Vehilce", "Vehicle");
        assert!(near > 0.6 && near < 0.8, "{near}");
    }

    #[test]
    fn compounds_are_taken_apart() {
        assert!(alike("Firmenbranche", "Industry") > 0.8);
        assert!(alike("Rechnungstelefon", "Phone") <= 0.5);
        assert!(compound("vehicle").is_none());
    }

    #[test]
    fn it_goes_both_ways() {
        for (a, b) in [("Old fleet", "Fleet size"), ("Stadt", "Billing city"), ("", "x")] {
            assert!((alike(a, b) - alike(b, a)).abs() < 1e-9);
        }
    }
}
