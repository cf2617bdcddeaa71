//! Signing in and out, and what is kept of a token.

use ferry::model::Viewer;

use super::story::Story;

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_token_is_refused_at_its_field_and_the_username_stays() {
    let story = Story::begin().await;
    let nobody = story.nobody();
    let wrong = [("username", "olivia"), ("token", "dckr_pat_wrong")];
    let answer = nobody.post("session/sign-in", &wrong).await;
    assert_eq!(answer.status, 422, "{answer:?}");
    assert!(answer.field("token").contains("Docker Hub does not accept"), "{answer:?}");

    let answer = nobody.submit("/sign-in?next=%2Forgs%2Facme%2Fruns", "session/sign-in", &wrong).await;
    assert_eq!(answer.location.as_deref(), Some("/sign-in?next=%2Forgs%2Facme%2Fruns"), "{answer:?}");
    let page = nobody.page("/sign-in?next=%2Forgs%2Facme%2Fruns").await;
    assert!(page.body.contains("olivia") && page.body.contains("Docker Hub does not accept"), "{}", page.body);
    assert!(!page.body.contains("dckr_pat_wrong"), "the token is not shown again");
    let viewer: Option<Viewer> = nobody.read("session/viewer", &[]).await;
    assert_eq!(viewer, None);

    for (username, token, field) in
        [("", "x", "username"), ("olivia", "", "token"), ("acme", "dckr_oat_acme_demo", "token")]
    {
        let answer = nobody.post("session/sign-in", &[("username", username), ("token", token)]).await;
        assert_eq!(answer.status, 422, "{username}: {answer:?}");
        assert!(!answer.field(field).is_empty());
    }
    let long = "x".repeat(10_000);
    let answer = nobody.post("session/sign-in", &[("username", &long), ("token", &long)]).await;
    assert_eq!(answer.status, 422, "{answer:?}");
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_good_token_leads_on_to_where_somebody_wanted_to_go() {
    let story = Story::begin().await;
    let mia = story.nobody();
    let page = mia.page("/orgs/acme/runs").await;
    assert_eq!(page.location.as_deref(), Some("/sign-in?next=%2Forgs%2Facme%2Fruns"), "{page:?}");
    let fields = [("username", "mia"), ("token", "dckr_pat_mia_demo"), ("next", "/orgs/acme/runs")];
    let answer = mia.submit("/sign-in", "session/sign-in", &fields).await;
    assert_eq!((answer.status, answer.location.as_deref()), (302, Some("/orgs/acme/runs")), "{answer:?}");
    assert_eq!(mia.page("/orgs/acme/runs").await.status, 200);

    let fields = [("username", "mia"), ("token", "dckr_pat_mia_demo"), ("next", "https://evil.example/")];
    let answer = story.nobody().submit("/sign-in", "session/sign-in", &fields).await;
    assert_eq!(answer.location.as_deref(), Some("/orgs/acme/overview"), "{answer:?}");
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_kept_only_sealed_and_only_as_long_as_its_session() {
    let story = Story::begin().await;
    let olivia = story.signed_in("olivia").await;
    let kept: Vec<String> =
        sqlx::query_scalar("select data::text from sessions").fetch_all(&story.app.db).await.expect("sessions");
    assert!(kept.iter().any(|data| data.contains("olivia")));
    assert!(kept.iter().all(|data| !data.contains("dckr_pat")), "{kept:?}");

    assert_eq!(olivia.post("session/sign-out", &[]).await.status, 200);
    let left: i64 = sqlx::query_scalar("select count(*) from sessions where data::text like '%olivia%'")
        .fetch_one(&story.app.db)
        .await
        .expect("a count");
    assert_eq!(left, 0);
    assert_eq!(olivia.get("mirrors/list", &[("organization", "acme")]).await.status, 401);
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_planted_before_sign_in_is_worth_nothing_after_it() {
    let story = Story::begin().await;
    let olivia = story.nobody();
    olivia.submit("/sign-in", "session/sign-in", &[("username", "olivia"), ("token", "wrong")]).await;
    let planted = olivia.session();
    olivia.post("session/sign-in", &[("username", "olivia"), ("token", "dckr_pat_olivia_demo")]).await;
    assert!(planted.is_some() && olivia.session() != planted);
    story.end().await;
}
