//! Bad input anywhere gets a sentence at its field or a proper 4xx page, never a 500, and nothing is lost.

use super::story::Story;

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_destination_is_refused_field_by_field() {
    let story = Story::begin().await;
    let adam = story.signed_in("adam").await;
    let long = "x".repeat(10_000);
    let cases: [(&str, &str, &str); 9] = [
        ("form[name]", "", "name"),
        ("form[name]", &long, "name"),
        ("form[host]", "https://ghcr.io", "host"),
        ("form[host]", "not a host", "host"),
        ("form[host]", &long, "host"),
        ("form[prefix]", "UPPER", "prefix"),
        ("form[prefix]", &long, "prefix"),
        ("form[username]", "a:b", "username"),
        ("form[plain_http]", "on", "plain_http"),
    ];
    for (field, value, at) in cases {
        let mut fields = vec![("organization", "acme"), (field, value)];
        for (name, good) in [("form[name]", "Good"), ("form[host]", "ghcr.io")] {
            if name != field {
                fields.push((name, good));
            }
        }
        if field == "form[username]" {
            fields.push(("form[secret]", "secret"));
        }
        let answer = adam.post("destinations/save", &fields).await;
        assert_eq!(answer.status, 422, "{field}={value:.40}: {answer:?}");
        assert!(!answer.field(at).is_empty());
    }
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_rule_is_refused_and_its_form_is_kept() {
    let story = Story::begin().await;
    let adam = story.signed_in("adam").await;
    let destination = story.sandbox_destination(&adam).await;
    let long = "x".repeat(10_000);
    let cases: [(&str, &str, &str); 10] = [
        ("form[name]", &long, "name"),
        ("form[mirrors][]", "globex/dhi-secret", "mirrors"),
        ("form[mirrors][]", "not a name", "mirrors"),
        ("form[destination]", "", "destination"),
        ("form[destination]", "0192f0c1-2d5b-7c6a-9f1e-000000000000", "destination"),
        ("form[include]", "[", "include"),
        ("form[exclude]", "/(/", "exclude"),
        ("form[include]", &long, "include"),
        ("form[template]", "{tag}", "template"),
        ("form[template]", "no-placeholder", "template"),
    ];
    for (field, value, at) in cases {
        let good = [
            ("form[name]", "Good"),
            ("form[mirrors][]", "acme/dhi-nginx"),
            ("form[destination]", destination.as_str()),
            ("form[template]", "{mirror}"),
        ];
        let mut fields = vec![("organization", "acme"), (field, value)];
        fields.extend(good.into_iter().filter(|(name, _)| *name != field));
        let answer = adam.post("rules/save", &fields).await;
        assert_eq!(answer.status, 422, "{field}={value:.40}: {answer:?}");
        assert!(!answer.field(at).is_empty());
    }
    let empty = adam.post("rules/save", &[("organization", "acme")]).await;
    assert_eq!(empty.status, 422, "an empty form is no transport error: {empty:?}");

    let fields = [
        ("organization", "acme"),
        ("form[name]", "Kept </textarea><script>alert(1)</script>"),
        ("form[include]", "/(/ </textarea><b>"),
        ("form[template]", "{mirror}"),
    ];
    let answer = adam.submit("/orgs/acme/rules/new", "rules/save", &fields).await;
    assert_eq!((answer.status, answer.location.as_deref()), (302, Some("/orgs/acme/rules/new")), "{answer:?}");
    let page = adam.page("/orgs/acme/rules/new").await;
    assert!(page.body.contains("Kept ") && page.body.contains("Choose a destination."), "{}", page.body);
    assert!(!page.body.contains("</textarea><b>") && !page.body.contains("<script>alert"), "and does nothing");
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_that_lead_nowhere_are_404_pages() {
    let story = Story::begin().await;
    let olivia = story.signed_in("olivia").await;
    let long = "x".repeat(5_000);
    let paths = [
        "/nowhere".to_owned(),
        "/orgs/acme/nowhere".to_owned(),
        "/orgs/globex/catalog".to_owned(),
        "/orgs/UPPER/catalog".to_owned(),
        "/orgs/%00/catalog".to_owned(),
        "/orgs/acme/catalog/no-such-thing".to_owned(),
        "/orgs/acme/catalog/NOT%20A%20NAME".to_owned(),
        "/orgs/acme/mirrors/dhi-none".to_owned(),
        "/orgs/acme/mirrors/none".to_owned(),
        "/orgs/acme/destinations/not-an-id".to_owned(),
        "/orgs/acme/destinations/0192f0c1-2d5b-7c6a-9f1e-000000000000".to_owned(),
        "/orgs/acme/rules/0192f0c1-2d5b-7c6a-9f1e-000000000000".to_owned(),
        "/orgs/acme/rules/0192f0c1-2d5b-7c6a-9f1e-000000000000/edit".to_owned(),
        "/orgs/acme/runs/not-an-id".to_owned(),
        "/orgs/acme/runs/0192f0c1-2d5b-7c6a-9f1e-000000000000".to_owned(),
        format!("/orgs/acme/catalog/{long}"),
    ];
    for path in &paths {
        let page = olivia.page(path).await;
        assert_eq!(page.status, 404, "{path:.60}: {}", &page.body[..page.body.len().min(300)]);
        assert!(page.body.contains("<h1"), "{path:.60}: it is a page of ours");
    }
    let nonsense = [
        "/orgs/acme/catalog?q=%FF&kind=nonsense",
        "/orgs/acme/runs?after=nonsense&rule=nonsense",
        "/orgs/acme/deliveries?after=nonsense&mirror=nonsense&outcome=nonsense",
    ];
    for path in nonsense {
        let status = olivia.page(path).await.status;
        assert!((200..500).contains(&status), "{path}: {status}");
    }
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_nobody_makes_with_our_forms_get_4xx() {
    let story = Story::begin().await;
    let olivia = story.signed_in("olivia").await;
    for (function, fields) in [
        ("rules/run", vec![("organization", "acme"), ("id", "not-an-id")]),
        ("rules/run", vec![]),
        ("mirrors/start", vec![("organization", "UP PER"), ("source", ""), ("name", "")]),
        ("session/theme", vec![("theme", "purple"), ("back", "//evil.example")]),
        ("no/such/function", vec![]),
    ] {
        let status = olivia.post(function, &fields).await.status;
        assert!((400..500).contains(&status), "{function} {fields:?}: {status}");
    }
    let huge = "x".repeat(2_000_000);
    let status = olivia.post("session/sign-in", &[("username", &huge), ("token", "x")]).await.status;
    assert_eq!(status, 413);
    story.end().await;
}
