//! `convert --shard`: one of several processes makes its part of a bundle. Each surveys the whole export, and
//! so follows the same plan; it converts only its share. It must not finish anything: `merge` does.

use super::convert::{Given, Options, Prepared};
use super::inputs;
use crate::bundle::manifest::Tool;
use crate::bundle::part::{PartWriter, Whole};
use crate::bundle::{Form, Stage};
use crate::cli::args::ConvertArgs;
use crate::cli::output::Part;
use crate::cli::printer::Printer;
use crate::cli::suggest::Suggestion;
use crate::error::{Error, Result};
use crate::event::count::plural;
use crate::mapping::{LeadStrategy, Rules, Settings};
use crate::pipeline::Shard;
use crate::read::split::hex;
use crate::transform::Spares;
use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::io::Write;
use std::path::{Path, PathBuf};

/// What the user asked for, as it stands in each part; paths are absolute.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Asked {
    exports: Vec<PathBuf>,
    mapping: Option<PathBuf>,
    /// The workspace the bundle is for.
    pub workspace: Option<PathBuf>,
    leads: Option<String>,
    decisions: Option<PathBuf>,
    attachments: Vec<PathBuf>,
    no_copy_files: bool,
    /// Take it as a fault when anything was set aside.
    pub strict: bool,
}

impl Asked {
    /// What the command line says.
    fn of(args: &ConvertArgs) -> Result<Self> {
        let all =
            |paths: &[PathBuf]| paths.iter().map(|path| absolute(path)).collect::<Result<Vec<_>>>();
        let one = |path: &Option<PathBuf>| path.as_deref().map(absolute).transpose();
        let leads = args.leads.and_then(|leads| leads.to_possible_value());
        Ok(Self {
            exports: all(&args.export.exports)?,
            mapping: one(&args.mapping)?,
            workspace: one(&args.workspace)?,
            leads: leads.map(|leads| leads.get_name().to_owned()),
            decisions: one(&args.decisions)?,
            attachments: all(&args.attachments)?,
            no_copy_files: args.no_copy_files,
            strict: args.strict,
        })
    }

    /// The same as options; what they do not say has its default.
    ///
    /// # Errors
    /// When a file that was named cannot be read.
    pub fn options(&self) -> Result<Options> {
        let leads = self.leads.as_deref().and_then(|word| LeadStrategy::from_str(word, true).ok());
        Ok(Options {
            exports: self.exports.clone(),
            settings: Settings { leads: leads.unwrap_or_default(), ..Settings::default() },
            map: self.mapping.as_deref().map(inputs::mapping).transpose()?,
            workspace: self.workspace.as_deref().map(inputs::workspace).transpose()?,
            decisions: self.decisions.clone(),
            strict: self.strict,
            attachments: self.attachments.clone(),
            no_copy_files: self.no_copy_files,
            ..Options::default()
        })
    }

    /// What the export, and all that is beside it, is known by: any change changes it.
    ///
    /// # Errors
    /// When a file that was named cannot be read.
    pub fn fingerprint(&self, whole: &Prepared) -> Result<String> {
        let (survey, found) = (&whole.survey, &whole.plan.files.found);
        let mut hash = Sha256::new();
        let sources = survey.sources.iter().zip(&survey.ends);
        for (source, end) in sources {
            // Writing to a digest cannot fail.
            let _ = writeln!(hash, "{:?} {} {}", source.name, end.bytes, end.sha256);
        }
        let _ = writeln!(hash, "{:?} {:?} {:?}", found.files, found.listed, found.problems);
        for path in [&self.mapping, &self.workspace, &self.decisions].into_iter().flatten() {
            let bytes = std::fs::read(path)
                .map_err(|e| Error::io("cannot read what was given beside the export", path, e))?;
            hash.update(Sha256::digest(bytes));
        }
        Ok(hex(&hash.finalize()))
    }
}

/// The program, as a part names it.
pub(super) fn tool() -> Tool {
    let (name, version) = (env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"));
    Tool { name: name.to_owned(), version: version.to_owned() }
}

fn absolute(path: &Path) -> Result<PathBuf> {
    std::path::absolute(path).map_err(|e| Error::io("cannot tell the whole path of this", path, e))
}

/// Runs the command.
///
/// # Errors
/// As `convert`.
pub fn run(args: &ConvertArgs, printer: &Printer) -> Result<u8> {
    let shard = args.shard.unwrap_or(Shard::ALL);
    let asked = Asked::of(args)?;
    let (threads, watcher) = (args.export.threads, printer.watcher());
    let options = Options { threads, watcher, ..asked.options()? };
    let given = Given::read(&options, Rules::built_in()?)?;
    let stage = Stage::new(&args.output, Form::Part)?;
    let whole = Prepared::new(&options, given, &|text| printer.detail(text))?;
    let mut writer = PartWriter::new(&whole.plan, &stage)?;
    whole.pass(shard, &Spares::default(), |output| writer.take(output))?;
    let records = writer.records();
    let about = Whole {
        tool: tool(),
        of: shard.of,
        fingerprint: asked.fingerprint(&whole)?,
        options: serde_json::to_value(&asked).map_err(Error::report)?,
    };
    writer.finish(shard.number, about)?;
    stage.commit()?;
    let made = Part { number: shard.number, of: shard.of, records };
    if printer.is_json() {
        printer.json(&made);
    } else {
        printer.result(&format!(
            "part {} of {}: {}\n",
            made.number,
            made.of,
            plural(records, "record", "records")
        ));
    }
    let place = args.output.display();
    printer.say(&format!("Part written to {place}; {} of them make the bundle.", made.of));
    printer.next(&Suggestion::new("merge").path(&args.output).word("PART... -o BUNDLE"));
    Ok(0)
}
