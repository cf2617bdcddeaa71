//! `pages`: how long the console takes for each page of the catalog, with Docker's whole catalog where it lies beside the
//! project. One person, one page at a time, from the question to the last byte of the answer.

use std::path::Path;
use std::time::Instant;

use crate::postgres::Postgres;
use crate::sandbox::{Sandbox, Shape};
use crate::scene::Scene;
use crate::table::Table;

/// How often each is opened.
const TIMES: u32 = 200;
/// Opened before that, so that nothing is read for the first time.
const BEFORE: u32 = 5;
/// What reads nothing, to compare with.
const PLAIN: &str = "/sign-in";
/// Every sandbox has its own mirrors.
const NO_MIRRORS: Shape = Shape { mirrors: 0, digests: 0, tags: 0, platforms: 1 };

const PAGES: [(&str, &str); 10] = [
    ("a page that reads nothing", PLAIN),
    ("catalog, first page", "/orgs/acme/catalog"),
    ("catalog, last page", "/orgs/acme/catalog?page=11"),
    ("catalog as a table", "/orgs/acme/catalog?view=table"),
    ("catalog, a word", "/orgs/acme/catalog?q=redis"),
    ("catalog, a word with a slip", "/orgs/acme/catalog?q=postgers"),
    ("catalog, two facets", "/orgs/acme/catalog?fips=yes&kind=image"),
    ("repository", "/orgs/acme/catalog/node"),
    ("mirrors", "/orgs/acme/mirrors"),
    ("overview", "/orgs/acme/overview"),
];

/// The columns of its table.
pub const COLUMNS: [&str; 6] = ["page", "median", "p99", "longest", "CPU of serve a page", "size"];

/// Measures, and says what was wrong.
pub async fn measure(table: &mut Table) -> anyhow::Result<Vec<String>> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/dhi-catalog.json");
    let sandbox = if file.exists() {
        Sandbox::of_catalog(&file).await?
    } else {
        eprintln!("pages: {} is not there, so the sandbox's own small catalog is measured", file.display());
        Sandbox::start(NO_MIRRORS).await?
    };
    let postgres = Postgres::start().await?;
    let scene = Scene::on("pages", NO_MIRRORS, sandbox, &postgres, &["serve"], &[]).await?;
    let mut base = None;
    for (words, path) in PAGES {
        for _ in 0..BEFORE {
            scene.open(path).await?;
        }
        let (cpu, mut took, mut size) = (scene.serve.cpu(), Vec::new(), 0);
        for _ in 0..TIMES {
            let begun = Instant::now();
            size = scene.open(path).await?;
            took.push(begun.elapsed().as_secs_f64() * 1e3);
        }
        let cpu = (scene.serve.cpu() - cpu) * 1e3 / f64::from(TIMES);
        took.sort_by(f64::total_cmp);
        let at = |part: usize| took[(took.len() - 1) * part / 100];
        let median = at(50);
        let ratio = median / *base.get_or_insert(median);
        table.add(&[
            words.to_owned(),
            format!("{median:.1} ms ({ratio:.1})"),
            format!("{:.1} ms", at(99)),
            format!("{:.1} ms", at(100)),
            format!("{cpu:.1} ms"),
            format!("{} kB", size / 1_000),
        ]);
    }
    Ok(Vec::new())
}
