//! Who may do what: each server function as nobody, a stranger to the organization, a member, somebody with a custom
//! role, an admin and an owner.

use super::person::Person;
use super::story::Story;

/// The least role that gets through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Least {
    Anybody,
    Member,
    Custom,
    Admin,
    Owner,
}

struct Door {
    function: &'static str,
    read: bool,
    least: Least,
    fields: &'static [(&'static str, &'static str)],
}

const NO_ID: &str = "0192f0c1-2d5b-7c6a-9f1e-000000000000";

/// No image of the sandbox has it.
const NO_DIGEST: &str = "sha256:0000000000000000000000000000000000000000000000000000000000000000";
/// The catalog has no such tag.
const NO_IMAGE: &[(&str, &str)] = &[("image[name]", "nothing"), ("image[tag]", "1"), ("query[q]", "")];

/// Every server function. A new one that is not here fails the test below.
const DOORS: &[Door] = &[
    Door { function: "session/viewer", read: true, least: Least::Anybody, fields: &[] },
    Door {
        function: "session/sign-in",
        read: false,
        least: Least::Anybody,
        fields: &[("username", ""), ("token", "")],
    },
    Door { function: "session/theme", read: false, least: Least::Anybody, fields: &[("theme", "dark"), ("back", "/")] },
    Door { function: "forms/kept", read: true, least: Least::Anybody, fields: &[("form", "rule")] },
    Door { function: "catalog/list", read: true, least: Least::Member, fields: &[("filter[q]", "node")] },
    Door { function: "catalog/get", read: true, least: Least::Member, fields: &[("name", "node")] },
    Door {
        function: "catalog/places",
        read: true,
        least: Least::Member,
        fields: &[("mirrors[0]", "dhi-nginx"), ("tag", "1.29")],
    },
    Door { function: "mirrors/list", read: true, least: Least::Member, fields: &[] },
    Door { function: "mirrors/get", read: true, least: Least::Member, fields: &[("name", "dhi-nginx")] },
    Door {
        function: "mirrors/start",
        read: false,
        least: Least::Custom,
        fields: &[("source", "node"), ("name", "bad")],
    },
    Door { function: "mirrors/stop", read: false, least: Least::Custom, fields: &[("name", "dhi-none")] },
    Door { function: "requests/list", read: true, least: Least::Member, fields: &[] },
    Door { function: "requests/of", read: true, least: Least::Member, fields: &[("source", "node")] },
    Door { function: "requests/open", read: true, least: Least::Member, fields: &[] },
    Door { function: "requests/ask", read: false, least: Least::Member, fields: &[("form[source]", "")] },
    Door {
        function: "requests/ask-several",
        read: false,
        least: Least::Member,
        fields: &[("wishes[0][source]", "node"), ("wishes[0][name]", "bad"), ("wishes[0][wanted]", "true")],
    },
    Door {
        function: "requests/decide",
        read: false,
        least: Least::Owner,
        fields: &[("form[ids][]", NO_ID), ("intent", "approve")],
    },
    Door { function: "requests/withdraw", read: false, least: Least::Member, fields: &[("id", NO_ID)] },
    Door { function: "selections/list", read: true, least: Least::Member, fields: &[] },
    Door { function: "selections/get", read: true, least: Least::Member, fields: &[("id", NO_ID)] },
    Door { function: "selections/choices", read: true, least: Least::Member, fields: &[] },
    Door { function: "selections/save", read: false, least: Least::Admin, fields: &[("form[name]", "")] },
    Door { function: "selections/delete", read: false, least: Least::Admin, fields: &[("id", NO_ID)] },
    Door { function: "mirrors/entitlement", read: true, least: Least::Member, fields: &[] },
    Door { function: "mirrors/propose", read: true, least: Least::Member, fields: &[("sources[0]", "node")] },
    Door {
        function: "mirrors/start-several",
        read: false,
        least: Least::Custom,
        fields: &[("wishes[0][source]", "node"), ("wishes[0][name]", "bad"), ("wishes[0][wanted]", "true")],
    },
    Door { function: "mirrors/stop-several", read: false, least: Least::Custom, fields: &[("names[0]", "dhi-none")] },
    Door { function: "destinations/list", read: true, least: Least::Member, fields: &[] },
    Door { function: "destinations/get", read: true, least: Least::Member, fields: &[("id", NO_ID)] },
    Door { function: "destinations/save", read: false, least: Least::Admin, fields: &[("form[name]", "")] },
    Door { function: "destinations/probe", read: false, least: Least::Admin, fields: &[("id", NO_ID)] },
    Door { function: "destinations/delete", read: false, least: Least::Admin, fields: &[("id", NO_ID)] },
    Door { function: "rules/list", read: true, least: Least::Member, fields: &[] },
    Door { function: "rules/get", read: true, least: Least::Member, fields: &[("id", NO_ID)] },
    Door { function: "rules/preview", read: true, least: Least::Member, fields: &[("id", NO_ID)] },
    Door { function: "rules/save", read: false, least: Least::Admin, fields: &[("form[name]", "")] },
    Door { function: "rules/enable", read: false, least: Least::Admin, fields: &[("id", NO_ID), ("enabled", "true")] },
    Door { function: "rules/delete", read: false, least: Least::Admin, fields: &[("id", NO_ID)] },
    Door { function: "rules/run", read: false, least: Least::Admin, fields: &[("id", NO_ID)] },
    Door { function: "rules/run-preview", read: false, least: Least::Admin, fields: &[("preview", NO_ID)] },
    Door { function: "runs/list", read: true, least: Least::Member, fields: &[] },
    Door { function: "runs/get", read: true, least: Least::Member, fields: &[("id", NO_ID)] },
    Door { function: "runs/release", read: false, least: Least::Admin, fields: &[("id", NO_ID)] },
    Door { function: "runs/discard", read: false, least: Least::Admin, fields: &[("id", NO_ID)] },
    Door { function: "runs/cancel", read: false, least: Least::Admin, fields: &[("id", NO_ID)] },
    Door { function: "runs/retry", read: false, least: Least::Admin, fields: &[("id", NO_ID)] },
    Door { function: "pauses/get", read: true, least: Least::Member, fields: &[] },
    Door {
        function: "pauses/set",
        read: false,
        least: Least::Admin,
        fields: &[("destination", NO_ID), ("paused", "true")],
    },
    Door { function: "runs/check", read: false, least: Least::Admin, fields: &[("id", NO_ID)] },
    Door { function: "history/runs", read: true, least: Least::Member, fields: &[("filter[state]", "failed")] },
    Door { function: "history/names", read: true, least: Least::Member, fields: &[] },
    Door { function: "history/places", read: true, least: Least::Member, fields: &[("q", "1.29")] },
    Door {
        function: "history/timeline",
        read: true,
        least: Least::Member,
        fields: &[("mirror", "dhi-nginx"), ("tag", "1.29")],
    },
    Door { function: "history/freshness", read: true, least: Least::Member, fields: &[("rule", NO_ID)] },
    Door { function: "history/overview", read: true, least: Least::Member, fields: &[] },
    Door { function: "exposed/get", read: true, least: Least::Member, fields: &[] },
    // No mirror of such a name is on Docker Hub.
    Door { function: "exposed/make-private", read: false, least: Least::Admin, fields: &[("mirror", "dhi-none")] },
    Door { function: "exposed/accept", read: false, least: Least::Admin, fields: &[("id", NO_ID)] },
    Door { function: "exposed/look-again", read: false, least: Least::Admin, fields: &[("id", NO_ID)] },
    Door { function: "audit/list", read: true, least: Least::Member, fields: &[("filter[action]", "rule.run")] },
    Door { function: "audit/actors", read: true, least: Least::Member, fields: &[] },
    Door { function: "hooks/list", read: true, least: Least::Member, fields: &[] },
    Door { function: "hooks/get", read: true, least: Least::Member, fields: &[("mirror", "dhi-nginx")] },
    Door { function: "hooks/create", read: false, least: Least::Admin, fields: &[("mirror", "dhi-none")] },
    Door { function: "hooks/rotate", read: false, least: Least::Admin, fields: &[("mirror", "dhi-nginx")] },
    Door { function: "hooks/delete", read: false, least: Least::Admin, fields: &[("mirror", "dhi-nginx")] },
    Door { function: "deliveries/list", read: true, least: Least::Member, fields: &[] },
    Door { function: "tags/get", read: true, least: Least::Member, fields: &[("name", "nothing"), ("tag", "1")] },
    Door { function: "tags/packages", read: true, least: Least::Member, fields: NO_IMAGE },
    Door { function: "tags/vulnerabilities", read: true, least: Least::Member, fields: NO_IMAGE },
    Door { function: "tags/configuration", read: true, least: Least::Member, fields: NO_IMAGE },
    Door { function: "tags/compare", read: true, least: Least::Member, fields: NO_IMAGE },
    Door { function: "tags/attestations", read: true, least: Least::Member, fields: NO_IMAGE },
    Door {
        function: "tags/statement",
        read: true,
        least: Least::Member,
        fields: &[("name", "nothing"), ("digest", NO_DIGEST)],
    },
    Door { function: "connection/get", read: true, least: Least::Member, fields: &[] },
    Door { function: "connection/save", read: false, least: Least::Admin, fields: &[("form[username]", "")] },
    Door { function: "connection/remove", read: false, least: Least::Admin, fields: &[] },
    Door { function: "keys/list", read: true, least: Least::Member, fields: &[] },
    Door { function: "keys/add", read: false, least: Least::Admin, fields: &[("form[name]", "")] },
    Door { function: "keys/remove", read: false, least: Least::Admin, fields: &[("id", NO_ID)] },
    // Last, because it ends the session.
    Door { function: "session/sign-out", read: false, least: Least::Anybody, fields: &[] },
];

