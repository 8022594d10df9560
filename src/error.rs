//! The one error type: a run that cannot go on. A bad record or value is never an `Error`; it is
//! an [`crate::event::Reject`] and the run continues.

use std::fmt;
use std::path::{Path, PathBuf};

/// What kind of end this is; decides the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The command line or a file the user wrote asks for something impossible: exit 2.
    Usage,
    /// The input, the disk or the result stops the run: exit 1.
    Failed,
}

/// A run that cannot go on: what happened, where, why and what to do about it.
#[derive(Debug)]
pub struct Error {
    /// Stable code, `C2T-E…`.
    pub code: &'static str,
    /// Decides the exit code.
    pub kind: ErrorKind,
    /// What could not be done, in one line.
    pub what: String,
    /// The file, folder or place concerned.
    pub place: Option<PathBuf>,
    /// What to do next.
    pub fix: Option<String>,
    /// The lower error, when there is one.
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// How alike a name must be to be offered in place of one that is not there.
const ALIKE: f64 = 0.85;
/// Names looked at in one folder.
const NAMES: usize = 10_000;

/// What to do about a path that leads nowhere: the folder it breaks at, or a name beside it that looks like it.
fn near_by(place: &Path) -> String {
    let above =
        place.parent().map(|above| if above == Path::new("") { Path::new(".") } else { above });
    let (Some(above), Some(name)) = (above, place.file_name()) else {
        return "check the path".to_owned();
    };
    if !above.is_dir() {
        return format!("check the path: there is no folder {}", above.display());
    }
    let name = name.to_string_lossy();
    let names = std::fs::read_dir(above).into_iter().flatten().flatten().take(NAMES);
    let alike = names.filter_map(|entry| {
        let other = entry.file_name().to_string_lossy().into_owned();
        let likeness = strsim::jaro_winkler(&name.to_lowercase(), &other.to_lowercase());
        (likeness >= ALIKE).then_some((likeness, other))
    });
    // Of two that are as much alike the first by name, whatever order the system lists them in.
    let best = alike.max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(&a.1)));
    best.map_or("check the path".to_owned(), |(_, other)| {
        format!("check the path; did you mean `{}`?", place.with_file_name(other).display())
    })
}

/// The crate's result.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// A run stopped by input, disk or result.
    pub fn failed(code: &'static str, what: impl Into<String>) -> Self {
        let (kind, what) = (ErrorKind::Failed, what.into());
        Self { code, kind, what, place: None, fix: None, source: None }
    }

    /// A request that makes no sense.
    pub fn usage(code: &'static str, what: impl Into<String>) -> Self {
        Self { kind: ErrorKind::Usage, ..Self::failed(code, what) }
    }

    /// An operating-system error while doing `what` at `place`.
    pub fn io(what: &str, place: &Path, source: std::io::Error) -> Self {
        use std::io::ErrorKind as Io;
        let (code, fix) = match source.kind() {
            Io::NotFound => ("C2T-E010", near_by(place)),
            Io::PermissionDenied | Io::ReadOnlyFilesystem => {
                ("C2T-E011", "check the permissions, or choose a place that is yours".to_owned())
            }
            Io::StorageFull | Io::QuotaExceeded => {
                ("C2T-E012", "free some space and run again".to_owned())
            }
            Io::IsADirectory => ("C2T-E013", "name a file, not a folder".to_owned()),
            Io::NotADirectory => ("C2T-E013", "name a folder, not a file".to_owned()),
            _ => {
                ("C2T-E013", "see what the system says; then run the same command again".to_owned())
            }
        };
        Self {
            place: Some(place.to_owned()),
            fix: Some(fix),
            source: Some(Box::new(source)),
            ..Self::failed(code, what)
        }
    }

    /// A report that could not be written as CSV or JSON.
    pub fn report(source: impl std::error::Error + Send + Sync + 'static) -> Self {
        let source: Box<dyn std::error::Error + Send + Sync> = Box::new(source);
        Self { source: Some(source), ..Self::failed("C2T-E031", "cannot write a report") }
            .fix("see that the disk has room, then run the same command again")
    }

    /// What could not be done, and where, without the lower errors.
    pub fn headline(&self) -> String {
        match &self.place {
            Some(place) => format!("{}: {}", self.what, place.display()),
            None => self.what.clone(),
        }
    }

    /// The lower errors in their own words, the nearest first; what one repeats of the one above it is left out.
    pub fn causes(&self) -> Vec<String> {
        let mut causes: Vec<String> = Vec::new();
        let mut next = std::error::Error::source(self);
        while let Some(error) = next {
            let text = error.to_string();
            if causes.last().is_none_or(|above| !above.contains(&text)) {
                causes.push(text);
            }
            next = error.source();
        }
        causes
    }

    /// Adds where it happened.
    #[must_use]
    pub fn at(mut self, place: impl Into<PathBuf>) -> Self {
        self.place = Some(place.into());
        self
    }

    /// Adds what to do.
    #[must_use]
    pub fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = Some(fix.into());
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.headline())?;
        if let Some(source) = &self.source {
            write!(f, " ({source})")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|s| &**s as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::ErrorKind as Io;

    #[test]
    fn the_system_s_words_get_a_code_each() {
        for (kind, code) in [
            (Io::NotFound, "C2T-E010"),
            (Io::PermissionDenied, "C2T-E011"),
            (Io::StorageFull, "C2T-E012"),
            (Io::BrokenPipe, "C2T-E013"),
        ] {
            let error = Error::io("cannot write", Path::new("bundle"), kind.into());
            assert_eq!(error.code, code);
            assert!(error.fix.is_some(), "{code}");
            assert!(error.to_string().starts_with("cannot write: bundle ("), "{error}");
        }
        let error = Error::report(std::io::Error::from(Io::StorageFull));
        assert_eq!((error.code, error.kind), ("C2T-E031", ErrorKind::Failed));
    }

    fn missing(place: &Path) -> String {
        let source = std::fs::metadata(place).unwrap_err();
        Error::io("cannot read", place, source).fix.unwrap()
    }

    #[test]
    fn a_name_that_is_nearly_there_is_offered() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["leads.json", "leads-2.json", "users.json"] {
            std::fs::write(folder.path().join(name), "[]").unwrap();
        }
        let said = missing(&folder.path().join("lead.json"));
        assert!(said.ends_with("leads.json`?"), "{said}");
        assert_eq!(missing(&folder.path().join("q")), "check the path");
        let said = missing(&folder.path().join("nowhere/leads.json"));
        assert!(said.contains("there is no folder") && said.ends_with("nowhere"), "{said}");
    }

    #[test]
    fn causes_are_told_once() {
        let lower = std::io::Error::other("the disk is gone");
        let error = Error::io("cannot read", Path::new("a.json"), lower);
        assert_eq!(error.headline(), "cannot read: a.json");
        assert_eq!(error.causes(), ["the disk is gone"]);
        assert_eq!(error.to_string(), "cannot read: a.json (the disk is gone)");
    }
}
