//! The API key: where it comes from and what it says of itself (`twenty-api.md` §1.2). It must never show: not in
//! `Debug`, not in an error, not in a file.

use std::fmt;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::Value;
use ureq::http::HeaderValue;

use crate::error::{Error, Result};

/// The environment variable the key is taken from.
pub const VARIABLE: &str = "TWENTY_API_KEY";

/// A key of a workspace. `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey(String);

/// What a key says of itself, unverified; all empty when the key is no JWT.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claims {
    /// The workspace's id, `sub`.
    pub workspace: Option<String>,
    /// The id of the key's own row, `jti`.
    pub key: Option<String>,
    /// When it ceases to be valid, `exp`.
    pub expires: Option<Timestamp>,
}

impl ApiKey {
    /// The key in `file`, or without a file the one in [`VARIABLE`].
    ///
    /// # Errors
    /// `C2T-E300` when there is none; `C2T-E010` and its like when the file cannot be read.
    pub fn load(file: Option<&Path>) -> Result<Self> {
        match file {
            Some(path) => Self::from_file(path),
            None => Self::from_variable(std::env::var(VARIABLE).ok().as_deref()),
        }
    }

    /// The key in the first line of `path`.
    ///
    /// # Errors
    /// As [`ApiKey::load`].
    pub fn from_file(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| Error::io("cannot read the API key", path, source))?;
        Self::new(text.lines().next().unwrap_or_default()).map_err(|error| error.at(path))
    }

    /// The key in a variable that may be missing.
    fn from_variable(value: Option<&str>) -> Result<Self> {
        Self::new(value.unwrap_or_default())
    }

    /// A key as somebody pasted it: blanks around it and `Bearer` before it go.
    ///
    /// # Errors
    /// `C2T-E300` when nothing is left, or something no key can be.
    pub fn new(text: &str) -> Result<Self> {
        let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
        let pasted = text
            .strip_prefix("Bearer")
            .filter(|rest| !rest.starts_with(|c: char| !c.is_whitespace()));
        let text = pasted.unwrap_or(text).trim();
        let fix = format!(
            "make a key in Twenty (Settings, APIs & Webhooks) and put it into {VARIABLE}, or into a file named by --api-key-file"
        );
        if text.is_empty() {
            return Err(Error::usage("C2T-E300", "there is no API key").fix(fix));
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            let what = "the API key has characters no key has";
            return Err(Error::usage("C2T-E300", what).fix(fix));
        }
        Ok(Self(text.to_owned()))
    }

    /// What it says of itself. No error: a key that is no JWT says nothing.
    pub fn claims(&self) -> Claims {
        let payload = self.0.split('.').nth(1).unwrap_or_default();
        let bytes = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).unwrap_or_default();
        let payload: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        let text = |name: &str| payload.get(name).and_then(Value::as_str).map(str::to_owned);
        let expires = payload.get("exp").and_then(Value::as_f64);
        Claims {
            workspace: text("sub"),
            key: text("jti"),
            expires: expires.and_then(|seconds| Timestamp::from_second(seconds as i64).ok()),
        }
    }

    /// The value of `Authorization`, marked so that no log shows it.
    pub(super) fn header(&self) -> Option<HeaderValue> {
        let mut value = HeaderValue::from_str(&format!("Bearer {}", self.0)).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    /// The key itself, to find it in other texts.
    pub(super) fn secret(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jwt(payload: &str) -> ApiKey {
        ApiKey::new(&format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(payload))).unwrap()
    }

    #[test]
    fn claims_are_read_without_verification() {
        let key = jwt(r#"{"sub":"ws-1","jti":"key-1","type":"API_KEY","exp":1798761600}"#);
        let expected = Claims {
            workspace: Some("ws-1".into()),
            key: Some("key-1".into()),
            expires: Some("2027-01-01T00:00:00Z".parse().unwrap()),
        };
        assert_eq!(key.claims(), expected);
    }

    #[test]
    fn a_key_that_is_no_jwt_claims_nothing() {
        for key in ["abc", "a.b.c", "..", "e30.e30", "a.bm8gSlNPTg.c"] {
            assert_eq!(ApiKey::new(key).unwrap().claims(), Claims::default(), "{key}");
        }
        assert_eq!(jwt(r#"{"sub":7,"exp":"soon"}"#).claims(), Claims::default());
        assert_eq!(jwt(r#"{"exp":1e300}"#).claims().expires, None);
    }

    #[test]
    fn what_surrounds_a_pasted_key_goes() {
        let plain = ApiKey::new("abc.def").unwrap();
        for text in [" abc.def\n", "Bearer abc.def", "\u{feff}abc.def\r"] {
            assert_eq!(ApiKey::new(text).unwrap(), plain, "{text:?}");
        }
    }

    #[test]
    fn no_key_is_a_wrong_usage_that_says_what_to_do() {
        for text in ["", " \n", "Bearer ", "a b", "käse", "a\u{0}b"] {
            let error = ApiKey::new(text).unwrap_err();
            assert_eq!(error.code, "C2T-E300", "{text:?}");
            assert!(error.fix.as_deref().unwrap_or_default().contains(VARIABLE));
            assert!(text.trim().is_empty() || !error.to_string().contains(text));
        }
        assert_eq!(ApiKey::from_variable(None).unwrap_err().code, "C2T-E300");
    }

    #[test]
    fn a_file_gives_its_first_line() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("key");
        std::fs::write(&path, "abc.def\nsomething else\n").unwrap();
        assert_eq!(ApiKey::load(Some(&path)).unwrap(), ApiKey::new("abc.def").unwrap());
        assert_eq!(ApiKey::load(Some(&dir.path().join("none"))).unwrap_err().code, "C2T-E010");
        std::fs::write(&path, "\nabc.def\n").unwrap();
        let error = ApiKey::load(Some(&path)).unwrap_err();
        assert_eq!((error.code, error.place.as_deref()), ("C2T-E300", Some(path.as_path())));
    }

    #[test]
    fn debug_hides_it() {
        assert_eq!(format!("{:?}", ApiKey::new("abc.def").unwrap()), "ApiKey(…)");
        let header = ApiKey::new("abc.def").unwrap().header().unwrap();
        assert!(!format!("{header:?}").contains("abc"));
    }
}
