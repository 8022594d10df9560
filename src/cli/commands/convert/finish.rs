//! What comes after pass 2, wherever that ran: records are gathered, files written in order, everything is
//! accounted for, and the bundle says of itself what it is. It must not read the export.

use super::contract;
use super::prepared::Prepared;
use crate::bundle::state::Delta;
use crate::bundle::{Finished, Manifest, OldBundle, Stage, Writer, guide};
use crate::error::{Error, Result};
use crate::event::watch::Phase;
use crate::report::page::{self, Inputs};
use crate::report::{SpotCheck, Summary, conservation, files};
use crate::transform::{self, Spares};

/// Makes the bundle of what `writer` has taken, and puts it in its place.
///
/// # Errors
/// When the disk refuses, or something is not accounted for; then there is no bundle.
pub(in crate::cli::commands) fn finish(
    whole: &Prepared,
    mut writer: Writer<'_>,
    spares: Spares,
    stage: Stage,
    old: Option<&OldBundle>,
) -> Result<Summary> {
    let Prepared { pool, survey, plan, map } = whole;
    let running = pool.watcher().begin(Phase::Write, 0);
    let gather = |items| transform::gathered(plan, spares.take(), items);
    pool.install(|| writer.gathered(gather, |output| spares.put(output)))?;
    // From here on memory is better used for sorting.
    drop(spares);
    let Finished { totals, steps, state, delta, files: filed, spots } =
        pool.install(|| writer.finish())?;
    conservation::check(survey, plan, &totals, &filed.attachments)?;
    let since = delta.as_ref().map(Delta::counts);
    let (attachments, map) = (filed.attachments, map.clone());
    let spot_check = SpotCheck::new(plan, &totals.picks, &spots);
    let mut summary =
        Summary { attachments, since, map, ..Summary::new(survey, plan, &totals, &steps) };
    summary.sums.complete(spot_check.records.len(), summary.since.as_deref());
    let summary = summary;
    files::write(&stage, survey, plan, &totals, &summary)?;
    stage.write("reports/spot-check.csv", &spot_check.csv()?)?;
    let mut manifest = Manifest { state, ..contract::manifest(survey, plan, steps, &summary) };
    if let Some((old, delta)) = old.zip(delta) {
        files::delta(&stage, &delta)?;
        manifest.since = Some(old.since(&manifest, &delta));
    }
    let page = Inputs {
        summary: &summary,
        manifest: &manifest,
        survey,
        plan,
        totals: &totals,
        spot_check: &spot_check,
    };
    stage.write("report.html", &page::write(&page)?)?;
    let json = serde_json::to_vec_pretty(&manifest).map_err(Error::report)?;
    stage.write("GUIDE.md", guide::write(&manifest, &contract::notes(&summary)).as_bytes())?;
    stage.write("manifest.json", &files::with_newline(json))?;
    pool.install(|| stage.commit())?;
    drop(running);
    Ok(summary)
}
