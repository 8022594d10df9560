//! The server's address as people paste it, made into the one the paths are added to. It must not connect.

use url::{Host, Url};

use crate::error::{Error, Result};

/// Where a server is: `https://crm.example.com`, or below a path of it. No trailing slash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    text: String,
    plain: bool,
    loopback: bool,
}

/// Ends of addresses that belong to single interfaces (`twenty-api.md` §1.1).
const ENDS: &[&str] = &["/graphql", "/rest", "/metadata"];

impl Address {
    /// Reads an address: the scheme is required, a trailing slash and the path of an interface go.
    ///
    /// # Errors
    /// `C2T-E301` when it is none.
    pub fn parse(text: &str) -> Result<Self> {
        let fix = "write the address of the server with its scheme, https://crm.example.com; of Twenty's cloud it is https://api.twenty.com";
        let wrong = |why: &str| Error::usage("C2T-E301", format!("--url: {why}")).fix(fix);
        let text = text.trim();
        if !text.starts_with("http://") && !text.starts_with("https://") {
            return Err(wrong("the address does not begin with https:// or http://"));
        }
        let mut url = Url::parse(text).map_err(|error| wrong(&error.to_string()))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("a user name or password has no place in the address"));
        }
        url.set_query(None);
        url.set_fragment(None);
        let loopback = match url.host() {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(ip)) => ip.is_loopback(),
            Some(Host::Ipv6(ip)) => ip.is_loopback(),
            None => return Err(wrong("the address names no host")),
        };
        let mut base = url.as_str().trim_end_matches('/');
        while let Some(rest) = ENDS.iter().find_map(|end| base.strip_suffix(end)) {
            base = rest.trim_end_matches('/');
        }
        Ok(Self { plain: url.scheme() == "http" && !loopback, loopback, text: base.to_owned() })
    }

    /// The address of a path, which begins with `/`.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.text)
    }

    /// The address itself.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Does everything, the key too, go to another machine in the clear?
    pub fn is_plain(&self) -> bool {
        self.plain
    }

    /// Is the server on this machine?
    pub fn is_loopback(&self) -> bool {
        self.loopback
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pasted_addresses_become_the_base() {
        let cases = [
            ("https://crm.example.com", "https://crm.example.com"),
            (" https://CRM.example.com/ ", "https://crm.example.com"),
            ("https://crm.example.com//", "https://crm.example.com"),
            ("https://crm.example.com/graphql", "https://crm.example.com"),
            ("https://crm.example.com/rest/", "https://crm.example.com"),
            ("https://crm.example.com/rest/metadata", "https://crm.example.com"),
            ("https://crm.example.com/metadata?x=1#y", "https://crm.example.com"),
            ("https://crm.example.com:443/", "https://crm.example.com"),
            ("https://example.com/twenty/graphql", "https://example.com/twenty"),
            ("http://localhost:3000/", "http://localhost:3000"),
            ("https://interest", "https://interest"),
        ];
        for (pasted, base) in cases {
            assert_eq!(Address::parse(pasted).unwrap().as_str(), base, "{pasted}");
        }
    }

    #[test]
    fn what_is_no_address_is_a_wrong_usage() {
        for text in [
            "",
            "crm.example.com",
            "localhost:3000",
            "ftp://x",
            "https://",
            "https://a:b@x.example",
        ] {
            let error = Address::parse(text).unwrap_err();
            assert_eq!(error.code, "C2T-E301", "{text}");
            assert!(error.fix.is_some() && !error.what.contains("a:b"), "{text}");
        }
    }

    #[test]
    fn plain_is_http_to_another_machine() {
        let cases = [
            ("http://crm.example.com", true),
            ("https://crm.example.com", false),
            ("http://localhost:3000", false),
            ("http://127.0.0.1:3000", false),
            ("http://[::1]:3000", false),
            ("http://192.168.1.5:3000", true),
            ("http://localhost.example.com", true),
        ];
        for (text, plain) in cases {
            assert_eq!(Address::parse(text).unwrap().is_plain(), plain, "{text}");
        }
    }
}
