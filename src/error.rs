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
