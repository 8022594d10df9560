//! What comes before the bundle: what the user gave, the survey of the export, the plan. It must not write
//! anything.

use super::contract::{fingerprint, nothing};
use super::{Options, inputs};
use crate::close::Kind;
use crate::error::Result;
use crate::event::watch::Phase;
use crate::mapping::{Decisions, Rules, Settings};
use crate::pipeline::{self, Shard};
use crate::plan::{Basis, Coverage, Files, Plan, Sample, Spot, coverage};
use crate::read::attachments::Found;
use crate::read::{Chunk, Sources};
use crate::report::{MapLine, kept};
use crate::survey::{Survey, Visit, survey, survey_of};
use crate::transform::{self, Output, Spares};
use crate::twenty::workspace::Workspace;

/// What the user gave, found and read.
pub(in crate::cli::commands) struct Given {
    rules: Rules,
    settings: Settings,
    sources: Sources,
    found: Found,
    decisions: Decisions,
}

impl Given {
    /// Looks for the export and reads what is beside it.
    ///
    /// # Errors
    /// When something is not there, or says something it cannot say.
    pub fn read(options: &Options, rules: Rules) -> Result<Self> {
        let map = options.map.as_ref();
        let (sources, found) = inputs::found(&options.exports, &options.attachments)?;
        let decisions = options.decisions.as_deref().map(inputs::decisions).transpose()?;
        Ok(Self {
            rules: match map {
                Some(map) => rules.with(map)?,
                None => rules,
            },
            settings: map.map_or(Ok(options.settings.clone()), Settings::of)?,
            sources,
            found,
            decisions: decisions.unwrap_or_default(),
        })
    }
}

/// An export that was surveyed, with the plan for it: the same in every process that is given the same.
pub(in crate::cli::commands) struct Prepared {
    /// The workers.
    pub pool: pipeline::Pool,
    /// What the export holds.
    pub survey: Survey,
    /// Every decision.
    pub plan: Plan,
    /// The map the plan follows.
    pub map: MapLine,
}

impl Prepared {
    /// Reads the export once and decides everything; `detail` hears what the curious want to know.
    ///
    /// # Errors
    /// When the export cannot be read, or the map is not what `strict` asks for.
    pub fn new(options: &Options, given: Given, detail: &dyn Fn(&str)) -> Result<Self> {
        let Given { rules, settings, sources, found, decisions } = given;
        let map = options.map.as_ref();
        let pool = pipeline::pool(options.threads)?.watched(&options.watcher);
        let (mut survey, seen) = survey(&pool, sources, rules.waived())?;
        if survey.read.keys().all(|kind| *kind == Kind::Unknown) {
            return Err(nothing(&survey, &options.exports));
        }
        detail(&kept::survey(&survey, &seen));
        let standard = Workspace::standard()?;
        let workspace = options.workspace.as_ref().unwrap_or(&standard);
        let export = fingerprint(&survey);
        if options.strict {
            map.map_or(Ok(()), |map| inputs::approved(map, &export))?;
        }
        let basis = Basis { settings, rules, workspace, map, decisions: &decisions };
        let mut plan = Plan::decide(&mut survey, seen, basis.clone())?;
        let map = MapLine::new(&basis, &plan, &survey, &export);
        if let Some(n) = options.sample {
            (survey, plan) = sampled(&pool, n, survey, &plan, basis)?;
        }
        detail(&kept::plan(&plan));
        plan.files = Files::new(found);
        plan.spot = Spot::new(&survey.read);
        Ok(Self { pool, survey, plan, map })
    }

    /// Pass 2 over a share of the export: hands `take` what comes of each chunk, in order.
    ///
    /// # Errors
    /// When the export cannot be read, and those of `take`.
    pub fn pass(
        &self,
        shard: Shard,
        spares: &Spares,
        mut take: impl FnMut(&Output) -> Result<()> + Send,
    ) -> Result<()> {
        let Self { pool, survey, plan, .. } = self;
        let work = |chunk: &Chunk| transform::chunk(plan, spares.take(), chunk);
        let bytes = pipeline::bytes(&survey.ends) / u64::from(shard.of.max(1));
        let _running = pool.watcher().begin(Phase::Transform, bytes);
        pipeline::again(pool, &survey.sources, &survey.ends, shard, work, |output| {
            pool.watcher().records(output.read());
            take(&output)?;
            spares.put(output);
            Ok(())
        })
    }
}

/// Survey and plan of a sample: the leads that show the most, with the schema of the whole.
fn sampled(
    pool: &pipeline::Pool,
    n: u32,
    mut whole: Survey,
    plan: &Plan,
    basis: Basis<'_>,
) -> Result<(Survey, Plan)> {
    let mut coverage = Coverage::default();
    let work = |chunk: &Chunk| coverage::Part::of(plan, chunk);
    let running = pool.watcher().begin(Phase::Sample, pipeline::bytes(&whole.ends));
    pipeline::again(pool, &whole.sources, &whole.ends, Shard::ALL, work, |part| {
        coverage.absorb(part);
        Ok(())
    })?;
    drop(running);
    let sample = Sample::choose(plan, &coverage, n as usize);
    let files = std::mem::take(&mut whole.sources);
    let ignored = std::mem::take(&mut whole.ignored);
    let sources = Sources { files, ignored, ..Sources::default() };
    let keep = |visit: &Visit<'_>| sample.has(visit);
    let (mut survey, seen) = survey_of(pool, sources, plan.rules.waived(), Some(&keep))?;
    let mut plan = survey.shaped_like(whole, |survey| Plan::decide(survey, seen, basis))?;
    plan.sample = Some(sample);
    Ok((survey, plan))
}
