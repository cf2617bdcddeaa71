//! How many questions a page asks the database: as many for a long list as for a short one.

use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

use super::person::Person;
use super::story::{Beginning, Story};

/// Counts what sqlx says of each statement, in this thread alone.
#[derive(Clone, Default)]
struct Counter(Arc<AtomicUsize>);

impl<S: Subscriber> Layer<S> for Counter {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == "sqlx::query" {
            let mut statement = Statement::default();
            event.record(&mut statement);
            // Whether a session is written again, and what a new connection sets, does not depend on the page.
            if !statement.0.contains("sessions") && !statement.0.contains("set_config") {
                self.0.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}

/// What of an event may be the statement.
#[derive(Default)]
struct Statement(String);

impl Visit for Statement {
    fn record_str(&mut self, field: &Field, value: &str) {
        if matches!(field.name(), "summary" | "db.statement") {
            self.0.push_str(value);
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn Debug) {}
}

/// Runs with three tags each, of which some failed and some wait.
async fn runs(story: &Story, number: i32) {
    let statement = "with made as (
            insert into runs (id, organization, rule_name, destination_address, attestations, trigger, created_at, planned_at)
            select gen_random_uuid(), 'acme', 'made', 'r.example.com', true, 'manual', now(), now()
            from generate_series(1, $1) returning id)
        insert into items (id, run_id, mirror, tag, target_host, target_repository, digest, state, failure,
                           finished_at, updated_at)
        select gen_random_uuid(), made.id, 'acme/dhi-nginx', '1.' || n, 'r.example.com', 'dhi-nginx',
               'sha256:' || repeat('a', 64), case n when 1 then 'failed' when 2 then 'waiting' else 'succeeded' end,
               '{\"sentence\": \"It is so.\", \"detail\": \"\"}'::jsonb, case n when 2 then null else now() end, now()
        from made, generate_series(1, 3) n";
    sqlx::query(statement).bind(number).execute(&story.app.db).await.expect("runs");
    let statement = "insert into audit (id, organization, actor, action, subject, happened_at)
        select gen_random_uuid(), 'acme', 'olivia', 'rule.run', 'made', now() from generate_series(1, $1)";
    sqlx::query(statement).bind(number).execute(&story.app.db).await.expect("deeds");
}

async fn asked(counter: &Counter, person: &Person, path: &str) -> usize {
    counter.0.store(0, Ordering::Relaxed);
    let answer = person.page(path).await;
    assert_eq!(answer.status, 200, "{path}: {answer:?}");
    counter.0.load(Ordering::Relaxed)
}

/// In one thread, so that what is counted is of this story.
#[tokio::test]
async fn a_page_asks_as_many_questions_however_long_its_list_is() {
    let paths = [
        "/orgs/acme/runs",
        "/orgs/acme/runs?state=failed&trigger=manual&mirror=dhi-nginx",
        "/orgs/acme/runs?q=1.1",
        "/orgs/acme/where?q=1.3",
        "/orgs/acme/mirrors/dhi-nginx/tags/1.1",
        "/orgs/acme/overview",
        "/orgs/acme/catalog/nginx?tag=1.29",
        "/orgs/acme/audit?q=made",
    ];
    let counter = Counter::default();
    let _guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(counter.clone()));
    // With one subscriber, `tracing` decides for good by the thread that meets a statement first, which may be another
    // story's; with two it asks both.
    let _second = tracing::Dispatch::new(tracing_subscriber::registry());
    let story = Story::with(Beginning { work: false, ..Beginning::default() }).await;
    let olivia = story.signed_in("olivia").await;
    runs(&story, 2).await;
    let mut few = Vec::new();
    for path in paths {
        // The first time, something may be looked up that is remembered then.
        asked(&counter, &olivia, path).await;
        few.push(asked(&counter, &olivia, path).await);
    }
    runs(&story, 200).await;
    for (path, few) in paths.iter().zip(few) {
        let many = asked(&counter, &olivia, path).await;
        assert!(few > 0, "{path}: what is asked is counted");
        assert_eq!(few, many, "{path}: questions for 2 and for 202 runs");
        assert!(many <= 16, "{path}: {many} questions");
    }
    story.end().await;
}
