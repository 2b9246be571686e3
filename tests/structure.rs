//! Holds the imports of the code to the table in `docs/architecture.md`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Room by room, what the table allows; `None` for everything.
fn allowed() -> BTreeMap<String, Option<Vec<String>>> {
    let text = std::fs::read_to_string(root().join("docs/architecture.md")).expect("docs/architecture.md");
    let rows = text.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let rooms = (cells[3] != "everything")
            .then(|| cells[3].split(',').map(|room| room.trim().trim_matches('`').to_owned()).collect());
        (cells[1].trim_matches('`').to_owned(), rooms)
    })
    .collect()
}

fn sources(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

fn room_of(path: &Path) -> String {
    let inside = path.strip_prefix(root().join("src")).expect("inside src");
    let first = inside.components().next().expect("a name").as_os_str().to_string_lossy();
    first.trim_end_matches(".rs").to_owned()
}

/// The rooms a source file names after `crate::`, wherever it does.
fn imports(text: &str) -> Vec<String> {
    let code: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let mut rooms = Vec::new();
    for part in code.split("crate::").skip(1) {
        let names: Vec<&str> = match part.strip_prefix('{') {
            Some(group) => group.split(['}', ';']).next().unwrap_or("").split(',').collect(),
            None => vec![part],
        };
        for name in names {
            let name: String = name.trim().chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
            rooms.push(name);
        }
    }
    rooms
}

#[test]
fn imports_point_down() {
    let allowed = allowed();
    let mut files = Vec::new();
    sources(&root().join("src"), &mut files);
    assert!(files.len() > 20, "the sources were not found");
    let mut wrong = Vec::new();
    for file in files {
        let room = room_of(&file);
        if room == "lib" {
            continue;
        }
        let rule = allowed.get(&room).unwrap_or_else(|| panic!("{room} is not in docs/architecture.md"));
        let text = std::fs::read_to_string(&file).expect("a source file");
        for import in imports(&text) {
            let known = allowed.contains_key(&import);
            if known && import != room && !rule.as_ref().is_none_or(|rooms| rooms.contains(&import)) {
                wrong.push(format!("{} imports {import}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn unsafe_stays_in_sys() {
    let mut files = Vec::new();
    sources(&root().join("src"), &mut files);
    let guilty: Vec<_> = files
        .iter()
        .filter(|file| room_of(file) != "sys")
        .filter(|file| {
            let text = std::fs::read_to_string(file).expect("a source file");
            ["unsafe {", "unsafe fn", "unsafe impl", "unsafe extern"].iter().any(|mark| text.contains(mark))
        })
        .collect();
    assert!(guilty.is_empty(), "{guilty:?}");
}
