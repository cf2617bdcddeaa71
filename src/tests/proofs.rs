//! What a rule does where a proof is missing or invalid, what people decide then, whose keys count, and what is found when
//! copies are looked at again.

use ferry::model::{ApiError, CheckLevel, Item, ItemState, RunDetail, RunState, SigningKey};
use ferry::sandbox::{Destination, Facade, Fault, Options, Trouble};
use serde_json::Value;

use super::person::Person;
use super::story::{Beginning, Story, all_items, assert_ended, only};

const MIRROR: &str = "acme/dhi-nginx";
const TARGET: &str = "forwarded/dhi-nginx";

/// Platform manifests of the image below a tag.
async fn platforms(story: &Story, tag: &str) -> Vec<String> {
    let (_, _, bytes) = story.world().store(Facade::Docker).manifest(MIRROR, tag).await.expect("the tag is there");
    let index: Value = serde_json::from_slice(&bytes).expect("an index");
    let children = index["manifests"].as_array().expect("platforms");
    children.iter().filter_map(|child| child["digest"].as_str().map(str::to_owned)).collect()
}

/// The first attestation of a tag's first platform.
async fn first_attestation(story: &Story, tag: &str) -> String {
    let platform = platforms(story, tag).await.remove(0);
    story.world().store(Facade::Scout).referrers(MIRROR, &platform, None).await[0].digest.to_string()
}

/// A rule for one image of nginx, with this policy.
async fn rule(story: &Story, person: &Person, policy: &str) -> String {
    let destination = story.sandbox_destination(person).await;
    let more = [("form[proof]", policy), ("form[include]", "1.29")];
    story.rule_with(person, &format!("nginx, {policy}"), &[MIRROR], &destination, &more).await
}

async fn is_tagged(story: &Story, tag: &str) -> bool {
    story.world().store(Facade::Destination).manifest(TARGET, tag).await.is_some()
}

fn sentence(item: &Item) -> &str {
    item.failure.as_ref().map_or("", |failure| &failure.sentence)
}

