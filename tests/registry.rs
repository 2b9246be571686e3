//! The compiled-in enterprise registry against the text it was made from (Debian's `ipmitool` package).
//!
//! `REGENERATE=1 cargo test --test registry` writes the blob anew; then `SOURCE_LENGTH` and
//! `SOURCE_DATE` in `src/tables/iana.rs` want a look.

use ipmitool::tables::iana::{Scanner, compiled};
use std::collections::BTreeMap;
use std::path::Path;

const TEXT: &str = "/usr/share/misc/enterprise-numbers.txt";

fn entries() -> Option<BTreeMap<u32, Vec<u8>>> {
    let text = std::fs::read(TEXT).ok()?;
    let mut scanner = Scanner::default();
    let mut entries = BTreeMap::new();
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        if let Some((number, name)) = scanner.line(line)
            && let Ok(number) = u32::try_from(number)
        {
            entries.entry(number).or_insert_with(|| name.to_vec());
        }
    }
    Some(entries)
}

#[test]
fn the_blob_is_the_text() {
    let Some(entries) = entries() else {
        assert!(std::env::var_os("CI").is_none(), "{TEXT} is missing");
        println!("skipped: {TEXT} is not installed");
        return;
    };
    let last = *entries.keys().last().expect("entries");
    if std::env::var_os("REGENERATE").is_some() {
        let (mut index, mut names) = (Vec::new(), Vec::<u8>::new());
        for number in 0..=last {
            index.extend(u32::try_from(names.len()).expect("a small blob").to_le_bytes());
            names.extend(entries.get(&number).into_iter().flatten());
        }
        index.extend(u32::try_from(names.len()).expect("a small blob").to_le_bytes());
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tables");
        std::fs::write(folder.join("iana.index"), index).expect("the index");
        std::fs::write(folder.join("iana.names"), names).expect("the names");
        return;
    }
    assert!(entries.len() > 50_000);
    for number in 0..=last + 1 {
        let expected = entries.get(&number).map(Vec::as_slice).filter(|name| !name.is_empty());
        assert_eq!(compiled(number), expected, "{number}");
    }
}
