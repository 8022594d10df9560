//! Writes JSON text into a byte buffer, fast and without a document in memory.
//!
//! Commas are placed by looking at the last byte. Strings leave either as UTF-8 or as pure ASCII
//! with `\u` escapes (both occur in dumps, close-format.md §2.4). It does not check that keys are
//! unique or that brackets match beyond what its closures guarantee.

const HEX: &[u8; 16] = b"0123456789abcdef";

/// Text escaped once, used many times: the inside of a JSON string in both encodings.
#[derive(Default)]
pub struct Fragment {
    utf8: Vec<u8>,
    ascii: Vec<u8>,
}

impl Fragment {
    /// Escapes `text`.
    pub fn new(text: &str) -> Self {
        let mut fragment = Self::default();
        escape(text, false, &mut fragment.utf8);
        escape(text, true, &mut fragment.ascii);
        fragment
    }
}

/// A JSON text under construction.
pub struct Json<'a> {
    out: &'a mut Vec<u8>,
    ascii: bool,
}

impl<'a> Json<'a> {
    /// Appends to `out`; with `ascii`, everything else is written as `\u` escapes.
    pub fn new(out: &'a mut Vec<u8>, ascii: bool) -> Self {
        Self { out, ascii }
    }

    fn separate(&mut self) {
        if !matches!(self.out.last(), None | Some(b'{' | b'[' | b':' | b',' | b'\n')) {
            self.out.push(b',');
        }
    }

    fn key(&mut self, key: &str) {
        self.separate();
        self.quote(key);
        self.out.push(b':');
    }

    fn quote(&mut self, text: &str) {
        self.out.push(b'"');
        escape(text, self.ascii, self.out);
        self.out.push(b'"');
    }

    /// `"key":value`
    #[expect(clippy::needless_pass_by_value, reason = "callers hand over temporaries")]
    pub fn field(&mut self, key: &str, value: impl Value) -> &mut Self {
        self.key(key);
        value.write(self);
        self
    }

    /// `"key":{…}`
    pub fn object(&mut self, key: &str, inside: impl FnOnce(&mut Self)) -> &mut Self {
        self.key(key);
        self.bracket(*b"{}", inside)
    }

    /// `"key":[…]`
    pub fn list(&mut self, key: &str, inside: impl FnOnce(&mut Self)) -> &mut Self {
        self.key(key);
        self.bracket(*b"[]", inside)
    }

    /// `[…]` where a value is due.
    pub fn inline_list(&mut self, inside: impl FnOnce(&mut Self)) -> &mut Self {
        self.bracket(*b"[]", inside)
    }

    /// `{…}` as an element of a list or as the whole text.
    pub fn entry(&mut self, inside: impl FnOnce(&mut Self)) -> &mut Self {
        self.separate();
        self.bracket(*b"{}", inside)
    }

    /// A plain value as an element of a list.
    #[expect(clippy::needless_pass_by_value, reason = "callers hand over temporaries")]
    pub fn item(&mut self, value: impl Value) -> &mut Self {
        self.separate();
        value.write(self);
        self
    }

    /// `"key":"…"`, the inside written piece by piece.
    pub fn text(&mut self, key: &str, inside: impl FnOnce(&mut Self)) -> &mut Self {
        self.key(key);
        self.bracket(*b"\"\"", inside)
    }

    /// A piece of the text begun with [`Json::text`].
    pub fn piece(&mut self, text: &str) -> &mut Self {
        escape(text, self.ascii, self.out);
        self
    }

    /// A prepared piece of the text begun with [`Json::text`].
    pub fn fragment(&mut self, fragment: &Fragment) -> &mut Self {
        self.out.extend_from_slice(if self.ascii { &fragment.ascii } else { &fragment.utf8 });
        self
    }

    fn bracket(&mut self, [open, close]: [u8; 2], inside: impl FnOnce(&mut Self)) -> &mut Self {
        self.out.push(open);
        inside(self);
        self.out.push(close);
        self
    }
}

/// Appends the inside of the JSON string for `text`.
fn escape(text: &str, ascii: bool, out: &mut Vec<u8>) {
    let mut done = 0;
    for (at, character) in text.char_indices() {
        let plain = match character {
            '"' | '\\' | '\0'..='\u{1f}' => false,
            ' '..='\u{7e}' => true,
            _ => !ascii,
        };
        if plain {
            continue;
        }
        out.extend_from_slice(text.get(done..at).unwrap_or("").as_bytes());
        done = at + character.len_utf8();
        match character {
            '"' => out.extend_from_slice(b"\\\""),
            '\\' => out.extend_from_slice(b"\\\\"),
            '\n' => out.extend_from_slice(b"\\n"),
            '\r' => out.extend_from_slice(b"\\r"),
            '\t' => out.extend_from_slice(b"\\t"),
            _ => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    out.extend_from_slice(b"\\u");
                    for shift in [12, 8, 4, 0] {
                        let digit = usize::from(*unit >> shift & 15);
                        out.push(HEX.get(digit).copied().unwrap_or(b'0'));
                    }
                }
            }
        }
    }
    out.extend_from_slice(text.get(done..).unwrap_or("").as_bytes());
}

/// A value that can stand after a key.
pub trait Value {
    /// Appends the value.
    fn write(&self, json: &mut Json<'_>);
}

impl Value for &str {
    fn write(&self, json: &mut Json<'_>) {
        json.quote(self);
    }
}

impl Value for &String {
    fn write(&self, json: &mut Json<'_>) {
        json.quote(self);
    }
}

impl Value for String {
    fn write(&self, json: &mut Json<'_>) {
        json.quote(self);
    }
}

impl Value for bool {
    fn write(&self, json: &mut Json<'_>) {
        json.out.extend_from_slice(if *self { b"true" } else { b"false" });
    }
}

impl Value for u64 {
    fn write(&self, json: &mut Json<'_>) {
        let (mut digits, mut left, mut used) = ([0_u8; 20], *self, 0);
        for digit in digits.iter_mut().rev() {
            *digit = b'0' + u8::try_from(left % 10).unwrap_or(0);
            used += 1;
            left /= 10;
            if left == 0 {
                break;
            }
        }
        json.out.extend_from_slice(digits.get(20 - used..).unwrap_or(b"0"));
    }
}

impl<V: Value> Value for Option<V> {
    fn write(&self, json: &mut Json<'_>) {
        match self {
            Some(value) => value.write(json),
            None => json.out.extend_from_slice(b"null"),
        }
    }
}

/// A number written as it stands (`12.5`), which the caller vouches for.
pub struct Number<'a>(pub &'a str);

impl Value for Number<'_> {
    fn write(&self, json: &mut Json<'_>) {
        json.out.extend_from_slice(self.0.as_bytes());
    }
}

/// JSON's null.
pub const NULL: Option<&str> = None;
