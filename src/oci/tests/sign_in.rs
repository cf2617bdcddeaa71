//! Who the engine says it is, to whom, and how often it asks for a token.

use secrecy::SecretString;

use super::fake::{Act, Door, Fake};
use super::image::hardened;
use super::{connect, context, name, robot, writing};
use crate::model::{CheckState, Reference};
use crate::oci::*;

const REPO: &str = "acme/dhi-demo";

#[tokio::test]
async fn many_requests_at_once_share_one_token() {
    let fake = Fake::start().await;
    fake.wants_tokens(300);
    let blobs: Vec<_> = (0..20_u8).map(|n| fake.add_blob(REPO, vec![n; 10])).collect();
    let repository = connect(&fake.host, Some(robot())).reading(name(REPO));
    let found = futures::future::try_join_all(blobs.iter().map(|digest| repository.has_blob(digest))).await;
    assert!(found.expect("answers").iter().all(|there| *there));
    assert_eq!(fake.seen("GET", "/token").len(), 1);
    assert_eq!(fake.seen("GET", "/v2/").len(), 1, "the way to sign in is asked for once");
}

#[tokio::test]
async fn a_token_that_runs_out_in_the_middle_of_a_copy_is_renewed() {
    let (source, destination) = (Fake::start().await, Fake::start().await);
    let image = hardened(&source, &source, REPO);
    source.wants_tokens(300);
    destination.wants_tokens(300);
    let expired = || Act::Status(401, vec![("www-authenticate", "Bearer realm=\"/token\"".into())], "");
    source.fail("GET", "/blobs/sha256:", 1, expired());
    destination.fail("PUT", "/blobs/uploads/", 1, expired());
    destination.fail("PUT", "/manifests/", 1, expired());
    let from = connect(&source.host, Some(robot())).reading(name(REPO));
    let to = connect(&destination.host, Some(robot())).writing(name("x/demo"));
    let copied = copy_image(&from, &to, &image.index, &context()).await.expect("copied");
    assert_eq!(copied.digest, image.index);
    assert!(source.seen("GET", "/token").len() >= 2);
    let scopes = destination.seen("GET", "/token");
    assert!(scopes.iter().all(|seen| seen.query.contains("repository%3Ax%2Fdemo%3Apull%2Cpush")), "{scopes:?}");
}

#[tokio::test]
async fn a_short_lived_token_is_not_kept_too_long() {
    let fake = Fake::start().await;
    fake.wants_tokens(60);
    let digest = fake.add_blob(REPO, "x");
    let clock = crate::clock::Clock::standing_at(chrono::DateTime::UNIX_EPOCH);
    let endpoint = Endpoint { plain_http: true, ..Endpoint::new(fake.host.clone(), clock.clone()) };
    let repository = Registry::connect(endpoint, Some(robot())).expect("a client").reading(name(REPO));
    for (after, tokens) in [(0, 1), (40, 1), (10, 2)] {
        clock.advance(chrono::TimeDelta::seconds(after));
        assert!(repository.has_blob(&digest).await.expect("an answer"));
        assert_eq!(fake.seen("GET", "/token").len(), tokens);
    }
}

#[tokio::test]
async fn a_registry_that_asks_for_nothing_is_told_who_we_are() {
    let fake = Fake::start().await;
    let digest = fake.add_blob(REPO, "x");
    let repository = connect(&fake.host, Some(robot())).reading(name(REPO));
    assert!(repository.has_blob(&digest).await.expect("an answer"));
    let asked = fake.seen("HEAD", "/blobs/");
    assert!(asked[0].authorization.as_deref().is_some_and(|a| a.starts_with("Basic ")), "{asked:?}");
}

