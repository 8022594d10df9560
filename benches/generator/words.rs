//! Word lists: invented names, places, companies. Data only.
//!
//! No real person, company domain or reachable phone number may enter: hosts end in `.example` or
//! are `example.org`, phone ranges are those the regulators keep free for fiction.

/// A name as written and as it goes into an address (`Jörg`, `joerg`).
pub type Spelt = (&'static str, &'static str);

/// A country with what an invented company there needs.
pub struct Country {
    /// ISO-2.
    pub code: &'static str,
    /// City, state, postal code.
    pub cities: &'static [(&'static str, &'static str, &'static str)],
    /// Street names; a house number is put before or behind them.
    pub streets: &'static [&'static str],
    /// Legal forms.
    pub forms: &'static [&'static str],
    /// Phone patterns, E.164; `#` is any digit. Kept free for fiction where the country has such
    /// ranges.
    pub phones: &'static [&'static str],
    /// Index into [`FIRST`] and [`LAST`].
    pub language: usize,
    /// Hours east of UTC for the senders' clocks.
    pub hours: u64,
}

/// Countries, the more frequent ones several times in [`COUNTRY_WEIGHTS`].
pub static COUNTRIES: [Country; 6] = [
    Country {
        code: "DE",
        cities: &[
            ("Berlin", "BE", "10115"),
            ("München", "BY", "80331"),
            ("Köln", "NW", "50667"),
            ("Düsseldorf", "NW", "40213"),
            ("Würzburg", "BY", "97070"),
        ],
        streets: &["Hauptstraße", "Lindenallee", "Am Südring", "Königsweg", "Gartenstr."],
        forms: &["GmbH", "AG", "GmbH & Co. KG", "UG (haftungsbeschränkt)", "e.K."],
        phones: &["+493023125###", "+494066969###", "+498999998###", "+496990009###"],
        language: 0,
        hours: 1,
    },
    Country {
        code: "US",
        cities: &[
            ("New York", "NY", "10001"),
            ("Austin", "TX", "78701"),
            ("Portland", "OR", "97201"),
            ("St. Paul", "MN", "55101"),
        ],
        streets: &["Main St", "Oak Avenue", "Elm Street, Suite #200", "Market St", "5th Ave"],
        forms: &["Inc.", "LLC", "Corp.", "Co."],
        phones: &["+121255501##", "+151255501##", "+150355501##", "+141555501##", "+130355501##"],
        language: 1,
        hours: 0,
    },
    Country {
        code: "GB",
        cities: &[
            ("London", "", "EC1A 1BB"),
            ("Leeds", "", "LS1 1UR"),
            ("Cardiff", "", "CF10 1EP"),
        ],
        streets: &["High Street", "Church Lane", "Victoria Road"],
        forms: &["Ltd", "PLC", "LLP"],
        phones: &["+442079460###", "+441134960###", "+441174960###", "+442920180###"],
        language: 1,
        hours: 0,
    },
    Country {
        code: "FR",
        cities: &[("Paris", "", "75001"), ("Besançon", "", "25000"), ("Nîmes", "", "30000")],
        streets: &["rue de l'Église", "avenue du Général", "place de la Mairie"],
        forms: &["SARL", "SAS", "S.A."],
        phones: &["+3319900####", "+3326191####", "+3335301####", "+3346571####"],
        language: 2,
        hours: 1,
    },
    Country {
        code: "AU",
        cities: &[("Sydney", "NSW", "2000"), ("Perth", "WA", "6000")],
        streets: &["George St", "Wattle Crescent"],
        forms: &["Pty Ltd", "Ltd"],
        phones: &["+6125550####", "+6135550####", "+6175550####", "+6127010####"],
        language: 1,
        hours: 9,
    },
    Country {
        code: "JP",
        cities: &[("東京都", "東京", "100-0001"), ("大阪市", "大阪", "530-0001")],
        streets: &["中央通り", "本町"],
        forms: &["株式会社", "合同会社"],
        // Japan keeps no range for fiction; these companies answer in the United States.
        phones: &["+164655501##", "+180855501##"],
        language: 3,
        hours: 9,
    },
];

