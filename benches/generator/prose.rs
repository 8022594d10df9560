//! A pool of paragraphs, each kept as plain text, as quoted text and as HTML, escaped in advance.
//!
//! Bodies are most bytes of an export; putting them together from prepared pieces is what makes
//! the generator fast. The pool depends on the seed alone, never on a lead.

use super::chance::{Chance, Stream};
use super::json::Fragment;

/// Paragraphs in the pool: more than gzip's window holds, so that compression stays realistic.
const PARAGRAPHS: usize = 1_500;

/// Openings, middles and ends of sentences, by language.
const SENTENCES: &[[&[&str]; 3]] = &[
    [
        &[
            "Thanks for the call this morning,",
            "As discussed with your team,",
            "I had another look at the numbers and",
            "Just following up:",
            "Between us,",
            "Good news –",
            "To be honest,",
            "Before the end of the quarter",
            "If I understood you correctly,",
            "\"No later than Friday\" was the message, so",
        ],
        &[
            "the offer still stands at 12 seats",
            "we can move the kick-off to week 42",
            "our legal people want to see the DPA (v2.1) first",
            "the import of the old list < 5,000 rows works",
            "the budget is somewhere between 10 & 15k",
            "I'd love to show you the dashboard",
            "the two sites share one account",
            "there is no way around the security review",
            "the pilot went better than expected 🎉",
            "the folder is under C:\\exports\\2023",
        ],
        &[
            "and I will send the updated proposal tomorrow.",
            "unless your colleagues see it differently.",
            "– does 3 pm work for you?",
            "so please have a look at https://docs.example.com/offer?id=7&v=2 when you find the time.",
            "which is why I put everybody in copy.",
            "and that is all I know for now :-)",
            "but the price per user stays the same ($49/month).",
            "as long as nobody objects <3",
            "(see the attachment, page 4).",
            "and we would start with *one* team.",
        ],
    ],
    [
        &[
            "Vielen Dank für das nette Gespräch,",
            "Wie gestern am Telefon besprochen:",
            "Leider muss ich Ihnen mitteilen,",
            "Nach Rücksprache mit der Geschäftsführung",
            "Kurze Rückfrage:",
            "Für die Übergabe gilt:",
        ],
        &[
            "die Lieferung verzögert sich um zwei Wochen",
            "der Vertrag läuft noch bis zum 31.12.",
            "wir benötigen größere Stückzahlen als geplant",
            "die Straße vor dem Büro ist gesperrt",
            "der Preis von 1.299,00 € ist für uns in Ordnung",
            "Herr Größer übernimmt ab nächster Woche",
        ],
        &[
            "und freue mich auf Ihre Rückmeldung.",
            "– können wir das am Dienstag klären?",
            "damit wir vor Ostern fertig werden.",
            "was natürlich „ärgerlich“ ist.",
            "bitte berücksichtigen Sie das im Angebot.",
            "und verbleibe mit freundlichen Grüßen.",
        ],
    ],
    [
        &["Merci pour votre retour,", "Comme convenu hier,", "À ce stade,", "N'hésitez pas :"],
        &[
            "le devis est prêt",
            "nous préférons démarrer en février",
            "l'équipe a été très intéressée par la démo",
            "il manque encore la signature",
        ],
        &[
            "et je vous l'envoie dès demain.",
            "à condition que le délai soit respecté.",
            "ça vous convient ?",
            "bien évidemment.",
        ],
    ],
    [
        &["お世話になっております。", "先日のお打ち合わせの件、", "您好,"],
        &["お見積書を添付いたします", "来週の火曜日はいかがでしょうか", "合同已经准备好了"],
        &["。よろしくお願いいたします。", "。ご確認ください。", "。谢谢 🙏"],
    ],
];

/// How often a paragraph is in each of [`SENTENCES`]' languages.
const LANGUAGES: &[u64] = &[60, 28, 8, 4];

/// One paragraph in the forms that bodies need. Each ends in its own line break or closing tag.
#[derive(Default)]
pub struct Paragraph {
    /// Plain text, ends in a blank line.
    pub text: Fragment,
    /// Plain text, each line behind `> `.
    pub quoted: Fragment,
    /// `<p>`, `<ul>` or nested `<div>`s as mail programs write them.
    pub html: Fragment,
    /// One line without markup, for chats and subjects.
    pub line: Fragment,
}

/// The paragraphs.
pub struct Prose {
    paragraphs: Vec<Paragraph>,
    empty: Paragraph,
}

impl Prose {
    /// Writes the pool of `seed`.
    pub fn new(seed: u64) -> Self {
        let chance = |number| Chance::new(seed, Stream::Prose, number);
        let paragraphs = (0..PARAGRAPHS as u64).map(|n| paragraph(&mut chance(n))).collect();
        Self { paragraphs, empty: Paragraph::default() }
    }

    /// Chooses `count` paragraphs, as a compact list that can be kept and quoted later.
    pub fn choose(chance: &mut Chance, count: u64) -> Vec<u16> {
        (0..count).map(|_| u16::try_from(chance.index(PARAGRAPHS)).unwrap_or(0)).collect()
    }

    /// The paragraph of a choice.
    pub fn get(&self, choice: u16) -> &Paragraph {
        self.paragraphs.get(usize::from(choice)).unwrap_or(&self.empty)
    }
}

fn sentence(chance: &mut Chance, language: usize) -> String {
    let parts = SENTENCES.get(language).map_or([[].as_slice(); 3], |parts| *parts);
    let glue = if language == 3 { "" } else { " " };
    parts.map(|part| chance.pick(part)).join(glue)
}

fn paragraph(chance: &mut Chance) -> Paragraph {
    let language = chance.weighted(LANGUAGES);
    let bullets = chance.percent(12);
    let count = if bullets { chance.between(3, 6) } else { chance.between(1, 5) };
    let sentences: Vec<String> = (0..count).map(|_| sentence(chance, language)).collect();
    let line = sentences.first().cloned().unwrap_or_default();
    let lines: Vec<String> = if bullets {
        sentences.iter().map(|sentence| format!("- {sentence}")).collect()
    } else {
        vec![sentences.join(" ")]
    };
    Paragraph {
        text: Fragment::new(&format!("{}\n\n", lines.join("\n"))),
        quoted: Fragment::new(&format!("> {}\n>\n", lines.join("\n> "))),
        html: Fragment::new(&html(chance, &sentences, bullets)),
        line: Fragment::new(&line),
    }
}

fn html(chance: &mut Chance, sentences: &[String], bullets: bool) -> String {
    let escaped: Vec<String> = sentences
        .iter()
        .map(|text| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"))
        .collect();
    if bullets {
        return format!("<ul><li>{}</li></ul>", escaped.join("</li><li>"));
    }
    match chance.below(5) {
        0 => format!(
            "<p class=\"MsoNormal\" style=\"margin:0cm;font-size:11.0pt;font-family:Calibri,sans-serif\">\
             <span lang=\"EN-US\" style=\"color:#1F497D;mso-fareast-language:EN-US\">{}<o:p></o:p></span></p>\r\n",
            escaped.join("&nbsp; ")
        ),
        1 => format!("<div dir=\"ltr\">{}<br></div><div><br></div>\n", escaped.join("<br>")),
        2 => format!("<p><b>{}</b></p>", escaped.join("</b> <i>and</i> <b>")),
        _ => format!("<p>{}</p>", escaped.join(" ")),
    }
}