/// Answers a form of the run's page; `item` where it is about one tag.
async fn decide(person: &Person, how: &str, run: &RunDetail, item: Option<&Item>) -> super::person::Answer {
    let (run, item) = (run.run.id.to_string(), item.map(|item| item.id.to_string()));
    let mut fields = vec![("organization", "acme"), ("id", &run)];
    if let Some(item) = &item {
        fields.push(("item", item));
    }
    person.post(&format!("runs/{how}"), &fields).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_refuses_writes_nothing_until_the_proof_is_whole() {
    let story = Story::begin().await;
    let adam = story.signed_in("adam").await;
    let rule = rule(&story, &adam, "refuse").await;
    let signature = story.world().unsign(MIRROR, "1.29").await.expect("it has a signature");

    let refused = story.run_whole(&adam, &rule).await;
    assert_ended(&refused, RunState::Failed);
    let item = only(&refused);
    assert!(sentence(item).starts_with("Refused, since its proof is not in order"), "{item:#?}");
    assert!(sentence(item).contains("of amd64 (no signature)"), "{item:#?}");
    assert!(item.coverage.as_ref().is_some_and(|coverage| coverage.at_source), "what was seen is kept");
    let written = story.world().ledger().count(|entry| {
        entry.facade == Facade::Destination && matches!(entry.method.as_str(), "PUT" | "POST" | "PATCH")
    });
    assert_eq!(written, 0, "nothing at all was written");

    story.world().sign_again(MIRROR, &signature);
    let healed = story.run_whole(&adam, &rule).await;
    assert_ended(&healed, RunState::Succeeded);
    assert!(only(&healed).coverage.as_ref().is_some_and(|coverage| coverage.broken().next().is_none()));
    assert!(is_tagged(&story, "1.29").await);
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_tag_moves_when_an_admin_releases_it_and_never_when_it_is_discarded() {
    let story = Story::begin().await;
    let (adam, mia) = (story.signed_in("adam").await, story.signed_in("mia").await);
    let rule = rule(&story, &adam, "hold").await;
    story.world().unsign(MIRROR, "1.29").await.expect("it has a signature");

    let discarded = story.run_whole(&adam, &rule).await;
    assert_ended(&discarded, RunState::Held);
    let item = only(&discarded);
    assert!(sentence(item).starts_with("Held, since its proof is not in order"), "{item:#?}");
    let target = story.world().store(Facade::Destination);
    assert!(target.manifest(TARGET, item.digest.as_str()).await.is_some(), "everything is copied");
    assert!(!is_tagged(&story, "1.29").await, "and nobody gets it by tag");

    assert_eq!(decide(&mia, "release", &discarded, None).await.status, 403, "members only look");
    let page = mia.page(&format!("/orgs/acme/runs/{}", discarded.run.id)).await;
    assert!(page.body.contains("1 tag waits for a decision"), "{}", page.body);
    assert!(page.body.contains("Admins and owners of the organization release or discard."), "{}", page.body);

    assert_eq!(decide(&adam, "discard", &discarded, Some(item)).await.status, 200);
    let after = story.run_to_end(&mia, &discarded.run.id.to_string()).await;
    assert_ended(&after, RunState::Cancelled);
    assert_eq!(only(&after).decided_by.as_deref(), Some("adam"));
    assert!(!is_tagged(&story, "1.29").await);
    let late = decide(&adam, "release", &discarded, Some(item)).await;
    assert!(matches!(late.error(), ApiError::Conflict(_)), "{late:?}");

    let held = story.run_whole(&adam, &rule).await;
    assert_ended(&held, RunState::Held);
    assert_eq!(decide(&adam, "release", &held, None).await.status, 200);
    let released = story.run_to_end(&mia, &held.run.id.to_string()).await;
    assert_ended(&released, RunState::Succeeded);
    assert_eq!(only(&released).decided_by.as_deref(), Some("adam"));
    assert!(is_tagged(&story, "1.29").await);
    let page = mia.page(&format!("/orgs/acme/runs/{}", held.run.id)).await;
    assert!(page.body.contains("Released by adam. Held, since its proof is not in order"), "{}", page.body);
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_later_run_is_not_turned_back_by_a_late_release() {
    let story = Story::begin().await;
    let adam = story.signed_in("adam").await;
    let rule = rule(&story, &adam, "hold").await;
    story.world().unsign(MIRROR, "1.29").await.expect("it has a signature");
    let held = story.run_whole(&adam, &rule).await;
    assert_ended(&held, RunState::Held);

    story.world().push("dhi/nginx", "1.29").await.expect("a new build");
    story.world().settled().await;
    let newer = story.run_whole(&adam, &rule).await;
    assert_ended(&newer, RunState::Succeeded);
    let late = decide(&adam, "release", &held, None).await;
    let ApiError::Conflict(words) = late.error() else { panic!("{late:?}") };
    assert!(words.starts_with("A later run has moved 1.29 to another image"), "{words}");
    let (digest, ..) = story.world().store(Facade::Destination).manifest(TARGET, "1.29").await.expect("tagged");
    assert_eq!(digest, only(&newer).digest.to_string());
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_marks_moves_the_tag_and_says_what_is_wrong() {
    let story = Story::begin().await;
    let adam = story.signed_in("adam").await;
    let rule = rule(&story, &adam, "mark").await;
    // Not one attestation is to be seen at the source, as with a missing right.
    let scout = story.world().store(Facade::Scout);
    for platform in platforms(&story, "1.29").await {
        for listed in scout.referrers(MIRROR, &platform, None).await {
            scout.hide(MIRROR, listed.digest.to_string().as_str());
        }
    }
    let marked = story.run_whole(&adam, &rule).await;
    assert_ended(&marked, RunState::Succeeded);
    assert!(is_tagged(&story, "1.29").await);
    let coverage = only(&marked).coverage.as_ref().expect("it was looked at");
    let failed: Vec<u8> = coverage.broken().map(|check| check.number).collect();
    assert_eq!(failed, [8, 16], "{coverage:#?}");
    let page = adam.page(&format!("/orgs/acme/runs/{}", marked.run.id)).await;
    assert!(page.body.contains("a wrong source, or a missing right"), "{}", page.body);
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tag_that_may_not_move_is_held_and_the_same_digest_is_success() {
    let destination = Destination { immutable_tags: true, ..Destination::default() };
    let sandbox = Options { destination, ..Options::default() };
    let story = Story::with(Beginning { sandbox, ..Beginning::default() }).await;
    let adam = story.signed_in("adam").await;
    let rule = rule(&story, &adam, "hold").await;
    assert_ended(&story.run_whole(&adam, &rule).await, RunState::Succeeded);
    assert_ended(&story.run_whole(&adam, &rule).await, RunState::Unchanged);

    story.world().push("dhi/nginx", "1.29").await.expect("a new build");
    story.world().settled().await;
    let held = story.run_whole(&adam, &rule).await;
    assert_ended(&held, RunState::Held);
    assert!(sentence(only(&held)).contains("immutable"), "{held:#?}");
    // The registry still says no, so it stays held, with the reason.
    let answer = decide(&adam, "release", &held, None).await;
    let ApiError::Upstream(words) = answer.error() else { panic!("{answer:?}") };
    assert!(words.ends_with("The tag is still held."), "{words}");
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_looked_at_again_says_what_is_gone_and_the_next_run_brings_it_back() {
    let story = Story::begin().await;
    let adam = story.signed_in("adam").await;
    let rule = rule(&story, &adam, "hold").await;
    let first = story.run_whole(&adam, &rule).await;
    assert_ended(&first, RunState::Succeeded);
    let id = first.run.id.to_string();
    let checked = async || {
        assert_eq!(decide(&adam, "check", &first, None).await.status, 200);
        story.run_until(&adam, &id, |detail| !detail.is_checking()).await
    };

    let whole = checked().await;
    assert!(only(&whole).checked_at.is_some() && only(&whole).coverage.as_ref().is_some_and(|c| c.gone.is_none()));
    let page = adam.page(&format!("/orgs/acme/runs/{id}")).await;
    assert!(page.body.contains("everything is still there."), "{}", page.body);

    let attestation = first_attestation(&story, "1.29").await;
    let target = story.world().store(Facade::Destination);
    target.hide(TARGET, &attestation);
    let lacking = checked().await;
    let coverage = only(&lacking).coverage.as_ref().expect("it was looked at");
    let gone = coverage.gone.as_ref().expect("something is gone");
    assert_eq!((gone.attestations, gone.signatures, gone.parts), (1, 0, 0), "{gone:?}");
    assert!(coverage.broken().any(|check| check.number == 3 && check.level == CheckLevel::Error));
    let page = adam.page(&format!("/orgs/acme/runs/{id}")).await;
    assert!(page.body.contains("Something is gone from the destination"), "{}", page.body);

    // A copy that cannot be looked at is not called whole.
    let away = Trouble::Status { code: 403, retry_after: None, body: None };
    story.world().faults().add(Fault::on("/manifests/", away).at(Facade::Destination).times(100_000));
    let unknown = checked().await;
    assert!(only(&unknown).check_failure.is_some(), "{unknown:#?}");
    story.world().faults().clear();

    assert_ended(&story.run_whole(&adam, &rule).await, RunState::Succeeded);
    assert!(only(&checked().await).coverage.as_ref().is_some_and(|coverage| coverage.gone.is_none()));
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_keys_that_an_admin_chose_count() {
    let story = Story::with(Beginning { trusted: false, ..Beginning::default() }).await;
    let (adam, mia) = (story.signed_in("adam").await, story.signed_in("mia").await);
    let rule = rule(&story, &adam, "hold").await;
    let held = story.run_whole(&adam, &rule).await;
    assert_ended(&held, RunState::Held);
    assert!(sentence(only(&held)).contains("Not signed with a trusted key"), "{held:#?}");

    let pem = story.sandbox.public_key_pem();
    let add = async |name: &str, pem: &str| {
        adam.post("keys/add", &[("organization", "acme"), ("form[name]", name), ("form[pem]", pem)]).await
    };
    let private = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----";
    assert!(add("Ours", private).await.field("pem").contains("private key"));
    let form = [("organization", "acme"), ("form[name]", "Ours"), ("form[pem]", private)];
    adam.submit("/orgs/acme/keys", "keys/add", &form).await;
    let again = adam.page("/orgs/acme/keys").await;
    assert!(again.body.contains("This is a private key") && !again.body.contains("AAAA"), "{}", again.body);
    assert!(add("Ours", "nonsense").await.field("pem").contains("P-256 public key"));
    assert_eq!(add("Sandbox", &pem).await.status, 200);
    assert!(add("Again", &pem).await.field("pem").contains("it is called Sandbox"));
    let keys: Vec<SigningKey> = mia.read("keys/list", &[("organization", "acme")]).await;
    assert_eq!(keys.iter().map(|key| key.name.as_str()).next_back(), Some("Sandbox"));

    let proven = story.run_whole(&adam, &rule).await;
    assert_ended(&proven, RunState::Succeeded);
    assert_eq!(only(&proven).coverage.as_ref().expect("it was looked at").keys(), ["Sandbox"]);
    let page = mia.page(&format!("/orgs/acme/runs/{}", proven.run.id)).await;
    assert!(page.body.contains("cosign verify --key sandbox.pem"), "{}", page.body);
    assert!(page.body.contains(pem.lines().nth(1).expect("its second line")), "the key is part of the command");

    let ferry::model::KeyOrigin::Organization { id, .. } = &keys.last().expect("it is there").origin else {
        panic!("{keys:?}")
    };
    assert_eq!(adam.post("keys/remove", &[("organization", "acme"), ("id", &id.to_string())]).await.status, 200);
    let left: Vec<SigningKey> = adam.read("keys/list", &[("organization", "acme")]).await;
    assert_eq!(left.len(), keys.len() - 1);
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_item_of_a_policy_that_is_met_is_untouched_by_it() {
    let story = Story::begin().await;
    let adam = story.signed_in("adam").await;
    let destination = story.sandbox_destination(&adam).await;
    for policy in ["refuse", "hold", "mark"] {
        let more = [("form[proof]", policy)];
        let rule = story.rule_with(&adam, policy, &[MIRROR], &destination, &more).await;
        let detail = story.run_whole(&adam, &rule).await;
        assert!(all_items(&detail, ItemState::Succeeded) || all_items(&detail, ItemState::Unchanged), "{detail:#?}");
    }
    story.end().await;
}
