//! The table of rules `check` knows: for each what Twenty would do, why, and what to do about it. Codes
//! are stable; a rule that goes leaves its code unused. It must not decide whether a rule is broken.

use serde::Serialize;

/// What Twenty would do with what breaks a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
pub enum Effect {
    /// Nothing of the file can be imported, or nothing as it was meant.
    #[serde(rename = "file refused")]
    FileRefused,
    /// The browser's importer marks the row, and leaves it out if told to go on.
    #[serde(rename = "row skipped")]
    RowSkipped,
    /// The browser takes the row, the server does not: its batch of 200 rows and all after it are lost.
    #[serde(rename = "batch lost")]
    BatchLost,
    /// The cell is left out without a word.
    #[serde(rename = "value dropped")]
    ValueDropped,
    /// Something else than what the cell says is stored, or shown.
    #[serde(rename = "value changed")]
    ValueChanged,
    /// The object, field or option cannot be made as the manifest says.
    #[serde(rename = "schema refused")]
    SchemaRefused,
    /// Twenty may take it, but the bundle is not what its manifest promises.
    #[serde(rename = "contract")]
    Contract,
}

impl Effect {
    /// All of them, the worst first.
    pub const ALL: [Self; 7] = [
        Self::FileRefused,
        Self::BatchLost,
        Self::SchemaRefused,
        Self::RowSkipped,
        Self::ValueDropped,
        Self::ValueChanged,
        Self::Contract,
    ];

    /// The word people read.
    pub const fn word(self) -> &'static str {
        match self {
            Self::FileRefused => "file refused",
            Self::RowSkipped => "row skipped",
            Self::BatchLost => "batch lost",
            Self::ValueDropped => "value dropped",
            Self::ValueChanged => "value changed",
            Self::SchemaRefused => "schema refused",
            Self::Contract => "contract",
        }
    }
}

/// One rule.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// Stable code, `C2T-K…`.
    pub code: &'static str,
    /// Short stable name.
    pub name: &'static str,
    /// What Twenty would do.
    pub effect: Effect,
    /// Why, in a few words.
    pub why: &'static str,
    /// What to do.
    pub fix: &'static str,
    /// Where the fact stands: `I` Twenty's CSV importer, `A` its API, `O` observed on a running 2.21, `B` the
    /// bundle's own contract (docs/bundle.md).
    pub fact: &'static str,
}

macro_rules! rules {
    ($($id:ident $code:literal $name:literal $effect:ident $why:literal, $fix:literal, $fact:literal;)*) => {
        $(
            #[doc = concat!("`", $name, "`: ", $why, ".")]
            pub const $id: &Rule = &Rule {
                code: $code, name: $name, effect: Effect::$effect, why: $why, fix: $fix, fact: $fact,
            };
        )*
        /// Every rule, by code.
        pub const ALL: &[&Rule] = &[$($id,)*];
    };
}

