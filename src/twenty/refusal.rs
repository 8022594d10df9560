//! Every reason why a value must not reach a Twenty cell, in one table. Must not hold values of
//! customers: a refusal is a fixed text, the place and the value belong to whoever reports it.
//!
//! Codes are stable: `V1xx` phone, `V2xx` e-mail, `V3xx` link, `V4xx` address, currency and
//! number, `V5xx` date, `V6xx` select, `V7xx` text (the transform's). A code is never re-used for another reason.

/// Why a value cannot be a cell of the wanted type, and what a person can do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Stable code, `C2T-V` and three digits.
    pub code: &'static str,
    /// What is wrong, as a sentence part ("the number has letters in it").
    pub why: &'static str,
    /// What to do in the source or in Twenty.
    pub fix: &'static str,
}

/// Declares each refusal once: as a constant and as a row of [`ALL`].
macro_rules! refusals {
    ($($name:ident = $code:literal, $why:literal, $fix:literal;)*) => {
        $(
            #[doc = concat!("`", $code, "`: ", $why, ".")]
            pub const $name: Refusal = Refusal { code: $code, why: $why, fix: $fix };
        )*
        /// All refusals, in the order of their codes.
        pub const ALL: &[Refusal] = &[$($name),*];
    };
}

refusals! {
    PHONE_EMPTY = "C2T-V101", "there is no digit in the phone number",
        "remove the value or write a number";
    PHONE_LETTERS = "C2T-V102", "the phone number holds letters or signs that are not dialled",
        "write it as +<country><number>; keep remarks in another field";
    PHONE_TWO_NUMBERS = "C2T-V103", "the cell holds more than one phone number",
        "give each number its own entry";
    PHONE_NO_COUNTRY = "C2T-V104", "a national number without a country would be stored as +1",
        "write it as +<country><number>";
    PHONE_GLOBAL_CODE = "C2T-V105",
        "Twenty refuses calling codes that belong to no country (800, 808, 870, 878, 881, 882, 883, 888, 979)",
        "keep the number in a text field";
    PHONE_CALLING_CODE = "C2T-V106", "the calling code does not exist",
        "correct the digits after the +";
    PHONE_LENGTH = "C2T-V107", "no number of the country has this length or this beginning",
        "complete or correct the number";
    PHONE_INVALID_NATIONAL = "C2T-V108", "the national number does not exist in the country given for it",
        "write it as +<country><number>";

    EMAIL_EMPTY = "C2T-V201", "there is no e-mail address", "remove the value or write an address";
    EMAIL_NO_AT = "C2T-V202", "an e-mail address needs exactly one @", "write one complete address";
    EMAIL_TWO = "C2T-V203", "the cell holds more than one e-mail address",
        "give each address its own entry";
    EMAIL_LOCAL = "C2T-V204", "the part before the @ has characters or dots an address cannot have",
        "correct the part before the @";
    EMAIL_DOMAIN = "C2T-V205", "the part after the @ is not a host name with a dot",
        "correct the part after the @";
    EMAIL_TOO_LONG = "C2T-V206", "the address is longer than mail systems allow (64 before, 253 after the @)",
        "shorten or correct the address";

    LINK_EMPTY = "C2T-V301", "there is no link", "remove the value or write a link";
    LINK_SCHEME = "C2T-V302", "only http and https links are accepted",
        "use the web address, or keep it in a text field";
    LINK_BLANK = "C2T-V303", "a link cannot have blanks or control characters inside",
        "remove the blank";
    LINK_TWO = "C2T-V304", "the cell holds more than one link", "give each link its own entry";
    LINK_HOST = "C2T-V305", "the host is not a public host name (a dot, letters, digits and hyphens)",
        "correct the host name";
    LINK_TOO_LONG = "C2T-V306", "the link is longer than 2,048 characters",
        "keep it in a text field";
    LINK_NOT_A_DOMAIN = "C2T-V307", "an IP address is no company domain",
        "use the company's own host name";

    CURRENCY_UNKNOWN = "C2T-V401", "the currency is not one of Twenty's ISO 4217 codes",
        "use a current three-letter code";
    NUMBER_EMPTY = "C2T-V411", "there is no number", "remove the value or write a number";
    NUMBER_SYNTAX = "C2T-V412", "the text is not a plain decimal number (no separators, units or symbols)",
        "write digits with a point as decimal mark, or make the field a text field";
    NUMBER_LEADING_ZERO = "C2T-V413", "leading zeros would be lost in a number",
        "make the field a text field";
    NUMBER_PRECISION = "C2T-V414", "the number has more digits than Twenty keeps",
        "make the field a text field";
    NUMBER_RANGE = "C2T-V415", "the number is too large or too small",
        "make the field a text field";

    DATE_YEAR = "C2T-V501", "Twenty takes years from 1 to 9999 only", "correct the year";
}

#[cfg(test)]
mod tests {
    use super::ALL;

    #[test]
    fn codes_are_unique_sorted_and_well_formed() {
        for pair in ALL.windows(2) {
            assert!(pair[0].code < pair[1].code, "{} before {}", pair[0].code, pair[1].code);
        }
        for refusal in ALL {
            let digits = refusal.code.strip_prefix("C2T-V").unwrap();
            assert!(digits.len() == 3 && digits.bytes().all(|b| b.is_ascii_digit()));
            assert!(!refusal.why.is_empty() && !refusal.fix.is_empty());
            assert!(!refusal.why.ends_with('.'));
        }
    }
}
