//! The older bundle of `--since`: its manifest, as far as it is needed, and its state. Read
//! leniently, because another version of the program may have written it. It must not change it.

use super::delta::Delta;
use super::file::StateReader;
use crate::bundle::manifest::{FORMAT, Manifest, Since, SinceField, StateFile, Tool, VERSION};
use crate::error::{Error, Result};
use crate::read::split::hex;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// See the module's head.
#[derive(Debug)]
pub struct OldBundle {
    root: PathBuf,
    sha256: String,
    manifest: OldManifest,
}

#[derive(Debug, Deserialize)]
struct Head {
    format: String,
    version: u32,
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
    /// Opens the bundle in the folder `root` and makes sure that its state is as it was written.
    ///
    /// # Errors
    /// When it is no bundle, one of another layout, one without state, or a damaged one.
    pub fn open(root: &Path) -> Result<Self> {
        let place = root.join("manifest.json");
        let bytes = match std::fs::read(&place) {
            Ok(bytes) => bytes,
            Err(e) if root.exists() && e.kind() == std::io::ErrorKind::NotFound => {
                return Err(no_bundle(root));
            }
            Err(e) => return Err(Error::io("cannot read the older bundle", &place, e)),
        };
        let head: Head = serde_json::from_slice(&bytes).map_err(|_| no_bundle(root))?;
        if head.format != FORMAT {
            return Err(no_bundle(root));
        }
        let made = "convert the older export again with this version, then use --since";
        if head.version != VERSION {
            let what = format!(
                "the older bundle has layout {}, this program knows layout {VERSION}",
                head.version
            );
            return Err(Error::usage("C2T-E042", what).at(root).fix(made));
        }
        let manifest: OldManifest = serde_json::from_slice(&bytes).map_err(|e| Error {
            source: Some(Box::new(e)),
            ..Error::failed("C2T-E044", "the older bundle's manifest cannot be understood")
                .at(&place)
                .fix("take the bundle as it was written, or convert without --since")
        })?;
        if manifest.state.is_empty() {
            let what = "the older bundle does not say what it holds (no state/): an older version \
                        of the program made it";
            return Err(Error::usage("C2T-E043", what).at(root).fix(made));
        }
        let old = Self { root: root.to_owned(), sha256: hex(&Sha256::digest(&bytes)), manifest };
        old.manifest.state.iter().try_for_each(|file| old.verify(file))?;
        Ok(old)
    }

    /// A damaged file would make rows look new or unchanged that are not.
    fn verify(&self, file: &StateFile) -> Result<()> {
        let path = self.path(file);
        let io = |e| Error::io("cannot read the older bundle", &path, e);
        let (mut input, mut hash) = (File::open(&path).map_err(io)?, Sha256::new());
        let mut buffer = vec![0; 1 << 16];
        loop {
            match input.read(&mut buffer).map_err(io)? {
                0 => break,
                n => hash.update(&buffer[..n]),
            }
        }
        if hex(&hash.finalize()) == file.sha256 {
            return Ok(());
        }
        // Where a line is broken, that line says more.
        let mut lines = StateReader::open(&path)?;
        while lines.next()?.is_some() {}
        let what = "the state of the older bundle is not as it was written: its SHA-256 is not \
                    that of the manifest";
        Err(Error::failed("C2T-E044", what)
            .at(path)
            .fix("take the bundle as it was written, or convert without --since"))
    }

    /// Names come from the step, not from a path that the manifest could make up.
    fn path(&self, file: &StateFile) -> PathBuf {
        let name: String = file.step.chars().filter(|c| !matches!(c, '/' | '\\' | ':')).collect();
        self.root.join("state").join(format!("{name}.csv"))
    }

    /// The steps it has state of: object and step.
    pub(in crate::bundle) fn steps(&self) -> impl Iterator<Item = (&str, &str)> {
        self.manifest.state.iter().map(|file| (&*file.object, &*file.step))
    }

    /// The state of a step; none when the bundle had no such step.
    pub(in crate::bundle) fn state(&self, step: &str) -> Result<Option<StateReader>> {
        let file = self.manifest.state.iter().find(|file| file.step == step);
        file.map(|file| StateReader::open(&self.path(file))).transpose()
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

fn no_bundle(root: &Path) -> Error {
    Error::usage("C2T-E041", "this is no bundle to compare with")
        .at(root)
        .fix("give --since the folder of a bundle that `convert` wrote")
}
