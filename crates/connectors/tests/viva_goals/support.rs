//! The samples, and reading in one step.

use std::path::Path;

use northing_connectors::import_model::ImportSet;
use northing_connectors::viva_goals::{InputFile, ReadError, read, recognise};

pub(crate) fn sample(path: &str) -> InputFile {
    let full = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/samples").join(path);
    InputFile { name: path.rsplit('/').next().unwrap().to_owned(), bytes: std::fs::read(full).unwrap() }
}

pub(crate) fn brindlewick_json() -> Vec<InputFile> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/samples/brindlewick/json");
    let mut names: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names.iter().map(|name| sample(&format!("brindlewick/json/{name}"))).collect()
}

pub(crate) fn import(files: &[InputFile]) -> Result<ImportSet, ReadError> {
    read(&recognise(files)?)
}
