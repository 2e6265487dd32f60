//! Who may import whom (the table of the design), and how long a file may be. Reads the `use` lines and the paths in code.
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Longest a source file may be. Past it, it wants to be two.
const MOST_LINES: usize = 420;
/// Modules whose insides only they may touch: others go through the module's own face (`mod.rs`).
const SLICES: [&str; 3] = ["accounts", "sessions", "licences"];

struct Source {
    /// Below `src/`, with `/`.
    path: String,
    text: String,
    /// Every path imported by `use`, flattened.
    uses: Vec<String>,
}

impl Source {
    fn module(&self) -> &str {
        self.path.split('/').next().unwrap_or_default().trim_end_matches(".rs")
    }
    fn file(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }
    /// The code without comments and without its unit tests.
    fn code(&self) -> String {
        let before_tests = self.text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        before_tests
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .collect::<Vec<_>>()
            .join("\n")
    }
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    files
        .into_iter()
        .map(|file| {
            let text = fs::read_to_string(&file).unwrap();
            let path = file.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
            let mut source = Source { path, text, uses: Vec::new() };
            source.uses = uses(&source.code());
            source
        })
        .collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
}

/// `use a::{b, c::d};` as `a::b`, `a::c::d`.
fn uses(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = code;
    while let Some(at) = rest.find("use ") {
        let starts_a_line = rest[..at].rsplit('\n').next().is_some_and(|before| {
            let before = before.trim();
            before.is_empty() || before == "pub" || before.starts_with("pub(")
        });
        rest = &rest[at + 4..];
        if !starts_a_line {
            continue;
        }
        let Some(end) = rest.find(';') else { break };
        flatten("", &rest[..end].split_whitespace().collect::<String>(), &mut found);
        rest = &rest[end..];
    }
    found
}

fn flatten(prefix: &str, tree: &str, found: &mut Vec<String>) {
    let Some(open) = tree.find('{') else {
        found.push(format!("{prefix}{tree}"));
        return;
    };
    let prefix = format!("{prefix}{}", &tree[..open]);
    let inside = tree[open + 1..].strip_suffix('}').unwrap_or(&tree[open + 1..]);
    let (mut depth, mut start) = (0, 0);
    for (at, c) in inside.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                flatten(&prefix, &inside[start..at], found);
                start = at + 1;
            }
            _ => {}
        }
    }
    if start < inside.len() {
        flatten(&prefix, &inside[start..], found);
    }
}

/// Which files a rule is about, what they must not import, and what must not stand in their code.
struct Rule {
    says: &'static str,
    about: fn(&Source) -> bool,
    imports: &'static [&'static str],
    code: &'static [&'static str],
}

fn is_page(source: &Source) -> bool {
    matches!(source.file(), "api.rs" | "admin.rs" | "account.rs" | "pages.rs")
        || source.path.contains("/admin/")
        || source.path.contains("/api/")
}

const SQL: &[&str] = &["sqlx::query", "QueryBuilder::new"];
const RULES: &[Rule] = &[
    Rule {
        says: "core and every domain are pure",
        about: |s| s.module() == "core" || s.file() == "domain.rs" || s.path.contains("/domain/"),
        imports: &[
            "tokio",
            "axum",
            "sqlx",
            "reqwest",
            "tracing",
            "crate::app",
            "crate::db",
            "crate::crypto",
            "crate::web",
            "rand",
        ],
        code: &["SystemTime::now", "std::env"],
    },
    Rule {
        says: "stores know SQL, not the web nor the app",
        about: |s| s.file() == "store.rs" || s.path.contains("/store/"),
        imports: &["axum", "askama", "reqwest", "crate::app", "crate::web"],
        code: &[],
    },
    Rule {
        says: "services know neither the web nor SQL",
        about: |s| s.file() == "service.rs" || s.path.contains("/service/"),
        imports: &["axum", "askama", "reqwest", "crate::web"],
        code: SQL,
    },
    Rule { says: "pages and the API hold no SQL", about: is_page, imports: &["reqwest"], code: SQL },
    Rule {
        says: "the shop returns values and knows no slice",
        about: |s| s.module() == "shop" && !is_page(s),
        imports: &[
            "crate::accounts",
            "crate::sessions",
            "crate::licences",
            "crate::inbox",
            "crate::web",
            "axum",
        ],
        code: &["crate::accounts", "crate::sessions", "crate::licences", "crate::inbox"],
    },
    Rule {
        says: "the inbox and the demo go through the faces of the slices",
        about: |s| matches!(s.module(), "inbox" | "demo"),
        imports: &["crate::accounts::store", "crate::sessions::store", "crate::licences::store"],
        code: &["accounts::store::", "sessions::store::", "licences::store::"],
    },
];

#[test]
fn every_module_imports_only_what_it_may() {
    let sources = sources();
    assert!(sources.len() > 50, "the walk found only {} files", sources.len());
    let mut broken = Vec::new();
    for source in &sources {
        for rule in RULES.iter().filter(|rule| (rule.about)(source)) {
            for import in &source.uses {
                let banned =
                    rule.imports.iter().find(|b| import == *b || import.starts_with(&format!("{b}::")));
                if let Some(banned) = banned {
                    broken.push(format!("{}: {} (imports {banned})", source.path, rule.says));
                }
            }
            let code = source.code();
            for banned in rule.code.iter().filter(|b| code.contains(**b)) {
                broken.push(format!("{}: {} (says {banned})", source.path, rule.says));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn no_slice_reaches_into_another() {
    let mut broken = Vec::new();
    for source in sources() {
        for slice in SLICES.iter().filter(|slice| **slice != source.module()) {
            // A page that shows several slices may read their stores; it may not go around their services to write.
            if is_page(&source) || matches!(source.module(), "web" | "cli" | "main" | "site" | "reports") {
                continue;
            }
            for inside in ["store", "service"] {
                let path = format!("{slice}::{inside}::");
                if source.code().contains(&path) || source.uses.iter().any(|u| u.contains(&path)) {
                    broken.push(format!("{} reaches into {slice}::{inside}", source.path));
                }
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn no_source_file_is_longer_than_one_can_read() {
    let long: Vec<String> = sources()
        .iter()
        .filter(|s| s.text.lines().count() > MOST_LINES)
        .map(|s| format!("{}: {} lines", s.path, s.text.lines().count()))
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn time_and_randomness_come_from_one_place_each() {
    let mut broken = Vec::new();
    for source in sources() {
        let code = source.code();
        for (text, home) in [
            ("Utc::now(", "core/clock.rs"),
            ("rand::rng", "crypto.rs"),
            ("std::env::var", "config.rs"),
            ("NOW()", ""),
            ("CURRENT_TIMESTAMP", ""),
        ] {
            if code.contains(text) && source.path != home {
                broken.push(format!("{} says {text}", source.path));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn use_trees_are_read_to_their_leaves() {
    let mut found = uses("use a::{b, c::{d, e as f}};\npub use x::y;\nlet reuse = 1;");
    found.sort();
    assert_eq!(found, ["a::b", "a::c::d", "a::c::easf", "x::y"]);
}
