//! House rules that are tests and not prose: who imports whom, where `cfg` may stand, how long a file may be, and that
//! every class in a `view!` has its style.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

/// A line may import only from lines above it; equals never import each other.
const LAYERS: &[&[&str]] = &[
    &["model", "clock", "seal", "rush", "kept"],
    &["store", "hub", "oci", "queue"],
    &["registries"],
    &["config", "telemetry", "shell"],
    &["app"],
    &["access", "catalog", "connection", "mirrors", "destinations", "hooks", "keys", "rules"],
    &["forward", "history", "evidence"],
    &["api", "webhook", "worker"],
    &["web"],
    &["server"],
];

/// Crates that only some modules may name: everything else goes through those.
const KEEPERS: &[(&str, &[&str])] = &[
    ("sqlx", &["store/", "queue/", "app.rs", "model/ids.rs"]),
    ("oci_client", &["oci/"]),
    ("reqwest", &["hub/", "oci/", "sandbox/", "demo.rs"]),
    ("leptos", &["web/", "api/", "access/", "server/", "model/error.rs"]),
    ("graphile_worker", &["queue/", "worker/"]),
];

/// Files that may hold conditional code beside tests.
const CONDITIONAL: &[&str] = &["lib.rs", "main.rs", "web/platform.rs"];

/// Conditional code elsewhere, with its reason.
const CONDITIONAL_LINES: &[(&str, &str)] = &[
    // Ids are plain text columns on the server and nothing in the browser.
    ("model/ids.rs", "#[cfg_attr(feature = \"ssr\", derive(sqlx::Type), sqlx(transparent))]"),
    // Drops a database: not a thing for a release.
    ("store/mod.rs", "#[cfg(feature = \"sandbox\")]"),
];

const LONGEST_RUST: usize = 400;
const LONGEST_CSS: usize = 150;

struct Source {
    /// Below `src`, for example `store/mod.rs`.
    name: String,
    text: String,
}

impl Source {
    /// The module at the root of the crate that the file belongs to.
    fn module(&self) -> &str {
        self.name.split('/').next().unwrap_or_default().trim_end_matches(".rs")
    }

    /// Its lines without comments.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(n, line)| (n + 1, line)).filter(|(_, line)| {
            let line = line.trim_start();
            !line.starts_with("//")
        })
    }
}

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder is there").map(|e| e.expect("it can be read").path()) {
        if entry.is_dir() {
            found.extend(files(&entry, ending));
        } else if entry.extension().is_some_and(|e| e == ending) {
            found.push(entry);
        }
    }
    found.sort();
    found
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn sources() -> Vec<Source> {
    let src = root().join("src");
    files(&src, "rs")
        .into_iter()
        .map(|path| Source {
            name: path.strip_prefix(&src).expect("below src").to_string_lossy().into_owned(),
            text: fs::read_to_string(&path).expect("it can be read"),
        })
        .collect()
}

fn product() -> Vec<Source> {
    sources().into_iter().filter(|s| !s.name.starts_with("tests/")).collect()
}

fn rank(module: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&module))
}

/// Fails with every breach at once.
fn none(breaches: &[String]) {
    assert!(breaches.is_empty(), "\n{}\n", breaches.join("\n"));
}

#[test]
fn modules_import_only_from_lower_layers() {
    let import = Regex::new(r"\bcrate::([a-z_]+)").expect("a pattern");
    let mut breaches = Vec::new();
    for source in product() {
        let module = source.module().to_owned();
        if matches!(module.as_str(), "lib" | "main" | "demo") {
            continue;
        }
        for (line, code) in source.code() {
            for used in import.captures_iter(code).map(|c| c[1].to_owned()) {
                let fine = used == module
                    || match (module.as_str(), rank(&module), rank(&used)) {
                        ("sandbox", ..) => false,
                        ("web", ..) => matches!(used.as_str(), "model" | "api"),
                        (_, Some(own), Some(other)) => other < own || (module == "server" && used == "web"),
                        _ => false,
                    };
                if !fine {
                    breaches.push(format!("{}:{line}: {module} may not import {used}", source.name));
                }
            }
        }
    }
    none(&breaches);
}