/// How often a lead sits in each of [`COUNTRIES`].
pub const COUNTRY_WEIGHTS: &[u64] = &[38, 27, 13, 10, 6, 6];

/// First names by language.
pub const FIRST: &[&[Spelt]] = &[
    &[
        ("Jörg", "joerg"),
        ("Käthe", "kaethe"),
        ("Anna-Lena", "anna-lena"),
        ("Björn", "bjoern"),
        ("Sabine", "sabine"),
        ("Günther", "guenther"),
        ("Özlem", "oezlem"),
        ("Dr. Thomas", "thomas"),
        ("Mirjam", "mirjam"),
        ("Łukasz", "lukasz"),
    ],
    &[
        ("Mary", "mary"),
        ("John", "john"),
        ("Siobhán", "siobhan"),
        ("Priya", "priya"),
        ("José", "jose"),
        ("Emily", "emily"),
        ("D'Andre", "dandre"),
        ("William", "william"),
        ("Zoë", "zoe"),
        ("Mary Jane", "mary.jane"),
    ],
    &[
        ("Éloïse", "eloise"),
        ("François", "francois"),
        ("Zoé", "zoe"),
        ("Jean-Luc", "jean-luc"),
        ("Amélie", "amelie"),
        ("Noël", "noel"),
    ],
    &[("太郎", "taro"), ("花子", "hanako"), ("健", "ken"), ("美咲", "misaki"), ("伟", "wei")],
];

/// Last names by language.
pub const LAST: &[&[Spelt]] = &[
    &[
        ("Beispiel", "beispiel"),
        ("Mustermann", "mustermann"),
        ("Größer", "groesser"),
        ("von der Mühle", "vondermuehle"),
        ("Schönfeld", "schoenfeld"),
        ("Testhuber", "testhuber"),
        ("Köhler-Probe", "koehler-probe"),
        ("Weiß", "weiss"),
    ],
    &[
        ("Sample", "sample"),
        ("O'Sampleton", "osampleton"),
        ("Placeholder", "placeholder"),
        ("van Exampler", "vanexampler"),
        ("Testworth", "testworth"),
        ("McMockery", "mcmockery"),
        ("Specimen Jr.", "specimen"),
        ("Núñez-Muestra", "nunez-muestra"),
    ],
    &[("Exemple", "exemple"), ("de l'Essai", "delessai"), ("Échantillon", "echantillon")],
    &[("見本", "mihon"), ("例田", "reida"), ("試", "tameshi"), ("样", "yang")],
];

/// First word of a company name.
pub const BRANDS: &[Spelt] = &[
    ("Nordwind", "nordwind"),
    ("Blue Heron", "blue-heron"),
    ("Müller & Söhne", "mueller-soehne"),
    ("Quintessenz", "quintessenz"),
    ("Acorn", "acorn"),
    ("Öko", "oeko"),
    ("Papermill", "papermill"),
    ("Étoile", "etoile"),
    ("Sternberg", "sternberg"),
    ("Red\u{a0}Barn", "red-barn"),
    ("Lighthouse", "lighthouse"),
    ("さくら", "sakura"),
    ("Kupferkanne", "kupferkanne"),
    ("Northgate", "northgate"),
    ("Zwölf", "zwoelf"),
    ("The \"Real\" Fox", "real-fox"),
];

/// Second word of a company name.
pub const TRADES: &[Spelt] = &[
    ("Logistics", "logistics"),
    ("Maschinenbau", "maschinenbau"),
    ("Software", "software"),
    ("Bäckerei", "baeckerei"),
    ("Consulting", "consulting"),
    ("Energy", "energy"),
    ("Immobilien", "immobilien"),
    ("Médical", "medical"),
    ("Foods", "foods"),
    ("Design", "design"),
    ("Robotics", "robotics"),
    ("Versicherungsmakler", "versicherungsmakler"),
];

/// Job titles; the empty one is real, too.
pub const TITLES: &[&str] = &[
    "",
    "CEO",
    "Head of Sales",
    "Geschäftsführerin",
    "Einkauf",
    "head of procurement",
    "Owner",
    "VP, Operations & Logistics",
    "Directrice générale",
    "代表取締役",
    "Assistant to the CEO",
];
