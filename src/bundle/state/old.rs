//! The older bundle of `--since`: its manifest, as far as it is needed, and its state. Read
//! leniently, because another version of the program may have written it. It must not change it.

use super::delta::Delta;
use super::file::StateReader;
use crate::bundle::digest::digest;
use crate::bundle::manifest::{Manifest, Since, SinceField, StateFile, Tool};
use crate::bundle::open::{Bundle, MANIFEST};
use crate::error::{Error, Result};
use crate::read::split::hex;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::path::Path;

/// See the module's head.
#[derive(Debug)]
pub struct OldBundle {
    bundle: Bundle,
    sha256: String,
    manifest: OldManifest,
}

#[derive(Debug, Deserialize)]
struct OldManifest {
    tool: Tool,
    mapping: OldMapping,
    schema: OldSchema,
    #[serde(default)]
    state: Vec<StateFile>,
}

#[derive(Debug, Deserialize)]
struct OldMapping {
    sha256: String,
}

#[derive(Debug, Deserialize)]
struct OldSchema {
    objects: Vec<OldObject>,
    fields: Vec<OldField>,
}

#[derive(Debug, Deserialize)]
struct OldObject {
    name_singular: String,
}

#[derive(Debug, Deserialize)]
struct OldField {
    object: String,
    name: String,
    #[serde(rename = "type")]
    kind: serde_json::Value,
    #[serde(default)]
    options: Vec<OldOption>,
}

#[derive(Debug, Deserialize)]
struct OldOption {
    value: String,
}

impl OldBundle {
    /// Opens the bundle at `place`, a folder or a zip, and makes sure that its state is as it was
    /// written.
    ///
    /// # Errors
    /// When it is no bundle, one of another layout, one without state, or a damaged one.
    pub fn open(place: &Path) -> Result<Self> {
        let bundle = Bundle::open(place)?;
        let bytes = bundle.manifest_bytes()?;
        let manifest: OldManifest = serde_json::from_slice(&bytes).map_err(|e| Error {
            source: Some(Box::new(e)),
            ..Error::failed("C2T-E044", "the older bundle's manifest cannot be understood")
                .at(bundle.path(MANIFEST))
                .fix("take the bundle as it was written, or convert without --since")
        })?;
        if manifest.state.is_empty() {
            let what = "the older bundle does not say what it holds (no state/): an older version \
                        of the program made it";
            return Err(Error::usage("C2T-E043", what)
                .at(place)
                .fix("convert the older export again with this version, then use --since"));
        }
        let old = Self { bundle, sha256: hex(&Sha256::digest(&bytes)), manifest };
        old.manifest.state.iter().try_for_each(|file| old.verify(file))?;
        Ok(old)
    }

    /// A damaged file would make rows look new or unchanged that are not.
    fn verify(&self, file: &StateFile) -> Result<()> {
        let name = name(file);
        let path = self.bundle.path(&name);
        let damaged = |what: &str| {
            Error::failed("C2T-E044", what.to_owned())
                .at(&path)
                .fix("take the bundle as it was written, or convert without --since")
        };
        let io = |e: std::io::Error| match e.kind() {
            // A damaged entry of a zip.
            std::io::ErrorKind::InvalidData => damaged("the state of the older bundle is damaged"),
            _ => Error::io("cannot read the older bundle", &path, e),
        };
        let (_, sha256) = digest(self.bundle.read(&name)?).map_err(io)?;
        if sha256 == file.sha256 {
            return Ok(());
        }
        // Where a line is broken, that line says more.
        let mut lines = self.reader(file)?;
        while lines.next()?.is_some() {}
        Err(damaged(
            "the state of the older bundle is not as it was written: its SHA-256 is not that of \
             the manifest",
        ))
    }

    fn reader(&self, file: &StateFile) -> Result<StateReader> {
        let name = name(file);
        StateReader::new(self.bundle.read(&name)?, &self.bundle.path(&name))
    }

    /// The steps it has state of: object and step.
    pub(in crate::bundle) fn steps(&self) -> impl Iterator<Item = (&str, &str)> {
        self.manifest.state.iter().map(|file| (&*file.object, &*file.step))
    }

    /// The state of a step; none when the bundle had no such step.
    pub(in crate::bundle) fn state(&self, step: &str) -> Result<Option<StateReader>> {
        let file = self.manifest.state.iter().find(|file| file.step == step);
        file.map(|file| self.reader(file)).transpose()
    }

    /// What the new bundle's manifest says of it.
    pub fn since(&self, new: &Manifest, delta: &Delta) -> Since {
        let old = &self.manifest;
        let known = |name: &str| old.schema.objects.iter().any(|o| o.name_singular == name);
        let objects = new.schema.objects.iter().map(|object| &object.name_singular);
        Since {
            manifest_sha256: self.sha256.clone(),
            tool: old.tool.clone(),
            same_mapping: old.mapping.sha256 == new.mapping.sha256,
            steps: delta.counts(),
            objects: objects.filter(|name| !known(name)).cloned().collect(),
            fields: self.fields(new),
        }
    }

    /// What the schema has now and had not then.
    fn fields(&self, new: &Manifest) -> Vec<SinceField> {
        let mut found = Vec::new();
        for field in &new.schema.fields {
            let object = &field.object;
            let then = self.manifest.schema.fields.iter();
            let then = then.filter(|old| old.object == *object).find(|old| old.name == field.name);
            let had = |value: &str| {
                then.is_some_and(|then| then.options.iter().any(|option| option.value == value))
            };
            let kind = serde_json::to_value(field.kind).unwrap_or_default();
            let was = then.filter(|then| then.kind != kind);
            let was = was.map(|then| then.kind.as_str().unwrap_or_default().to_owned());
            let fresh = then.is_none() && !field.existing;
            let options = field.options.iter().filter(|o| !o.existing && !had(&o.value));
            let options: Vec<String> = options.map(|option| option.label.clone()).collect();
            if fresh || was.is_some() || !options.is_empty() {
                let (object, name) = (object.to_owned(), field.name.clone());
                let label = field.label.clone();
                found.push(SinceField { object, name, label, new: fresh, was, options });
            }
        }
        found
    }
}

/// Names come from the step, not from a path that the manifest could make up.
fn name(file: &StateFile) -> String {
    format!("state/{}.csv", file.step)
}
