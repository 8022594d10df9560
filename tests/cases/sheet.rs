//! Reads the CSV files of a bundle back into cells found by header and key. It must not know
//! what a header means.

use std::collections::BTreeMap;
use std::path::Path;

/// All rows of one folder of CSV files.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    /// The headers.
    pub header: Vec<String>,
    /// The rows in file order.
    pub rows: Vec<Vec<String>>,
}

impl Sheet {
    /// Reads one CSV file's bytes.
    pub fn parse(bytes: &[u8]) -> Self {
        let mut reader = csv::Reader::from_reader(bytes);
        let header = reader.headers().expect("a header").iter().map(str::to_owned).collect();
        let rows = reader
            .records()
            .map(|row| row.expect("a row").iter().map(str::to_owned).collect::<Vec<String>>());
        Self { header, rows: rows.collect() }
    }

    /// Position of a header.
    pub fn at(&self, header: &str) -> usize {
        let found = self.header.iter().position(|h| h == header);
        found.unwrap_or_else(|| panic!("no column {header:?} in {:?}", self.header))
    }

    /// The cells of a column.
    pub fn column(&self, header: &str) -> Vec<&str> {
        let at = self.at(header);
        self.rows.iter().map(|row| row[at].as_str()).collect()
    }

    /// All rows, to be indexed by header.
    pub fn each(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|cells| Row { sheet: self, cells })
    }

    /// The rows whose cell under `header` is `value`.
    pub fn find(&self, header: &str, value: &str) -> Vec<Row<'_>> {
        let at = self.at(header);
        let rows = self.rows.iter().filter(|row| row[at] == value);
        rows.map(|cells| Row { sheet: self, cells }).collect()
    }

    /// The only row whose cell under `header` is `value`.
    pub fn one(&self, header: &str, value: &str) -> Row<'_> {
        let found = self.find(header, value);
        assert_eq!(found.len(), 1, "rows with {header} = {value}");
        found[0]
    }

    /// The row with this Close id.
    pub fn close(&self, id: &str) -> Row<'_> {
        self.one("Close Id", id)
    }
}

/// One row; index it by header.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    sheet: &'a Sheet,
    cells: &'a [String],
}

impl std::ops::Index<&str> for Row<'_> {
    type Output = str;

    fn index(&self, header: &str) -> &str {
        &self.cells[self.sheet.at(header)]
    }
}

impl Row<'_> {
    /// All cells.
    pub fn cells(&self) -> &[String] {
        self.cells
    }
}

/// The sheets of a bundle by the folder's name without its number: `companies`, `people` …
pub fn sheets(bundle: &Path) -> BTreeMap<String, Sheet> {
    let mut found: BTreeMap<String, Sheet> = BTreeMap::new();
    for (path, bytes) in super::files(bundle) {
        let Some(path) = path.strip_prefix("csv/") else { continue };
        let folder = path.split('/').next().expect("a folder");
        let name = folder.split_once('-').expect("a number").1;
        let sheet = Sheet::parse(&bytes);
        let all = found.entry(name.to_owned()).or_default();
        all.header = sheet.header;
        all.rows.extend(sheet.rows);
    }
    found
}