impl Door {
    async fn knock(&self, person: &Person) -> u16 {
        let mut fields = vec![];
        if self.least > Least::Anybody {
            fields.push(("organization", "acme"));
        }
        fields.extend_from_slice(self.fields);
        let answer = if self.read {
            person.get(self.function, &fields).await
        } else {
            person.post(self.function, &fields).await
        };
        assert!(answer.status != 500 && answer.status != 400, "{}: {answer:?}", self.function);
        answer.status
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_server_function_asks_who_it_is() {
    let story = Story::begin().await;
    let people = [
        ("nobody", story.nobody(), None),
        ("gus, a stranger", story.signed_in("gus").await, None),
        ("mia, a member", story.signed_in("mia").await, Some(Least::Member)),
        ("carl, with a custom role", story.signed_in("carl").await, Some(Least::Custom)),
        ("adam, an admin", story.signed_in("adam").await, Some(Least::Admin)),
        ("olivia, an owner", story.signed_in("olivia").await, Some(Least::Owner)),
    ];
    for (name, person, role) in &people {
        for door in DOORS {
            let status = door.knock(person).await;
            let expected: &[u16] = match role {
                _ if door.least == Least::Anybody => &[200, 422],
                None if *name == "nobody" => &[401],
                // A stranger learns nothing, not even whether there is such a thing.
                None => &[404],
                Some(role) if *role < door.least => &[403],
                // Past the door: what was asked for is empty, unknown or bad on purpose.
                Some(_) => &[200, 404, 422],
            };
            assert!(expected.contains(&status), "{name} at {}: {status}, expected {expected:?}", door.function);
        }
    }
    assert!(story.world().mirrors_of("node").is_empty(), "nothing was changed by knocking");
    story.end().await;
}

#[test]
fn the_table_above_names_every_server_function() {
    let endpoint = regex::Regex::new(r#"endpoint = "([a-z/-]+)""#).expect("a pattern");
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/api");
    for file in std::fs::read_dir(folder).expect("the folder is there") {
        let text = std::fs::read_to_string(file.expect("a file").path()).expect("it can be read");
        for found in endpoint.captures_iter(&text) {
            assert!(DOORS.iter().any(|door| door.function == &found[1]), "{} has no row", &found[1]);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_and_events_of_an_organization_are_for_its_people() {
    let story = Story::begin().await;
    let gus = story.signed_in("gus").await;
    let paths = [
        "overview",
        "catalog",
        "catalog/nginx",
        "catalog/nginx/tags/1.29?tab=attestations",
        "mirrors",
        "mirrors/new?source=nginx",
        "mirrors/stop?name=dhi-nginx",
        "mirrors/dhi-nginx/tags/1.29",
        "requests",
        "requests/new?source=nginx",
        "requests/selections",
        "requests/selections/new",
        "destinations",
        "destinations/new",
        "rules",
        "rules/new",
        "runs",
        "where?q=1.29",
        "deliveries",
        "keys",
        "connection",
        "audit",
    ];
    for path in paths {
        let page = gus.page(&format!("/orgs/acme/{path}")).await;
        assert_eq!(page.status, 404, "{path}: {page:?}");
        assert!(!page.body.contains("dhi-nginx"), "{path}");
    }
    for file in ["runs.csv", "runs.json", "audit.csv", "audit.json"] {
        assert_eq!(gus.page(&format!("/orgs/acme/{file}")).await.status, 404, "{file}");
        assert_eq!(story.nobody().page(&format!("/orgs/acme/{file}")).await.status, 401, "{file}");
    }
    let statement = format!("/orgs/acme/catalog/nginx/statements/{NO_DIGEST}");
    assert_eq!(gus.page(&statement).await.status, 404);
    assert_eq!(story.nobody().page(&statement).await.status, 401);
    assert_eq!(gus.page(&format!("/orgs/acme/runs/{NO_ID}/events")).await.status, 404);
    assert_eq!(story.nobody().page(&format!("/orgs/acme/runs/{NO_ID}/events")).await.status, 401);
    let olivia = story.signed_in("olivia").await;
    assert_eq!(olivia.page(&format!("/orgs/acme/runs/{NO_ID}/events")).await.status, 404);
    story.end().await;
}
