//! `workspace`: a target's schema and members in a file, to carry across the air gap.

use crate::cli::args::network::WorkspaceArgs;
use crate::cli::output::SavedWorkspace;
use crate::cli::printer::Printer;
use crate::cli::suggest::Suggestion;
use crate::error::{Error, Result};
use crate::event::count::plural;
use crate::push::run::Session;
use crate::push::{live, refused};
use std::sync::Arc;

/// Runs the command.
///
/// # Errors
/// When the server does not answer, or the file cannot be written.
pub fn run(args: &WorkspaceArgs, printer: &Printer) -> Result<u8> {
    let listener = printer.listener();
    let session =
        Session::open(&super::connect(&args.connect), super::stop(), Arc::clone(&listener))?;
    let live = live::schema(&session.client).map_err(|e| refused(e, "reading the schema"))?;
    let members = live::members(&session.client).map_err(|e| refused(e, "reading the members"))?;
    let version = session.client.get("/client-config").ok();
    let version = version.and_then(|said| said["appVersion"].as_str().map(str::to_owned));
    let saved = live.saved(version, members);
    let text = saved.to_text()?;
    std::fs::write(&args.output, text)
        .map_err(|e| Error::io("cannot write the workspace file", &args.output, e))?;
    let custom = saved.objects.iter().filter(|object| object.is_custom).count();
    let fields: usize = saved.objects.iter().map(|object| object.fields.len()).sum();
    if printer.is_json() {
        printer.outcome(&SavedWorkspace {
            file: args.output.clone(),
            objects: saved.objects.len(),
            custom_objects: custom,
            fields,
            members: saved.members.len(),
            workspace: session.workspace,
        });
    } else {
        printer.result(&format!(
            "{}: {} ({custom} custom), {}, members: {}\n",
            args.output.display(),
            plural(saved.objects.len() as u64, "object", "objects"),
            plural(fields as u64, "field", "fields"),
            saved.members.len()
        ));
    }
    let plan = Suggestion::new("plan").word("EXPORT");
    printer.next(&plan.option("--workspace", Some(&args.output)));
    Ok(0)
}
