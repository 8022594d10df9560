//! `merge`: the parts that `convert --shard` made become one bundle, byte for byte the one that a single run
//! makes: the export is surveyed once more for the same plan, and what the parts hold stands in for pass 2.
//! It must not convert anything.

use super::convert::{Given, Options, Prepared, finish, form, tell};
use super::shard::{Asked, tool};
use crate::bundle::part::Parts;
use crate::bundle::{OldBundle, Stage, Writer};
use crate::cli::args::MergeArgs;
use crate::cli::printer::Printer;
use crate::error::{Error, Result};
use crate::mapping::Rules;
use crate::transform::Spares;

/// Runs the command.
///
/// # Errors
/// When the parts are not all parts of one export, when that has changed, and as `convert`.
pub fn run(args: &MergeArgs, printer: &Printer) -> Result<u8> {
    let parts = Parts::open(&args.parts)?;
    let about = parts.whole();
    if about.tool != tool() {
        let what = format!("version {} of the program made the parts", about.tool.version);
        return Err(Error::usage("C2T-E052", what)
            .fix("convert all parts, and merge them, with one version of the program"));
    }
    let asked: Asked = serde_json::from_value(about.options.clone()).map_err(|e| Error {
        source: Some(Box::new(e)),
        ..Error::failed("C2T-E056", "the parts do not say how they were made")
            .fix("convert the parts again, or copy them whole")
    })?;
    let options = Options {
        output: args.output.clone(),
        form: form(&args.output, args.zip),
        since: args.since.clone(),
        threads: args.threads,
        watcher: printer.watcher(),
        ..asked.options()?
    };
    let given = Given::read(&options, Rules::built_in()?)?;
    let old = options.since.as_deref().map(OldBundle::open).transpose()?;
    let stage = Stage::new(&options.output, options.form)?;
    let whole = Prepared::new(&options, given, &|text| printer.detail(text))?;
    if asked.fingerprint(&whole)? != about.fingerprint {
        let what = "the export, or a file given beside it, has changed since the parts were made";
        return Err(Error::failed("C2T-E055", what).fix(
            "convert all parts again from the export as it is now, or put it back as it was",
        ));
    }
    let writer = Writer::new(&whole.plan, &stage, old.as_ref())?;
    let mut writer = writer.keeping_files(!options.no_copy_files);
    parts.iter().try_for_each(|part| writer.join(part))?;
    let summary = finish(&whole, writer, Spares::default(), stage, old.as_ref())?;
    tell(&summary, &options, asked.workspace.as_deref(), printer);
    Ok(if asked.strict && summary.needs_a_person() { 3 } else { 0 })
}
