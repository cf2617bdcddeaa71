//! A story: the whole application on a database of its own, a sandbox of its own, and people who use it over HTTP.

use std::time::Duration;

use ferry::api::destinations::DestinationOutcome;
use ferry::api::rules::RuleOutcome;
use ferry::app::App;
use ferry::clock::Clock;
use ferry::config::Config;
use ferry::model::{Item, ItemState, Page, RunDetail, RunState, RunSummary};
use ferry::sandbox::{self, DESTINATION_PASSWORD, DESTINATION_USER, Sandbox, World};
use ferry::seal::SealingKey;
use ferry::{server, store, worker};
use secrecy::SecretString;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::person::Person;

/// No story takes longer than this to come to rest; a machine that is busy with a build is slow.
pub const PATIENCE: Duration = Duration::from_secs(90);

/// One story's world.
pub struct Story {
    pub app: App,
    pub sandbox: Sandbox,
    pub base: Url,
    stop: CancellationToken,
    key: tempfile::NamedTempFile,
}

/// How a story begins.
pub struct Beginning {
    pub sandbox: sandbox::Options,
    /// Work on jobs in this process; without, the story starts processes of its own.
    pub work: bool,
    /// The console trusts the key that signs the sandbox's attestations.
    pub trusted: bool,
}

impl Default for Beginning {
    fn default() -> Self {
        Self { sandbox: sandbox::Options::default(), work: true, trusted: true }
    }
}

impl Story {
    /// Begins with everything as usual.
    pub async fn begin() -> Self {
        Self::with(Beginning::default()).await
    }

    /// Begins so.
    pub async fn with(beginning: Beginning) -> Self {
        let server = std::env::var("DATABASE_URL").expect("DATABASE_URL names a PostgreSQL server: run `make test`");
        let name = format!("ferry_story_{}", uuid::Uuid::now_v7().simple());
        let database_url = store::recreate(&server, &name).await.expect("a database for the story");
        let sandbox = sandbox::start(beginning.sandbox).await.expect("the sandbox starts");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("its address");
        let base = Url::parse(&format!("http://{address}")).expect("an address");
        let key = tempfile::NamedTempFile::new().expect("a temporary file");
        std::fs::write(key.path(), sandbox.public_key_pem()).expect("the sandbox's key");
        let config = Config {
            database_url: SecretString::from(database_url),
            sealing_key: SealingKey::random(),
            address,
            public_url: base.clone(),
            site_root: "/nonexistent".into(),
            hub_url: sandbox.hub_url().parse().expect("an address"),
            graphql_url: sandbox.graphql_url().parse().expect("an address"),
            docker_registry: sandbox.docker_registry().parse().expect("a host"),
            scout_registry: sandbox.scout_registry().parse().expect("a host"),
            trusted_key: beginning.trusted.then(|| key.path().to_owned()),
            concurrency: 4,
            worker_timeout: Duration::from_secs(4),
            settle: Duration::from_secs(1),
            follow: Duration::from_secs(1),
            history_days: 90,
            session_hours: 1,
        };
        let app = App::assemble(config, Clock::System).await.expect("the application");
        let stop = CancellationToken::new();
        tokio::spawn(server::serve(app.clone(), listener, stop.clone()));
        if beginning.work {
            tokio::spawn(worker::run(app.clone(), stop.clone()));
        }
        Self { app, sandbox, base, stop, key }
    }

    /// The pretend Docker Hub.
    pub fn world(&self) -> World {
        self.sandbox.world()
    }

    /// File with the key that signs the sandbox's attestations.
    pub fn key_file(&self) -> &std::path::Path {
        self.key.path()
    }

    /// Somebody nobody knows.
    pub fn nobody(&self) -> Person {
        Person::new(self.base.clone())
    }

    /// One of the sandbox's people, signed in.
    pub async fn signed_in(&self, username: &str) -> Person {
        let person = self.nobody();
        let token = format!("dckr_pat_{username}_demo");
        let answer = person.post("session/sign-in", &[("username", username), ("token", &token)]).await;
        assert_eq!(answer.status, 200, "{username} signs in: {}", answer.body);
        person
    }

    /// Adds a destination on plain HTTP and gives back its id; `credential` is a username and a password.
    pub async fn destination(
        &self,
        person: &Person,
        name: &str,
        host: &str,
        prefix: &str,
        credential: Option<(&str, &str)>,
    ) -> String {
        self.destination_with(person, name, host, prefix, credential, &[]).await
    }

    /// Adds a destination with more of its form filled in.
    pub async fn destination_with(
        &self,
        person: &Person,
        name: &str,
        host: &str,
        prefix: &str,
        credential: Option<(&str, &str)>,
        more: &[(&str, &str)],
    ) -> String {
        let (username, secret) = credential.unwrap_or_default();
        let mut fields = vec![
            ("organization", "acme"),
            ("form[name]", name),
            ("form[host]", host),
            ("form[prefix]", prefix),
            ("form[username]", username),
            ("form[secret]", secret),
            ("form[plain_http]", "on"),
        ];
        fields.extend_from_slice(more);
        let answer = person.post("destinations/save", &fields).await;
        assert_eq!(answer.status, 200, "{name}: {answer:?}");
        let outcome: DestinationOutcome = serde_json::from_str(&answer.body).expect("an outcome");
        let DestinationOutcome::Saved(id) = outcome else { panic!("not saved: {outcome:?}") };
        let id = id.to_string();
        if credential.is_none() {
            // A registry without accounts is for everybody, and here it is meant so.
            let answer = person.post("exposed/accept", &[("organization", "acme"), ("id", &id)]).await;
            assert_eq!(answer.status, 200, "{name}: {answer:?}");
        }
        id
    }

