//! The files to import, in order. It must not list more files than a page can hold: the manifest has all.

use super::text::{Book, Figure, Quoted};
use crate::bundle::manifest::{Manifest, Step};
use crate::error::Result;
use crate::report::Summary;

/// Files that are listed, and of one step.
const LISTED: usize = 600;
const OF_STEP: usize = 60;

/// See the module's head.
pub(super) struct Files {
    pub steps: Vec<StepRow>,
    pub count: Figure,
    pub rows: Figure,
    pub bytes: Figure,
    /// The bundle has files that belong to records.
    pub attachments: bool,
}

/// One step.
pub(super) struct StepRow {
    pub order: Figure,
    pub object: Quoted,
    pub folder: Quoted,
    /// It adds links to rows of an earlier step.
    pub links: bool,
    pub after: Vec<Figure>,
    pub files: Figure,
    pub rows: Figure,
    pub bytes: Figure,
    pub list: Vec<FileRow>,
    /// There are more files than are listed.
    pub more: bool,
}

/// One file.
pub(super) struct FileRow {
    pub path: Quoted,
    pub rows: Figure,
    pub bytes: Figure,
}

impl Files {
    pub fn new(book: &Book, summary: &Summary, manifest: &Manifest) -> Result<Self> {
        let sum = |key: &str| book.at(&["sums", key]);
        let mut room = LISTED;
        let mut steps = Vec::new();
        for (at, step) in manifest.steps.iter().enumerate() {
            let shown = step.files.len().min(OF_STEP).min(room);
            room -= shown;
            let earlier = manifest.steps.get(..at).unwrap_or_default();
            let links = earlier.iter().any(|before| before.object == step.object);
            let figure = |key: &str| book.at(&["steps", &at.to_string(), key]);
            steps.push(StepRow {
                order: of_step(at, step.order as u64, "order"),
                object: Quoted::new(manifest.label_plural(&step.object)),
                folder: Quoted::new(&step.folder),
                links,
                after: after(at, step),
                files: figure("files")?,
                rows: figure("rows")?,
                bytes: figure("bytes")?.bytes(),
                list: list(at, step, shown),
                more: step.files.len() > shown,
            });
        }
        Ok(Self {
            steps,
            count: sum("files")?,
            rows: sum("rows")?,
            bytes: sum("bytes")?.bytes(),
            attachments: summary.attachments.index.is_some(),
        })
    }
}

fn of_step(step: usize, value: u64, place: &str) -> Figure {
    Figure::of_manifest(value, &format!("/steps/{step}/{place}"))
}

/// The steps that must come before.
fn after(at: usize, step: &Step) -> Vec<Figure> {
    let orders = step.depends_on.iter().enumerate();
    orders.map(|(n, order)| of_step(at, *order as u64, &format!("depends_on/{n}"))).collect()
}

fn list(at: usize, step: &Step, shown: usize) -> Vec<FileRow> {
    let files = step.files.iter().enumerate().take(shown).map(|(n, file)| FileRow {
        path: Quoted::new(&file.path),
        rows: of_step(at, file.rows, &format!("files/{n}/rows")),
        bytes: of_step(at, file.bytes, &format!("files/{n}/bytes")).bytes(),
    });
    files.collect()
}
