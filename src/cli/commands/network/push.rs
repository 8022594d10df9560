//! `push`: a bundle through Twenty's API.

use crate::cli::args::network::{ExistingArg, PhaseArg, PushArgs};
use crate::cli::printer::Printer;
use crate::error::Result;
use crate::push::preflight::Allowed;
use crate::push::records::Existing;
use crate::push::run::{Options, PHASES, Phase, push};
use crate::report::pushed;

/// Runs the command: 0 when everything is there, 3 when something is left for a person.
///
/// # Errors
/// When the push may not begin, or cannot go on.
pub fn run(args: &PushArgs, printer: &Printer) -> Result<u8> {
    let listener = printer.listener();
    let options = options(args);
    let outcome = push(&args.to.bundle, &options, super::stop(), &listener)?;
    drop(listener);
    if printer.is_json() {
        printer.outcome(&outcome);
    } else if outcome.dry_run {
        printer.result(&pushed::preflight(&outcome.preflight));
    } else {
        printer.result(&pushed::table(&outcome));
    }
    if !outcome.dry_run {
        for note in &outcome.preflight.notes {
            printer.say(&format!("note: {note}"));
        }
        for name in &outcome.asleep {
            printer.warn("C2T-E317", &format!("the workflow `{name}` could not be woken: push again, or switch it off and on by hand"));
        }
        if let Some(path) = &outcome.rejects {
            let again = super::suggest("push", &args.to).option("--rejects", Some(path));
            let path = path.display();
            printer.say(&format!("Refused rows are in {path}: repair their cells, then {again}"));
        }
        printer.next(&super::suggest("verify", &args.to));
    } else if outcome.preflight.stops.is_empty() {
        printer.next_by_hand("the same command without --dry-run");
    } else {
        printer.next_by_hand("do what each STOP says, then the same command again");
    }
    Ok(if outcome.needs_a_person() { 3 } else { 0 })
}

fn options(args: &PushArgs) -> Options {
    let mut phases: Vec<Phase> = args
        .only
        .iter()
        .map(|phase| match phase {
            PhaseArg::Schema => Phase::Schema,
            PhaseArg::Records => Phase::Records,
            PhaseArg::Targets => Phase::Targets,
            PhaseArg::Files => Phase::Files,
            PhaseArg::Timeline => Phase::Timeline,
        })
        .collect();
    if phases.is_empty() {
        phases = PHASES.to_vec();
    }
    if args.no_timeline {
        phases.retain(|phase| *phase != Phase::Timeline);
    }
    phases.sort_unstable();
    Options {
        connect: super::with_journal(&args.to),
        phases,
        dry_run: args.dry_run,
        allowed: Allowed {
            pause_workflows: args.pause_workflows,
            workflows: args.allow_workflows,
            webhooks: args.allow_webhooks,
            proposed_map: args.accept_proposed_map,
            existing: match args.existing {
                ExistingArg::Update => Existing::Update,
                ExistingArg::Fill => Existing::Fill,
                ExistingArg::Stop => Existing::Stop,
            },
        },
        retry: args.retry,
        repaired: args.rejects.clone(),
        history: args.history,
    }
}
