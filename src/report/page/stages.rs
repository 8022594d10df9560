//! Pipelines with their stages, as they will stand in Twenty. It must not order them anew.

use super::text::{Bar, Book, Figure, Quoted};
use crate::error::Result;
use crate::report::Summary;
use crate::survey::Map;

/// See the module's head.
pub(super) struct Stages {
    pub pipelines: Figure,
    pub statuses: Figure,
    pub opportunities: Figure,
    pub groups: Vec<Group>,
    /// There are more than the page shows.
    pub more: bool,
}

/// One pipeline; no name for statuses of none.
pub(super) struct Group {
    pub name: Option<Quoted>,
    pub rows: Vec<Row>,
}

/// One status.
pub(super) struct Row {
    pub status: Quoted,
    pub kind: Quoted,
    pub stage: Quoted,
    pub value: Quoted,
    /// Class of its colour.
    pub color: &'static str,
    pub weight: Option<Figure>,
    pub opportunities: Figure,
    pub bar: Bar,
}

/// Twenty's names of colours, as classes.
const COLORS: [&str; 10] =
    ["green", "turquoise", "sky", "blue", "purple", "pink", "red", "orange", "yellow", "gray"];

impl Stages {
    pub fn new(book: &Book, summary: &Summary) -> Result<Self> {
        let stages = &summary.stages;
        let at = |key: &str| book.at(&["stages", key]);
        let most = stages.lines.iter().map(|line| line.opportunities).max().unwrap_or_default();
        let mut groups: Map<Option<&str>, Vec<Row>> = Map::default();
        for (n, line) in stages.lines.iter().enumerate() {
            let figure = |key: &str| book.at(&["stages", "lines", &n.to_string(), key]);
            let row = Row {
                status: Quoted::new(&line.status),
                kind: Quoted::cut(line.kind.as_deref().unwrap_or_default(), 20),
                stage: Quoted::new(&line.stage),
                value: Quoted::new(&line.value),
                color: COLORS.iter().find(|known| **known == line.color).copied().unwrap_or("none"),
                weight: line.weight.map(|_| figure("weight")).transpose()?,
                opportunities: figure("opportunities")?,
                bar: Bar::new(line.opportunities, most, "written"),
            };
            groups.entry(line.pipeline.as_deref()).or_default().push(row);
        }
        let groups = groups.into_iter();
        Ok(Self {
            pipelines: at("pipelines")?,
            statuses: at("statuses")?,
            opportunities: at("opportunities")?,
            groups: groups
                .map(|(name, rows)| Group { name: name.map(Quoted::new), rows })
                .collect(),
            more: stages.statuses > stages.lines.len() as u64,
        })
    }
}