#[test]
fn some_crates_are_named_only_where_they_are_kept() {
    let mut breaches = Vec::new();
    for (krate, keepers) in KEEPERS {
        let named = Regex::new(&format!(r"\b{krate}(::|\s*as\b)")).expect("a pattern");
        for source in product() {
            let allowed = keepers.iter().any(|keeper| source.name.starts_with(keeper))
                || matches!(source.name.as_str(), "lib.rs" | "main.rs");
            if !allowed {
                let lines = source.code().filter(|(_, code)| named.is_match(code));
                breaches.extend(lines.map(|(line, _)| format!("{}:{line}: names {krate}", source.name)));
            }
        }
    }
    none(&breaches);
}

#[test]
fn conditional_code_stands_at_the_border_only() {
    let conditional = Regex::new(r"cfg(_attr)?!?\(").expect("a pattern");
    let mut breaches = Vec::new();
    for source in product().iter().filter(|s| !CONDITIONAL.contains(&s.name.as_str())) {
        for (line, code) in source.code().filter(|(_, code)| conditional.is_match(code)) {
            let code = code.trim();
            let reviewed = CONDITIONAL_LINES.contains(&(source.name.as_str(), code));
            if code != "#[cfg(test)]" && !reviewed {
                breaches.push(format!("{}:{line}: {code}", source.name));
            }
        }
    }
    none(&breaches);
}

#[test]
fn a_file_is_one_idea_and_says_which() {
    let mut breaches = Vec::new();
    for source in sources() {
        let lines = source.text.lines().count();
        if lines > LONGEST_RUST {
            breaches.push(format!("{}: {lines} lines, find the second idea in it", source.name));
        }
        if !source.text.starts_with("//!") && source.name != "lib.rs" {
            breaches.push(format!("{}: does not begin with what it is (//!)", source.name));
        }
        for banned in ["util", "utils", "helpers", "common", "misc", "shared"] {
            if source.name.split('/').any(|part| part.trim_end_matches(".rs") == banned) {
                breaches.push(format!("{}: {banned} names no idea", source.name));
            }
        }
    }
    none(&breaches);
}

#[test]
fn nothing_is_left_for_later() {
    let later = Regex::new(r"\b(todo|unimplemented)!|#\[ignore|#\[allow\(").expect("a pattern");
    let mut breaches = Vec::new();
    for source in sources().iter().filter(|s| s.name != "tests/tidy.rs") {
        let lines = source.code().filter(|(_, code)| later.is_match(code));
        breaches.extend(lines.map(|(line, code)| format!("{}:{line}: {}", source.name, code.trim())));
    }
    none(&breaches);
}

#[test]
fn every_class_in_a_view_has_its_style() {
    let style: String =
        files(&root().join("style"), "css").iter().map(|f| fs::read_to_string(f).unwrap_or_default()).collect();
    let defined: BTreeSet<String> = Regex::new(r"\.([a-z][a-z0-9_-]*)")
        .expect("a pattern")
        .captures_iter(&style)
        .map(|c| c[1].to_owned())
        .collect();
    let class = Regex::new(r#"\bclass="([^"]*)""#).expect("a pattern");
    let mut breaches = Vec::new();
    for source in product().iter().filter(|s| s.name.starts_with("web/")) {
        for (line, code) in source.code() {
            for found in class.captures_iter(code) {
                let unknown = found[1].split_whitespace().filter(|name| !defined.contains(*name));
                breaches.extend(unknown.map(|name| format!("{}:{line}: no style for .{name}", source.name)));
            }
        }
    }
    none(&breaches);
}

#[test]
fn colours_have_names_and_style_files_stay_short() {
    let scale = Regex::new(r"--(ink|sea|green|amber|red)-\d+").expect("a pattern");
    let literal = Regex::new(r"#[0-9a-fA-F]{3,8}\b|\b(oklch|rgb|hsl)a?\(").expect("a pattern");
    let mut breaches = Vec::new();
    for path in files(&root().join("style"), "css") {
        let name = path.strip_prefix(root()).expect("below the root").display().to_string();
        let text = fs::read_to_string(&path).expect("it can be read");
        if text.lines().count() > LONGEST_CSS {
            breaches.push(format!("{name}: longer than {LONGEST_CSS} lines"));
        }
        if !name.ends_with("tokens.css") {
            for (n, line) in text.lines().enumerate() {
                if scale.is_match(line) || (literal.is_match(line) && !line.trim_start().starts_with("/*")) {
                    breaches.push(format!("{name}:{}: a colour without a meaning: {}", n + 1, line.trim()));
                }
                if line.contains("!important") {
                    breaches.push(format!("{name}:{}: !important", n + 1));
                }
            }
        }
    }
    none(&breaches);
}
