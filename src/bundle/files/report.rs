//! `reports/attachments.csv`: what is missing, set aside or worth a look among files, each with its
//! reason and what to do; first references, then files of the folder, then folders and lists. It must not
//! count.

use super::row::{self, Made};
use crate::error::{Error, Result};
use crate::event::{Notice, excerpt, file as notice};
use crate::read::attachments::Problem;
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

const HEAD: [&str; 12] = [
    "about", "status", "code", "close_id", "name", "role", "file", "line", "why", "fix", "detail",
    "url",
];

/// See the module's head.
pub(super) struct Report {
    out: csv::Writer<BufWriter<File>>,
}

impl Report {
    pub fn create(root: &Path) -> Result<Self> {
        let path = super::report_path(root);
        let file = File::create(&path).map_err(|e| Error::io("cannot write a report", &path, e))?;
        let mut out = csv::WriterBuilder::new()
            .quote_style(csv::QuoteStyle::Always)
            .from_writer(BufWriter::new(file));
        out.write_record(HEAD).map_err(Error::report)?;
        Ok(Self { out })
    }

    /// A reference, when there is something to say about it. Without a folder every file is missing, and
    /// `files.csv` alone says so.
    pub fn reference(&mut self, made: &Made<'_>, detail: &str) -> Result<()> {
        let notices = made.why.iter().chain(made.flags).filter(|why| **why != notice::NO_FOLDER);
        for why in notices {
            let role = made.reference.role.map_or("", crate::plan::files::Role::word);
            self.out
                .write_record([
                    "reference",
                    row::status(made.why),
                    why.code,
                    &made.reference.key,
                    made.name,
                    role,
                    made.source,
                    "",
                    why.why,
                    why.fix,
                    detail,
                    &made.reference.url,
                ])
                .map_err(Error::report)?;
        }
        Ok(())
    }

    /// A found file no reference has taken.
    pub fn found(&mut self, name: &str, why: Notice) -> Result<()> {
        let status = if why == notice::SAME_CONTENT { "duplicate" } else { "unclaimed" };
        let row = ["file", status, why.code, "", "", "", name, "", why.why, why.fix, "", ""];
        self.out.write_record(row).map_err(Error::report)
    }

    pub fn finish(mut self, problems: &[Problem]) -> Result<()> {
        for problem in problems {
            let Some(why) = notice::by_code(problem.code) else { continue };
            let line = if problem.line == 0 { String::new() } else { problem.line.to_string() };
            let (place, detail) = (&*problem.place, excerpt(&problem.detail));
            let row =
                ["folder", "", why.code, "", "", "", place, &line, why.why, why.fix, &detail, ""];
            self.out.write_record(row).map_err(Error::report)?;
        }
        self.out.flush().map_err(Error::report)
    }
}
