//! The two passes, and the decisions between them, on one thread. What pass 1 does with a chunk cannot be
//! had without reading it: that figure holds reading, splitting and digest as well.

use crate::export::{Export, Failure, chunks};
use close2twenty::mapping::{Decisions, Rules, Settings};
use close2twenty::pipeline::{self, Pool};
use close2twenty::plan::{Basis, Plan};
use close2twenty::read::Sources;
use close2twenty::survey::{Seen, Survey, survey};
use close2twenty::transform;
use close2twenty::twenty::workspace::Workspace;
use criterion::{BatchSize, Criterion, SamplingMode, Throughput};
use std::time::Duration;

pub fn bench(criterion: &mut Criterion, export: &Export) -> Result<(), Failure> {
    let pool = pipeline::pool(1)?;
    let rules = Rules::built_in()?;
    let sources = Sources::find(&[export.folder()])?;
    let workspace = Workspace::standard()?;
    let mut group = criterion.benchmark_group("passes");
    group.sampling_mode(SamplingMode::Flat).sample_size(10);
    group.throughput(Throughput::BytesDecimal(export.array.len() as u64));
    group.bench_function("survey, with reading", |bencher| {
        bencher.iter(|| surveyed(&pool, &sources, &rules));
    });
    let plan = planned(surveyed(&pool, &sources, &rules)?, &rules, &workspace)?;
    let chunks = chunks(&export.array)?;
    group.bench_function("transform", |bencher| {
        let spares = transform::Spares::default();
        bencher.iter(|| {
            chunks
                .iter()
                .for_each(|chunk| spares.put(transform::chunk(&plan, spares.take(), chunk)));
        });
    });
    // A plan takes its survey apart, so each needs one of its own, which takes longer than the plan.
    group.measurement_time(Duration::from_millis(200));
    group.bench_function("plan", |bencher| {
        bencher.iter_batched(
            || surveyed(&pool, &sources, &rules),
            |survey| survey.and_then(|survey| planned(survey, &rules, &workspace)),
            BatchSize::LargeInput,
        );
    });
    group.finish();
    Ok(())
}

fn surveyed(pool: &Pool, sources: &Sources, rules: &Rules) -> Result<(Survey, Seen), Failure> {
    Ok(survey(pool, sources.clone(), rules.waived())?)
}

fn planned(
    (mut survey, seen): (Survey, Seen),
    rules: &Rules,
    workspace: &Workspace,
) -> Result<Plan, Failure> {
    let (settings, rules) = (Settings::default(), rules.clone());
    let basis = Basis { settings, rules, workspace, map: None, decisions: &Decisions::default() };
    Ok(Plan::decide(&mut survey, seen, basis)?)
}
