//! The organization's own sign-in at Docker Hub: who gives it, what it is checked for, and what runs read with it.

use ferry::model::{Connection, RunState};

use super::person::{Answer, Person};
use super::story::{Beginning, Story, assert_ended};
use super::trouble::spawn_worker;

async fn save(person: &Person, username: &str, token: &str) -> Answer {
    let fields = [("organization", "acme"), ("form[username]", username), ("form[token]", token)];
    person.post("connection/save", &fields).await
}

async fn kept(person: &Person) -> Option<Connection> {
    person.read("connection/get", &[("organization", "acme")]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_kept_once_docker_hub_accepts_it_and_shows_it_the_mirrors() {
    let story = Story::begin().await;
    let adam = story.signed_in("adam").await;
    assert!(save(&adam, "acme", "dckr_oat_wrong").await.field("token").contains("does not accept"));
    let stranger = save(&adam, "gus", "dckr_pat_gus_demo").await;
    assert!(stranger.field("username").contains("does not show it the mirrors of acme"), "{stranger:?}");
    assert!(save(&adam, "", "").await.field("token").contains("Enter an access token"));
    assert_eq!(kept(&adam).await, None, "nothing of that was kept");

    assert_eq!(save(&adam, "acme", "dckr_oat_acme_pull").await.status, 200);
    let mia = story.signed_in("mia").await;
    let connection = kept(&mia).await.expect("everybody sees whose it is");
    assert_eq!((connection.username.as_str(), connection.saved_by.as_str()), ("acme", "adam"));
    let page = mia.page("/orgs/acme/connection").await;
    assert!(page.body.contains("Connected to Docker Hub") && !page.body.contains("dckr_oat"), "{page:?}");

    assert_eq!(adam.post("connection/remove", &[("organization", "acme")]).await.status, 200);
    assert_eq!(kept(&mia).await, None);
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_goes_on_with_the_organizations_token_when_its_owner_signs_out() {
    let story = Story::with(Beginning { work: false, ..Beginning::default() }).await;
    let olivia = story.signed_in("olivia").await;
    story.connect(&olivia).await;
    let destination = story.sandbox_destination(&olivia).await;
    let rule = story.rule(&olivia, "out", &["acme/dhi-nginx"], &destination, "").await;
    let run = story.run(&olivia, &rule).await;
    assert_eq!(olivia.post("session/sign-out", &[]).await.status, 200);

    let mut worker = spawn_worker(&story);
    let mia = story.signed_in("mia").await;
    assert_ended(&story.run_to_end(&mia, &run).await, RunState::Succeeded);
    worker.kill().await.expect("it can be ended");
    story.end().await;
}