rules! {
    // The bundle.
    MANIFEST_FORMAT "C2T-K001" "manifest-format" Contract "the manifest is of another format or version", "check the bundle with the version of the program that wrote it", "B manifest.json";
    MANIFEST_SHAPE "C2T-K002" "manifest-shape" Contract "the manifest cannot be read, so the files are checked without it", "take the manifest as `convert` wrote it", "B manifest.json";
    FILE_MISSING "C2T-K003" "file-missing" Contract "the manifest lists a file that cannot be read", "put the file back, or convert again", "B steps";
    FILE_UNLISTED "C2T-K004" "file-unlisted" Contract "a CSV file stands in no step of the manifest, so nobody would import it", "remove it, or convert again", "B steps";
    FILE_EDITED "C2T-K005" "file-edited" Contract "the file was changed after the bundle was written; what it says now was checked", "if the change is meant, go on; else take the file as it was", "B steps";
    FILE_ROWS "C2T-K006" "file-rows" Contract "the file has more or fewer rows than the manifest says", "if the change is meant, go on; else take the file as it was", "B steps";
    STEP_ORDER "C2T-K007" "step-order" Contract "the steps are not in an order in which they can be imported", "take the manifest as `convert` wrote it", "B steps";
    STEP_OBJECT "C2T-K008" "step-object" FileRefused "nothing can be imported into this object", "name an object the workspace has and Twenty imports into", "I §5.1";
    FILE_PATH "C2T-K009" "file-path" Contract "a file is listed twice or outside the folder of its step", "take the manifest as `convert` wrote it", "B steps";
    COLUMNS_DIFFER "C2T-K010" "columns-differ" Contract "the header of the file is not the one the manifest lists", "if the change is meant, go on; else take the file as it was", "B steps";
    COLUMN_MEANING "C2T-K011" "column-meaning" Contract "the manifest says another field, sub-field or type than the importer finds for this header", "take the manifest as `convert` wrote it", "B steps";
    PART_MISSING "C2T-K012" "part-missing" Contract "the manifest lists a part of the bundle that cannot be read", "put it back, or convert again", "B state";
    PART_EDITED "C2T-K013" "part-edited" Contract "a part of the bundle was changed after it was written", "take it as it was, or convert again", "B state";
    STEP_DEPENDS "C2T-K014" "step-depends-on" Contract "rows refer to records of a step this one does not depend on", "take the manifest as `convert` wrote it", "B steps";
    KEY_MISSING "C2T-K015" "key-missing" Contract "no column finds a record again, so a repeated import makes it twice", "keep the column `Id` or one of a unique text field", "B csv";
    KEY_EMPTY "C2T-K016" "key-empty" Contract "the row has no key, so a repeated import makes its record twice", "fill `Id` or the unique text field", "B csv";
    CHRONOLOGY "C2T-K017" "chronology" Contract "an older activity stands below a later one, and Twenty keeps the order of import", "sort the rows by time, oldest first, over all files of the step", "B csv";
    FILE_UNQUOTED "C2T-K018" "file-unquoted" Contract "a cell is not quoted, as every cell of a bundle is", "none if the delimiter is found (else see file-delimiter); a spreadsheet program has saved the file", "B csv";
    LINK_COLUMN "C2T-K019" "link-column" Contract "the manifest makes links of a column that no step has", "take the manifest as `convert` wrote it", "B links";
    ATTACHMENT_FILE "C2T-K020" "attachment-file" Contract "the index of attachments names a file that is not in the bundle, or has another size or content there", "put the file back, or convert again", "B files.csv";

    // Files as the importer reads them.
    FILE_EMPTY "C2T-K030" "file-empty" FileRefused "the file holds no header", "leave it out, or write the header", "I §1.2";
    FILE_NO_ROWS "C2T-K031" "file-no-rows" RowSkipped "the file holds a header and no row: there is nothing to import", "leave it out", "I §1.2";
    FILE_SNIFFED "C2T-K032" "file-sniffed" FileRefused "the first bytes make the importer take the file for something else than CSV", "quote the first header, or save the file as CSV in UTF-8 with a byte order mark", "I §1.2";
    FILE_UTF16 "C2T-K033" "file-utf16" FileRefused "the file is in UTF-16: everything outside ASCII is garbled", "save it as CSV in UTF-8", "I §1.2";
    FILE_TWO_BOMS "C2T-K034" "file-two-boms" ValueChanged "a second byte order mark becomes part of the first header", "remove one of them", "I §1.2";
    FILE_DELIMITER "C2T-K035" "file-delimiter" FileRefused "the importer counts the signs of the first 1,024 characters and takes another delimiter than the file's", "quote every cell", "I §1.2";
    FILE_TOO_MANY_ROWS "C2T-K036" "file-too-many-rows" FileRefused "the importer takes 10,000 lines below the header, blank ones included", "split the file", "I §1.2";
    FILE_TOO_MANY_COLUMNS "C2T-K037" "file-too-many-columns" FileRefused "this version takes 500 columns (those after 2.21 do)", "split the file by columns, each with the key", "I §8";
    LINE_BLANK "C2T-K038" "line-blank" RowSkipped "an empty line is no record, but counts to the 10,000", "remove it", "I §1.2";
    LINE_DELIMITERS "C2T-K039" "line-delimiters" RowSkipped "a line without any value is no record, but counts to the 10,000", "remove it", "I §1.2";
    LINE_SPACES "C2T-K040" "line-spaces" ValueChanged "a line of blanks becomes a record that says nothing", "remove it", "I §1.2";
    ROW_LONG "C2T-K041" "row-long" ValueDropped "the row has more cells than the header", "look for a delimiter or a quote that is not quoted", "I §1.2";
    ROW_SHORT "C2T-K042" "row-short" ValueChanged "the row has fewer cells than the header; the others count as empty", "look for a line break or a quote that is not quoted", "I §1.2";
    QUOTE_UNCLOSED "C2T-K043" "quote-unclosed" FileRefused "a quote is never closed: the rest of the file is one cell", "close it, or double it", "I §1.2";
    QUOTE_MISPLACED "C2T-K044" "quote-misplaced" ValueChanged "a quote counts only as first and last character of a cell: with text or a blank beside it, it is part of the value, and the cell may be split", "quote the whole cell and double the quotes inside", "I §1.2";
    LINE_END "C2T-K045" "line-end" Contract "lines end in a bare carriage return, which only some programs take for a line end", "save the file with LF or CRLF", "B csv";
    CELL_ENCODING "C2T-K046" "cell-encoding" ValueChanged "the bytes are no UTF-8 (Windows-1252?): the text is garbled", "save the file as CSV in UTF-8", "I §1.2";
    CELL_NUL "C2T-K047" "cell-nul" BatchLost "PostgreSQL takes no NUL character", "remove it", "O E4";
    CELL_CONTROL "C2T-K048" "cell-control" ValueChanged "a control character nobody sees becomes part of the value", "remove it", "I §10";
    CELL_RETURN "C2T-K049" "cell-return" ValueChanged "a carriage return inside a cell stays there, and is shown as a blank", "use line feeds alone", "O E2";
    CELL_JOINER "C2T-K050" "cell-joiner" ValueChanged "the importer removes one zero-width joiner from the start of a cell", "remove it, or write it twice", "I §1.2";
    CELL_TOO_LONG "C2T-K051" "cell-too-long" FileRefused "newer versions refuse a file with a cell of more than 32,767 characters", "shorten or split the text", "I §8";
    BATCH_TOO_BIG "C2T-K052" "batch-too-big" BatchLost "200 rows go to the server at once, and a request may have 10 MB", "put fewer of the long rows into a file", "I §1.2";

    // Headers.
    HEADER_UNMATCHED "C2T-K060" "header-unmatched" ValueDropped "no label is like this header, so the column is not imported", "write the label exactly, or make the field first", "I §2.1";
    HEADER_AMBIGUOUS "C2T-K061" "header-ambiguous" ValueDropped "two labels fit equally well, so the column is not imported", "rename one of the two fields", "I §2.1";
    HEADER_DUPLICATE "C2T-K062" "header-duplicate" ValueDropped "the same header stands further left, so this column is not imported", "remove one of them", "I §1.2";
    HEADER_INEXACT "C2T-K063" "header-inexact" ValueChanged "the importer guesses a field for this header", "write the label of the field you mean exactly", "I §2.1";
    HEADER_TAKEN "C2T-K064" "header-taken" ValueDropped "a column further left takes the field of this one, so it is not imported", "rename the column further left", "I §2.1";
    HEADER_BLANK "C2T-K065" "header-blank" ValueDropped "a column without a header is not imported", "write a header, or remove the column", "I §2.1";
    HEADER_WRONG_FIELD "C2T-K066" "header-wrong-field" ValueChanged "the column would land in another field than the manifest says", "write the label exactly", "I §2.1";

    // Values.
    VALUE_BLANK "C2T-K070" "value-blank" ValueChanged "a cell of blanks is not empty: it is stored as blanks, or as 0 in a number", "empty the cell", "I §3";
    NUMBER "C2T-K071" "number" RowSkipped "this is no number to JavaScript", "write digits with a point; no separators, no signs of currency or percent", "I §3";
    NUMBER_INFINITE "C2T-K072" "number-infinite" BatchLost "the number is infinite", "write a number", "I §3";
    NUMBER_FORM "C2T-K073" "number-form" ValueChanged "JavaScript reads this as a hexadecimal, octal or binary number", "write it in decimal", "I §3";
    NUMBER_PRECISION "C2T-K074" "number-precision" ValueChanged "the number has more digits than Twenty can hold", "put it into a text field", "I §3";
    BOOLEAN_WORD "C2T-K075" "boolean-word" ValueChanged "everything but true, false, yes and no becomes false", "write true or false", "I §3";
    BOOLEAN_EMPTY "C2T-K076" "boolean-empty" ValueChanged "an empty cell becomes false, and overwrites", "write true or false in every row, or leave the column out", "I §3";
    DATE "C2T-K077" "date" RowSkipped "this is no date to JavaScript", "write YYYY-MM-DD, with T, time and zone for a moment", "I §3";
    DATE_LOCAL "C2T-K078" "date-local" ValueChanged "the date is read in the browser's time zone (month before day), so it may shift", "write YYYY-MM-DD, with T, time and Z for a moment", "I §3";
    DATE_ROLLED "C2T-K079" "date-rolled" ValueChanged "the month has no such day, so it becomes one of the next month", "write a day that exists", "I §3";
    DATE_YEAR "C2T-K080" "date-year" ValueChanged "a bare number is taken for a year or a month", "write YYYY-MM-DD", "I §3";
    DATE_FAR "C2T-K081" "date-far" BatchLost "the server takes no years above 9999 or below 1", "correct the year", "I §3";
    DATE_MIDNIGHT "C2T-K082" "date-midnight" ValueChanged "a date alone is midnight UTC, which is the day before west of Greenwich", "write the time and the zone: noon UTC keeps the day nearly everywhere", "I §3";
    DATE_SHIFT "C2T-K083" "date-shift" ValueChanged "a moment in a field of dates is stored as its day in UTC", "write YYYY-MM-DD", "I §3";
    SELECT "C2T-K084" "select" ValueDropped "this is no option of the field: the cell is left out without a word", "write the value or the label of an option exactly, or add the option", "I §3";
    MULTI_SELECT "C2T-K085" "multi-select" ValueDropped "an item is no option of the field: it is left out without a word", "write a JSON list of values or labels exactly, or add the option", "I §3";
    RATING "C2T-K087" "rating" RowSkipped "a rating is one of RATING_1 to RATING_5", "write it so", "I §3";
    JSON "C2T-K088" "json" RowSkipped "this is no JSON", "write a JSON object or list", "I §3";
    JSON_SCALAR "C2T-K089" "json-scalar" BatchLost "the server takes a JSON object or list, nothing simpler", "write a JSON object or list", "I §3";
    ARRAY "C2T-K090" "array" RowSkipped "this is no JSON list of texts", "write a JSON list of texts", "I §3";
    UUID "C2T-K091" "uuid" RowSkipped "this is no UUID of version 1 to 5", "write one, or leave the cell empty", "I §3";
    UUID_CASE "C2T-K092" "uuid-case" BatchLost "the server compares ids in lower case: one in upper case is not found", "write it in lower case", "I §3";
    EMAIL "C2T-K093" "email" RowSkipped "this is no e-mail address to the importer", "write one address without blanks around it", "I §3";
    EMAIL_ODD "C2T-K094" "email-odd" ValueChanged "the importer takes it for an address, and stores what stands around it as well", "write the address alone", "I §3";
    EMAILS "C2T-K095" "emails" RowSkipped "this is no JSON list of e-mail addresses", "write [\"a@b.c\"]", "I §3";
    URL "C2T-K096" "url" RowSkipped "this is no web address to the importer", "write https:// and a host with a dot", "I §3";
    URL_NULL "C2T-K097" "url-null" ValueChanged "without http:// or https:// the server takes what stands before the colon for a scheme and stores `null…`", "write https:// in front", "I §3";
    DOMAIN_FORM "C2T-K098" "domain-form" ValueChanged "Twenty compares whole addresses: this one makes a second record beside https://host", "write https://host, in lower case, without www., port and path", "I §3, O E8";
    LINKS "C2T-K099" "links" RowSkipped "this is no JSON list of links", "write [{\"url\":\"https://…\",\"label\":\"…\"}]", "I §3";
    LINKS_KEYS "C2T-K100" "links-keys" ValueDropped "a link without both url and label makes the importer drop all of them", "write both keys in every link; null is allowed", "I §3";
    PHONE "C2T-K101" "phone" RowSkipped "this is no phone number to the importer", "write one number in international form, +49301234567, or leave the cell empty", "I §3.1";
    PHONE_NATIONAL "C2T-K102" "phone-national" ValueChanged "without + and calling code the number is stored as one of +1", "write the number with + and calling code", "O §0";
    PHONE_SERVER "C2T-K103" "phone-server" BatchLost "the server takes no calling code without a country, and no number it cannot read", "put the number into a text field", "I §3.1";
    PHONE_EXTENSION "C2T-K104" "phone-extension" ValueDropped "extensions are not stored", "put the extension into a text field", "I §3.1";
    CALLING_CODE "C2T-K105" "calling-code" RowSkipped "this is no calling code of a country", "write +49, or leave the cell empty", "I §3.1";
    PHONE_CODE_CONFLICT "C2T-K106" "phone-code-conflict" BatchLost "the calling code is not the number's own", "empty the calling code, or correct it", "I §3.1";
    COUNTRY_CODE "C2T-K107" "country-code" RowSkipped "this is no country code", "leave the column out: the country follows from the number", "I §3.1";
    PHONE_COUNTRY_CONFLICT "C2T-K108" "phone-country-conflict" BatchLost "the country is not the one the server infers from the number", "leave the column out: the country follows from the number", "I §3.1, O E3";
    PHONES "C2T-K109" "phones" RowSkipped "this is no JSON list of phones with number, callingCode and countryCode", "write all three keys in every phone", "I §3.1";
    PHONES_CONFLICT "C2T-K110" "phones-conflict" BatchLost "calling code or country of an additional phone are not the number's own", "write those the server infers from the number", "I §3.1";
    COUNTRY_NAME "C2T-K111" "country-name" ValueChanged "the name is stored, but selects no country of Twenty's list", "write the English name as Twenty lists it", "I §3";
    CURRENCY "C2T-K112" "currency" ValueChanged "the code is stored, but is no currency of Twenty's list", "write the ISO 4217 code in upper case", "I §3";
    AMOUNT_MICROS "C2T-K113" "amount-micros" ValueChanged "amounts have six decimals, and more digits than fit are rounded", "round it", "I §3, §8";
    KEY_BLANKS "C2T-K114" "key-blanks" BatchLost "keys are compared character by character, blanks around them included", "trim the cell", "I §3, §4.3";
    LABEL_WITHOUT_URL "C2T-K115" "label-without-url" ValueDropped "a label without a link is dropped", "fill the link, or empty the label", "I §3";
    LINKS_WITHOUT_URL "C2T-K116" "links-without-url" ValueChanged "without a first link, the first of the secondary links takes its place", "fill the first link", "I §3";
    EMAILS_WITHOUT_PRIMARY "C2T-K117" "emails-without-primary" ValueChanged "additional addresses without a primary one clear the primary one", "fill the primary address", "I §3, §4.2";
    PHONES_WITHOUT_PRIMARY "C2T-K118" "phones-without-primary" ValueChanged "additional phones or a calling code without a number clear the number", "fill the number, or empty the others", "I §3.1";
    PHONES_WITHOUT_CODE "C2T-K119" "phones-without-code" ValueDropped "without a calling code the importer drops the additional phones", "fill the calling code", "I §3.1";
    COUNTRY_WITHOUT_CODE "C2T-K120" "country-without-code" ValueDropped "without a calling code the importer drops the country", "leave the column out: the country follows from the number", "O §0";
    AMOUNT_WITHOUT_CURRENCY "C2T-K121" "amount-without-currency" ValueChanged "the amount is shown without a currency", "fill the currency", "I §3";

    // Records among one another.
    UNIQUE_IN_FILE "C2T-K130" "unique-in-file" RowSkipped "the value stands in several rows of the file (blanks around and case aside): all of them are skipped", "keep one of the rows, or change the values", "I §4.1";
    UNIQUE_ACROSS "C2T-K131" "unique-across-files" ValueChanged "an earlier file has the value: the row overwrites that record", "keep one of the rows, or change the values", "I §4.2";
    UNIQUE_TWO "C2T-K132" "unique-two-records" BatchLost "the row has keys of two different records", "correct one of the keys", "I §4.2, O E3";
    RELATION_UNRESOLVED "C2T-K133" "relation-unresolved" BatchLost "no earlier file makes a record of this key", "correct the key, import its record first, or empty the cell", "I §4.3, O E3";
    RELATION_ELSEWHERE "C2T-K134" "relation-elsewhere" BatchLost "no file makes a record of this key: unless the workspace has it, the batch is lost", "look the record up in the workspace, or empty the cell", "I §4.3";
    RELATION_SAME_BATCH "C2T-K135" "relation-same-batch" BatchLost "the record it refers to is made by the same batch of 200 rows, or a later one", "import the relation in a second file, after the records", "I §4.3";
    RELATION_LATER "C2T-K136" "relation-later" BatchLost "the record it refers to is made by a later file", "import that file first", "I §4.3";
    RELATION_MIXED "C2T-K137" "relation-mixed-keys" BatchLost "rows of one file refer by different keys, and a batch takes one", "use one key column for each relation and file", "I §4.3";
    RELATION_AND "C2T-K138" "relation-two-keys" BatchLost "two keys of one relation must mean one record, and these mean two", "empty one of them", "I §4.3";
    SECOND_PASS "C2T-K139" "second-pass-unknown" ValueChanged "no earlier file makes the record, so this row makes a new one that says nothing", "correct the key", "B csv";
    MEMBER_UNKNOWN "C2T-K140" "member-unknown" BatchLost "the workspace has no such member", "invite the person, or empty the cell", "O E3";
    MEMBER_FORM "C2T-K141" "member-form" BatchLost "members are found by their e-mail address exactly as Twenty has it, in lower case", "write the address in lower case", "I §4.3";

    // The schema the manifest asks for.
    OBJECT_NAME "C2T-K150" "object-name" SchemaRefused "an object's name has 1 to 63 letters and digits and begins with a small letter", "rename it", "A §4.1, O E1";
    OBJECT_RESERVED "C2T-K151" "object-reserved" SchemaRefused "Twenty keeps this name for itself", "rename it", "A §4.1, O E1";
    OBJECT_PLURAL "C2T-K152" "object-plural" SchemaRefused "singular and plural must differ", "rename one of them", "A §4.1, O E1";
    OBJECT_TAKEN "C2T-K153" "object-taken" SchemaRefused "another object has this name", "rename it", "A §4.1, O E1";
    OBJECT_LABEL "C2T-K154" "object-label" SchemaRefused "the label is empty, longer than 63 characters, or another object's", "rename it", "A §4.1";
    OBJECT_EXISTING "C2T-K155" "object-existing" SchemaRefused "the manifest counts on an object the workspace does not have", "convert again with this workspace", "B schema";
    FIELD_OBJECT "C2T-K156" "field-object" SchemaRefused "a field for an object that is not there", "take the manifest as `convert` wrote it", "B schema";
    FIELD_NAME "C2T-K157" "field-name" SchemaRefused "a field's name has 1 to 63 letters and digits and begins with a small letter", "rename it", "A §4.2, O E1";
    FIELD_RESERVED "C2T-K158" "field-reserved" SchemaRefused "Twenty keeps this name for itself", "rename it", "A §4.2, O E1";
    FIELD_TAKEN "C2T-K159" "field-taken" SchemaRefused "the object has something else of this name", "rename it, or convert again with this workspace", "A §4.2, O E1";
    FIELD_TYPE "C2T-K160" "field-type" SchemaRefused "no field of this type can be made", "use another type", "A §4.2";
    FIELD_LABEL "C2T-K161" "field-label" SchemaRefused "the label is empty, or has blanks around it which the server cuts off", "change the label and the header", "O E1";
    FIELD_UNIQUE "C2T-K162" "field-unique" SchemaRefused "a field of this type, or one with a default, cannot be unique", "make it not unique", "A §4.4";
    FIELD_EXISTING "C2T-K163" "field-existing" SchemaRefused "the manifest counts on a field the workspace does not have so", "convert again with this workspace", "B schema";
    FIELD_LACKS "C2T-K164" "field-lacks" SchemaRefused "what the manifest says the workspace's field lacks is not what it lacks", "convert again with this workspace", "B schema";
    FIELD_DELIVERY "C2T-K165" "field-delivery" Contract "the manifest says no known way in which the field is filled", "take the manifest as `convert` wrote it", "B schema";
    LABEL_DUPLICATE "C2T-K166" "label-duplicate" ValueDropped "two fields of the object have one label, so no header finds either", "rename one of them", "I §2.1, O E1";
    RELATION_SPEC "C2T-K167" "relation-spec" SchemaRefused "a relation needs a target that is there, and nothing else has one", "take the manifest as `convert` wrote it", "A §4.5";
    RELATION_REVERSE "C2T-K168" "relation-reverse" SchemaRefused "the label of the other side is empty, reserved or taken on the target", "rename it", "A §4.5, O E1";
    OPTIONS_EMPTY "C2T-K170" "options-empty" SchemaRefused "a select needs an option", "add one", "A §4.3";
    OPTIONS_UNEXPECTED "C2T-K171" "options-unexpected" SchemaRefused "only selects have options", "take the manifest as `convert` wrote it", "A §4.3";
    OPTION_VALUE "C2T-K172" "option-value" SchemaRefused "an option's value has 1 to 63 capital letters, digits and single underscores, and begins with a letter", "change the value here and in the cells", "A §4.3, O E1";
    OPTION_LABEL "C2T-K173" "option-label" SchemaRefused "an option's label has 1 to 63 characters and no comma", "change the label", "A §4.3, O E1";
    OPTION_COLOR "C2T-K174" "option-color" SchemaRefused "Twenty has no such colour", "use one it has: green, turquoise, sky, blue, purple, pink, red, orange, yellow, gray", "A §4.3";
    OPTION_POSITION "C2T-K175" "option-position" SchemaRefused "two options have one position", "number them anew", "A §4.3";
    OPTION_VALUE_DUPLICATE "C2T-K176" "option-value-duplicate" SchemaRefused "two options have one value", "change one here and in the cells", "A §4.3";
    OPTION_LABEL_DUPLICATE "C2T-K177" "option-label-duplicate" Contract "two options have one label (case aside): people cannot tell them apart", "change one of the labels", "O E1";
    OPTION_CROSSED "C2T-K178" "option-label-is-value" ValueChanged "the label of one option is the value of another: a cell may mean either", "change the label", "I §3";
    OPTION_EXISTING "C2T-K179" "option-existing" SchemaRefused "the manifest counts on an option the workspace's field does not have", "convert again with this workspace", "B schema";
    OPTIONS_LACKING "C2T-K180" "options-lacking" ValueDropped "the workspace has the field already, without some of the options", "add the options", "I §3";
}