#[tokio::test]
async fn a_password_registry_takes_the_password_and_names_a_wrong_one() {
    let fake = Fake::start().await;
    fake.world().door = Door::Basic("robot$acme+ferry".into(), "s3cret".into());
    assert!(connect(&fake.host, Some(robot())).ping().await.is_ok());
    let wrong = Credential { secret: SecretString::from("wrong"), ..robot() };
    let error = connect(&fake.host, Some(wrong)).ping().await.expect_err("refused");
    assert_eq!(error.meaning(), Meaning::SignIn);
    assert!(!error.retryable());
    assert_eq!(connect(&fake.host, None).ping().await.expect_err("refused").meaning(), Meaning::SignIn);
}

#[tokio::test]
async fn a_wrong_token_password_is_told_from_a_missing_right() {
    let fake = Fake::start().await;
    fake.wants_tokens(300);
    let wrong = Credential { secret: SecretString::from("wrong"), ..robot() };
    let report = probe(&connect(&fake.host, Some(wrong)), None).await;
    let states: Vec<_> = report.checks.iter().map(|c| c.state).collect();
    assert_eq!(states[..3], [CheckState::Passed, CheckState::Failed, CheckState::Skipped], "{report:?}");
    assert!(!format!("{report:?}").contains("wrong\""), "no secret in what people see");

    fake.fail("HEAD", "/manifests/", 9, Act::Status(401, vec![], ""));
    let repository = connect(&fake.host, Some(robot())).reading(name(REPO));
    let reference = Reference::Tag("1".parse().expect("a tag"));
    let error = repository.head_manifest(&reference).await.expect_err("refused");
    assert_eq!(error.meaning(), Meaning::Permission, "{error}");
}

#[tokio::test]
async fn a_sign_in_service_of_a_stranger_never_sees_the_password() {
    let (fake, stranger) = (Fake::start().await, Fake::start().await);
    fake.world().door = Door::Bearer {
        // Another address of the same machine cannot stand for another organization: a name can.
        realm: format!("http://evil.example:{}/token", stranger.host.as_str().rsplit(':').next().unwrap_or_default()),
        user: String::new(),
        secret: String::new(),
        life: 60,
    };
    let error = connect(&fake.host, Some(robot())).ping().await.expect_err("refused");
    assert!(matches!(error, RegistryError::Unsafe { why: Unsafe::ForeignRealm, .. }), "{error}");
    assert_eq!(stranger.world().ledger.len(), 0);
}

#[tokio::test]
async fn storage_elsewhere_never_sees_the_credential() {
    let (source, storage, destination) = (Fake::start().await, Fake::start().await, Fake::start().await);
    let image = hardened(&source, &source, REPO);
    storage.world().blobs = source.world().blobs.clone();
    source.world().storage = Some(storage.url());
    source.wants_tokens(300);
    // The destination takes uploads at another address, too.
    let vault = Fake::start().await;
    destination.world().storage = Some(vault.url());
    destination.wants_tokens(300);
    let from = connect(&source.host, Some(robot())).reading(name(REPO));
    let to = connect(&destination.host, Some(robot())).writing(name(REPO));
    let error = copy_image(&from, &to, &image.index, &context()).await.expect_err("the vault keeps blobs to itself");
    assert_eq!((error.side, error.step), (Side::Destination, Step::WriteManifest), "{error}");
    for other in [&storage, &vault] {
        let world = other.world();
        assert!(!world.ledger.is_empty());
        assert!(world.ledger.iter().all(|seen| seen.authorization.is_none()), "{:?}", world.ledger);
    }
    assert!(vault.seen("PUT", "/blobs/uploads/").iter().all(|seen| seen.length.is_some()));
    assert!(!error.detail().contains("sig=secret"));
}

#[tokio::test]
async fn a_redirect_into_the_cloud_machines_own_network_is_not_followed() {
    let fake = Fake::start().await;
    let digest = fake.add_blob(REPO, "x");
    fake.world().storage = Some("http://169.254.169.254".into());
    let Err(error) = writing(&fake.host, REPO).open_blob(&digest).await else { panic!("it was followed") };
    assert!(matches!(error, RegistryError::Unsafe { why: Unsafe::PrivateAddress, .. }), "{error}");
}
