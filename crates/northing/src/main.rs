//! The binary: serve, import, export and the rest of the command line.

fn main() {}
