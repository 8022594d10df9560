//! The programs beside the converter, what they need, and the rows they wrote. It must not measure.

use crate::limits::Failure;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// One program of `benches/peers`.
pub struct Peer {
    /// How the table calls it.
    pub name: &'static str,
    /// The command, before `EXPORT OUTPUT_FOLDER`.
    pub command: Vec<OsString>,
}

/// The tables they write, in the order of [`rows`].
const TABLES: [&str; 5] = ["leads", "contacts", "opportunities", "tasks", "activities"];
const SCRIPTS: [(&str, &str, &str); 3] = [
    ("DuckDB, columns declared, in order", "duckdb", "flatten_duckdb.py"),
    ("polars, schema declared", "polars", "flatten_polars.py"),
    ("Python, orjson and csv", "orjson", "flatten_orjson.py"),
];

/// Those that can run here; says of the others why not.
pub fn found(work: &Path) -> Vec<Peer> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers");
    let mut found = Vec::new();
    match environment(work, &folder) {
        Ok(python) => {
            for (name, module, script) in SCRIPTS {
                let import = format!("import {module}");
                let there = Command::new(&python).args(["-c", &import]).output();
                if there.is_ok_and(|output| output.status.success()) {
                    let command = vec![python.clone().into(), folder.join(script).into()];
                    found.push(Peer { name, command });
                } else {
                    println!("left out: {name}: {module} could not be installed");
                }
            }
        }
        Err(why) => println!("left out: DuckDB, polars, orjson: {why}"),
    }
    if Command::new("jq").arg("--version").output().is_ok_and(|output| output.status.success()) {
        let command = vec!["bash".into(), folder.join("flatten_jq.sh").into()];
        found.push(Peer { name: "jq, a run a table", command });
    } else {
        println!("left out: jq is not installed");
    }
    found
}

/// A Python of its own with what the scripts need; kept from run to run.
fn environment(work: &Path, folder: &Path) -> Result<PathBuf, Failure> {
    let place = work.join("python");
    let python = place.join("bin/python");
    if !python.exists() {
        let made = Command::new("python3").args(["-m", "venv"]).arg(&place).output()?;
        if !made.status.success() {
            return Err("python3 -m venv failed".into());
        }
        let wanted = folder.join("requirements.txt");
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"];
        // What could not be installed shows when it is imported.
        Command::new(&python).args(pip).arg(wanted).output()?;
    }
    Ok(python)
}

/// Records in each table, its header left out.
pub fn rows(folder: &Path) -> Result<[u64; 5], Failure> {
    let mut rows = [0; 5];
    for (rows, table) in rows.iter_mut().zip(TABLES) {
        let mut input = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_path(folder.join(format!("{table}.csv")))?;
        let mut record = csv::ByteRecord::new();
        while input.read_byte_record(&mut record)? {
            *rows += u64::from(record.get(0) != Some(b"id") && record.get(0) != Some(b"lead_id"));
        }
    }
    Ok(rows)
}
