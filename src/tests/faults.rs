//! Each trouble a registry can make, met by the whole console in front of Debian's registry: what the history says of it,
//! that nothing wrong is ever tagged, and that the next run heals it.

use ferry::model::{Destination, RunDetail, RunState};
use ferry::sandbox::{Facade, Fault, Proxy, Trouble};

use super::person::Person;
use super::registry::DebianRegistry;
use super::story::{Story, assert_ended};

/// More often than anybody asks.
const ALWAYS: u32 = 100_000;

/// A registry with trouble in front of it, and a rule that writes there.
struct Scene {
    registry: DebianRegistry,
    proxy: Proxy,
    rule: String,
}

async fn scene(story: &Story, person: &Person, name: &str) -> Scene {
    let registry = DebianRegistry::start().await;
    let proxy = Proxy::before(&registry.host()).await.expect("a proxy");
    let destination = story.destination(person, name, &proxy.host(), "", None).await;
    let rule = story.rule(person, name, &["acme/dhi-nginx"], &destination, "").await;
    Scene { registry, proxy, rule }
}

impl Scene {
    async fn run(&self, story: &Story, person: &Person) -> RunDetail {
        let run = story.run(person, &self.rule).await;
        story.run_until(person, &run, |d| d.run.state.is_final() || troubled(d)).await
    }

    /// Asked behind the proxy's back.
    async fn is_tagged(&self) -> bool {
        let url = format!("http://{}/v2/dhi-nginx/tags/list", self.registry.host());
        let list: serde_json::Value =
            reqwest::get(url).await.expect("the registry answers").json().await.expect("JSON");
        let tags = list["tags"].as_array().cloned().unwrap_or_default();
        tags.iter().any(|tag| tag.as_str().is_some_and(|tag| !tag.starts_with("sha256-")))
    }
}

/// Every item has met its trouble.
fn troubled(detail: &RunDetail) -> bool {
    !detail.items.is_empty() && detail.items.iter().all(|item| item.failure.is_some())
}

fn status(code: u16) -> Trouble {
    Trouble::Status { code, retry_after: None, body: None }
}

#[tokio::test(flavor = "multi_thread")]
async fn trouble_that_passes_is_waited_out_within_one_run() {
    let story = Story::begin().await;
    let olivia = story.signed_in("olivia").await;
    let pause = Trouble::Status { code: 429, retry_after: Some(1), body: None };
    let cases: Vec<(&str, Vec<Fault>)> = vec![
        ("pause in seconds", vec![Fault::on("/manifests/", pause).method("PUT")]),
        ("pause as a date", vec![Fault::on("/manifests/", Trouble::TooSoon { seconds: 1 }).method("PUT")]),
        ("burst of failures", vec![Fault::on("/blobs/", status(503)).times(3)]),
        ("reset in an upload", vec![Fault::on("/blobs/uploads/", Trouble::Reset).method("PUT")]),
        ("lost session", vec![Fault::on("/blobs/uploads/", status(404)).method("PUT")]),
        ("ended token", vec![Fault::on("/blobs/uploads/", Trouble::Unauthorized).method("PUT")]),
        ("no HEAD", vec![Fault::on("/v2/", status(405)).method("HEAD").times(ALWAYS)]),
        ("no referrers", vec![Fault::on("/referrers/", status(405)).times(ALWAYS)]),
        ("wrong clock", vec![Fault::on("/v2/", Trouble::WrongClock { seconds: 86_400 }).times(ALWAYS)]),
    ];
    for (name, faults) in cases {
        let scene = scene(&story, &olivia, name).await;
        for fault in faults {
            scene.proxy.faults().add(fault);
        }
        let detail = scene.run(&story, &olivia).await;
        assert!(matches!(detail.run.state, RunState::Succeeded), "{name}: {detail:#?}");
        assert!(scene.is_tagged().await, "{name}");
        let left = scene.proxy.faults().left();
        assert!(left.iter().all(|fault| fault.times > 1_000), "{name}: some of it never happened: {left:?}");
        let troubled = scene.proxy.ledger().count(|entry| entry.status == 0 || entry.status >= 400);
        assert!(troubled > 0 || name == "wrong clock", "{name}");
    }
    story.end().await;
}

/// What it is, trouble at the source, trouble at the destination, and words of the sentence.
type Case = (&'static str, Option<Fault>, Option<Fault>, &'static [&'static str]);

#[tokio::test(flavor = "multi_thread")]
async fn trouble_that_stays_is_named_tags_nothing_and_is_healed_by_the_next_run() {
    let story = Story::begin().await;
    let olivia = story.signed_in("olivia").await;
    let source = |path: &str, trouble| Fault::on(path, trouble).at(Facade::Docker).method("GET").times(ALWAYS);
    let cases: Vec<Case> = vec![
        ("short layers", Some(source("/blobs/", Trouble::ShortBody)), None, &["source", "bytes"]),
        ("short manifests", Some(source("/manifests/sha256:", Trouble::ShortBody)), None, &["source", "digest"]),
        (
            "full destination",
            None,
            Some(Fault::on("/blobs/uploads/", status(507)).method("PUT").times(ALWAYS)),
            &["destination", "space"],
        ),
        (
            "failing destination",
            None,
            Some(Fault::on("/manifests/", status(500)).method("PUT").times(ALWAYS)),
            &["destination", "tries again"],
        ),
    ];
    for (name, at_source, at_destination, words) in cases {
        let scene = scene(&story, &olivia, name).await;
        if let Some(fault) = at_source {
            story.world().faults().add(fault);
        }
        if let Some(fault) = at_destination {
            scene.proxy.faults().add(fault);
        }
        let detail = scene.run(&story, &olivia).await;
        assert!(troubled(&detail), "{name}: {detail:#?}");
        for failure in detail.items.iter().filter_map(|item| item.failure.as_ref()) {
            let sentence = failure.sentence.to_lowercase();
            assert!(words.iter().all(|word| sentence.contains(word)), "{name}: {sentence}");
        }
        assert!(!scene.is_tagged().await, "{name}: nothing was tagged");
        story.world().faults().clear();
        scene.proxy.faults().clear();
        let run = story.run(&olivia, &scene.rule).await;
        assert_ended(&story.run_to_end(&olivia, &run).await, RunState::Succeeded);
        assert!(scene.is_tagged().await, "{name}");
    }
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authority_of_ones_own_is_checked_kept_and_shown() {
    let story = Story::begin().await;
    let olivia = story.signed_in("olivia").await;
    let save = async |authority: &str| {
        let fields = [
            ("organization", "acme"),
            ("form[name]", "Own authority"),
            ("form[host]", "registry.example.com"),
            ("form[authority]", authority),
        ];
        olivia.post("destinations/save", &fields).await
    };
    for wrong in ["not a certificate", "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----"] {
        assert!(save(wrong).await.field("authority").contains("no certificate in PEM"));
    }
    let key = rcgen::KeyPair::generate().expect("a key");
    let own = rcgen::CertificateParams::default().self_signed(&key).expect("a certificate").pem();
    let answer = save(&own).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let kept: Vec<Destination> = olivia.read("destinations/list", &[("organization", "acme")]).await;
    assert_eq!(kept[0].authority.as_deref(), Some(own.replace("\r\n", "\n").trim()));
    story.end().await;
}
