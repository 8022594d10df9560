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
        let (code, fix) = match source.kind() {
            std::io::ErrorKind::NotFound => ("C2T-E010", Some("check the path")),
            std::io::ErrorKind::PermissionDenied => ("C2T-E011", Some("check the permissions")),
            std::io::ErrorKind::StorageFull => ("C2T-E012", Some("free some space and run again")),
            _ => ("C2T-E013", None),
        };
        Self {
            place: Some(place.to_owned()),
            fix: fix.map(str::to_owned),
            source: Some(Box::new(source)),
            ..Self::failed(code, what)
        }
    }

    /// A report that could not be written as CSV or JSON.
    pub fn report(source: impl std::error::Error + Send + Sync + 'static) -> Self {
        let source: Box<dyn std::error::Error + Send + Sync> = Box::new(source);
        Self { source: Some(source), ..Self::failed("C2T-E031", "cannot write a report") }
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
        write!(f, "{}", self.what)?;
        if let Some(place) = &self.place {
            write!(f, ": {}", place.display())?;
        }
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
        for (kind, code, fix) in [
            (Io::NotFound, "C2T-E010", true),
            (Io::PermissionDenied, "C2T-E011", true),
            (Io::StorageFull, "C2T-E012", true),
            (Io::BrokenPipe, "C2T-E013", false),
        ] {
            let error = Error::io("cannot write", Path::new("bundle"), kind.into());
            assert_eq!((error.code, error.fix.is_some()), (code, fix));
            assert!(error.to_string().starts_with("cannot write: bundle ("), "{error}");
        }
        let error = Error::report(std::io::Error::from(Io::StorageFull));
        assert_eq!((error.code, error.kind), ("C2T-E031", ErrorKind::Failed));
    }
}
