//! A command to type next, with the real paths, quoted where a shell needs it. It must not decide what comes next: each
//! command does.

use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};

/// More paths than these are not repeated.
const PATHS: usize = 4;

/// `close2twenty …`, ready to be copied.
#[derive(Clone, Debug)]
pub struct Suggestion(String);

impl Suggestion {
    /// This command.
    pub fn new(command: &str) -> Self {
        Self(format!("close2twenty {command}"))
    }

    /// A word as it is: a placeholder, an option.
    #[must_use]
    pub fn word(mut self, word: &str) -> Self {
        self.0.push(' ');
        self.0.push_str(word);
        self
    }

    /// A path.
    #[must_use]
    pub fn path(self, path: &Path) -> Self {
        let dashed = path.as_os_str().as_encoded_bytes().starts_with(b"-");
        // What begins with a dash would be taken for an option.
        let path = if dashed { Path::new(".").join(path) } else { path.to_owned() };
        self.word(&quoted(path.as_os_str()))
    }

    /// The paths of the export; many of them as a placeholder.
    #[must_use]
    pub fn exports(self, paths: &[PathBuf]) -> Self {
        if paths.len() > PATHS {
            return self.word("EXPORT...");
        }
        paths.iter().fold(self, |command, path| command.path(path))
    }

    /// An option with its value, where there is one.
    #[must_use]
    pub fn option(self, name: &str, value: Option<&Path>) -> Self {
        match value {
            Some(value) => self.word(name).path(value),
            None => self,
        }
    }
}

impl fmt::Display for Suggestion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A word as a shell takes it back.
fn quoted(word: &OsStr) -> String {
    let text = word.to_string_lossy();
    // Only a NUL cannot be quoted, and no path holds one.
    shlex::try_quote(&text).map_or_else(|_| text.to_string(), std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_reads_back_what_was_meant() {
        let odd = Path::new("it's here/a b");
        let line = Suggestion::new("check").path(odd).option("--workspace", Some(Path::new("-w")));
        let words = shlex::split(&line.to_string()).unwrap();
        assert_eq!(words, ["close2twenty", "check", "it's here/a b", "--workspace", "./-w"]);
        assert_eq!(
            Suggestion::new("check").path(Path::new("a/b.zip")).to_string(),
            "close2twenty check a/b.zip"
        );
    }

    #[test]
    fn many_paths_are_not_repeated() {
        let paths: Vec<PathBuf> = (0..9).map(|n| PathBuf::from(format!("{n}.json"))).collect();
        let said = |n| Suggestion::new("plan").exports(paths.get(..n).unwrap()).to_string();
        assert_eq!(said(2), "close2twenty plan 0.json 1.json");
        assert_eq!(said(9), "close2twenty plan EXPORT...");
    }
}
