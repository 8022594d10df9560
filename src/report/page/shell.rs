//! What surrounds the sections: style, script, and the policy that lets nothing else in. The style and the script
//! stand in the page letter by letter, so their digests say all a browser may use. It must not hold data.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

const STYLE: &str = include_str!("../../../templates/report/style.css");
const SCRIPT: &str = include_str!("../../../templates/report/script.js");

/// See the module's head.
pub(super) struct Shell {
    /// The style sheet.
    pub style: &'static str,
    /// The script: searching and sorting, and opening what is folded before printing.
    pub script: &'static str,
    /// The content security policy.
    pub policy: String,
}

impl Shell {
    pub fn new() -> Self {
        let digest = |text: &str| STANDARD.encode(Sha256::digest(text));
        let policy = format!(
            "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; \
             form-action 'none'",
            digest(STYLE),
            digest(SCRIPT)
        );
        Self { style: STYLE, script: SCRIPT, policy }
    }
}