    /// Adds the sandbox's own destination.
    pub async fn sandbox_destination(&self, person: &Person) -> String {
        let robot = (DESTINATION_USER, DESTINATION_PASSWORD);
        self.destination(person, "Sandbox", &self.sandbox.destination_registry(), "forwarded", Some(robot)).await
    }

    /// Gives the organization a token of its own, with which runs that nobody starts read Docker Hub.
    pub async fn connect(&self, person: &Person) {
        let token = [("organization", "acme"), ("form[username]", "acme"), ("form[token]", "dckr_oat_acme_pull")];
        let answer = person.post("connection/save", &token).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }

    /// Adds a rule without an include list and gives back its id.
    pub async fn rule(
        &self,
        person: &Person,
        name: &str,
        mirrors: &[&str],
        destination: &str,
        exclude: &str,
    ) -> String {
        self.rule_with(person, name, mirrors, destination, &[("form[exclude]", exclude)]).await
    }

    /// Adds a rule with more of its form filled in.
    pub async fn rule_with(
        &self,
        person: &Person,
        name: &str,
        mirrors: &[&str],
        destination: &str,
        more: &[(&str, &str)],
    ) -> String {
        let mut fields = vec![
            ("organization", "acme"),
            ("form[name]", name),
            ("form[destination]", destination),
            ("form[template]", "{mirror}"),
            ("form[attestations]", "on"),
            ("form[enabled]", "on"),
        ];
        fields.extend_from_slice(more);
        fields.extend(mirrors.iter().map(|mirror| ("form[mirrors][]", *mirror)));
        let answer = person.post("rules/save", &fields).await;
        assert_eq!(answer.status, 200, "{name}: {answer:?}");
        let outcome: RuleOutcome = serde_json::from_str(&answer.body).expect("an outcome");
        let RuleOutcome::Saved(id) = outcome else { panic!("not saved: {outcome:?}") };
        id.to_string()
    }

    /// Runs a rule by hand and gives back the run's id.
    pub async fn run(&self, person: &Person, rule: &str) -> String {
        let page = format!("/orgs/acme/rules/{rule}");
        let answer = person.submit(&page, "rules/run", &[("organization", "acme"), ("id", rule)]).await;
        assert_eq!(answer.status, 302, "{answer:?}");
        answer.leads_to()
    }

    /// Runs a rule by hand and waits until that is over.
    pub async fn run_whole(&self, person: &Person, rule: &str) -> RunDetail {
        let run = self.run(person, rule).await;
        self.run_to_end(person, &run).await
    }

    /// Waits until a run has come to its end and gives it back.
    pub async fn run_to_end(&self, person: &Person, run: &str) -> RunDetail {
        self.run_until(person, run, |detail| detail.run.state.is_final()).await
    }

    /// Waits until a run looks so and gives it back.
    pub async fn run_until(&self, person: &Person, run: &str, done: impl Fn(&RunDetail) -> bool) -> RunDetail {
        let started = std::time::Instant::now();
        loop {
            let detail: RunDetail = person.read("runs/get", &[("organization", "acme"), ("id", run)]).await;
            if done(&detail) {
                return detail;
            }
            assert!(started.elapsed() < PATIENCE, "the run does not get there: {detail:#?}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// An hour passes for what Docker Hub was heard to say.
    pub async fn listings_grow_old(&self) {
        let statement =
            "update listings set read_at = read_at - interval '1 hour', asked_at = asked_at - interval '1 hour',
                 outdated_at = outdated_at - interval '1 hour', refused_at = refused_at - interval '1 hour'";
        sqlx::query(statement).execute(&self.app.db).await.expect("older listings");
    }

    /// Ends the story: nothing that was scripted may be left over.
    pub async fn end(self) {
        let left = self.world().faults().left();
        assert!(left.is_empty(), "trouble that never happened: {left:?}");
        self.stop.cancel();
        let name = self.app.db.connect_options().get_database().map(str::to_owned);
        if let (Ok(server), Some(name)) = (std::env::var("DATABASE_URL"), name) {
            store::remove(&server, &name).await.expect("the story's database goes");
        }
    }
}

/// The organization's runs, newest first.
pub async fn runs(person: &Person) -> Vec<RunSummary> {
    person.read::<Page<RunSummary>>("runs/list", &[("organization", "acme")]).await.rows
}

/// The item of a run that has one.
pub fn only(detail: &RunDetail) -> &Item {
    assert_eq!(detail.items.len(), 1, "{detail:#?}");
    &detail.items[0]
}

/// Every item of a run ended so.
pub fn all_items(detail: &RunDetail, state: ItemState) -> bool {
    !detail.items.is_empty() && detail.items.iter().all(|item| item.state == state)
}

/// Fails with the history where a run did not end so.
pub fn assert_ended(detail: &RunDetail, state: RunState) {
    let failures: Vec<_> = detail.items.iter().filter_map(|item| item.failure.as_ref()).collect();
    assert_eq!(detail.run.state, state, "{:?} {:?} {failures:#?}", detail.run.counts, detail.plan_failure);
}
