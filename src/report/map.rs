//! What the summary says of the map: how it is known, whether a person agreed to it, and what in it does
//! not concern this export.

use crate::mapping::MapFile;
use crate::mapping::file::{Located, Marks};
use crate::mapping::nearest::nearest;
use crate::plan::{Basis, Plan, as_map};
use crate::read::split::hex;
use crate::survey::{Map, Set, Survey};
use serde::Serialize;
use sha2::{Digest, Sha256};

/// See the module's head.
#[derive(Clone, Debug, Default, Serialize, schemars::JsonSchema)]
pub struct MapLine {
    /// SHA-256 of all decisions, whoever made them.
    pub sha256: String,
    /// What the export is known by.
    pub fingerprint: String,
    /// A person has confirmed this map for this export.
    pub confirmed: bool,
    /// Entries of the map that say nothing about this export.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

impl MapLine {
    /// Looks at the map the plan followed.
    pub fn new(basis: &Basis<'_>, plan: &Plan, survey: &Survey, export: &str) -> Self {
        let map = basis.map;
        let effective = as_map::map(plan, survey, &Map::default(), String::new());
        let mut digest = Sha256::new_with_prefix(effective.decisions_json().to_string());
        for decided in &basis.decisions.lines {
            let (by, of) = (&decided.survivor, &decided.merged);
            digest.update(format!("\n{:?} {by} {of} {}", decided.subject, decided.decision.word()));
        }
        let sha256 = hex(&digest.finalize());
        let made_for =
            |map: &MapFile| map.fingerprint.as_ref().is_some_and(|it| it.value == export);
        Self {
            sha256,
            fingerprint: export.to_owned(),
            confirmed: map.is_some_and(|map| map.confirmed && made_for(map)),
            warnings: map.map(|map| strangers(map, &effective)).unwrap_or_default(),
        }
    }
}

/// Entries the export has no part for; those a former run marked as gone are known.
fn strangers(map: &MapFile, effective: &MapFile) -> Vec<String> {
    let types = map.types.iter().map(|it| (&it.close, it.marks));
    let stages = map.stages.iter().map(|it| (&it.close, it.marks));
    let fields = map.fields.iter().map(|it| (&it.close, it.marks));
    let mut told = told(map, types, effective.types.iter().map(|it| &it.close), "no record");
    told.extend(self::told(map, stages, effective.stages.iter().map(|it| &it.close), "no place"));
    told.extend(self::told(map, fields, effective.fields.iter().map(|it| &it.close), "no value"));
    told
}

fn told<'m>(
    map: &MapFile,
    said: impl Iterator<Item = (&'m Located<String>, Marks)>,
    known: impl Iterator<Item = &'m Located<String>>,
    lacks: &str,
) -> Vec<String> {
    let known: Set<&str> = known.map(|close| close.value.as_str()).collect();
    let strange = said.filter(|(it, marks)| !marks.gone && !known.contains(it.value.as_str()));
    let told = strange.map(|(close, _)| {
        let Located { value, at } = close;
        let hint = nearest(value, known.iter().copied());
        let hint = hint.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        format!("{}:{}: `{value}` has {lacks} in this export{hint}", map.name, at.line)
    });
    told.collect()
}
