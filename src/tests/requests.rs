//! Mirrors that members ask for: owners decide, and Docker Hub has the last word.

use ferry::model::{Asker, MirrorOutcome, MirrorRequest, Page, RequestState};
use ferry::sandbox::{Options, Role};

use super::person::{Answer, Person};
use super::story::{Beginning, Story};

const REFUSAL: &str = "“you do not have permission to manage mirrored repositories”";

async fn ask(person: &Person, source: &str, note: &str) -> Answer {
    let fields = [("organization", "acme"), ("form[source]", source), ("form[note]", note)];
    person.post("requests/ask", &fields).await
}

/// The form that asks for several, each a source and a name, all of them ticked.
fn wishes(wishes: &[(&str, &str)], note: &str) -> Vec<(String, String)> {
    let mut fields = vec![("organization".to_owned(), "acme".to_owned()), ("note".to_owned(), note.to_owned())];
    for (number, (source, name)) in wishes.iter().enumerate() {
        for (part, value) in [("source", *source), ("name", *name), ("wanted", "true")] {
            fields.push((format!("wishes[{number}][{part}]"), value.to_owned()));
        }
    }
    fields
}

fn borrowed(fields: &[(String, String)]) -> Vec<(&str, &str)> {
    fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

/// Asks for several as a script does; why each was not written, or none.
async fn ask_several(person: &Person, chosen: &[(&str, &str)], note: &str) -> Vec<Option<String>> {
    let answer = person.post("requests/ask-several", &borrowed(&wishes(chosen, note))).await;
    let outcomes: Vec<MirrorOutcome> = serde_json::from_str(&answer.body).unwrap_or_else(|_| panic!("{answer:?}"));
    outcomes.into_iter().map(|outcome| outcome.refused).collect()
}

/// Whether the box of this name is ticked.
fn is_ticked(page: &str, label: &str) -> bool {
    let boxes = regex::Regex::new(r"<input[^>]*>").expect("a pattern");
    let label = format!("aria-label=\"{label}\"");
    let found = boxes.find_iter(page).find(|found| found.as_str().contains(&label));
    found.unwrap_or_else(|| panic!("no box has {label}: {page}")).as_str().contains(" checked")
}

/// What is open, or decided.
pub async fn listed(person: &Person, decided: bool) -> Vec<MirrorRequest> {
    let decided = if decided { "true" } else { "false" };
    person
        .read::<Page<MirrorRequest>>("requests/list", &[("organization", "acme"), ("filter[decided]", decided)])
        .await
        .rows
}

/// Answers requests as the form of their page does.
pub async fn decide(owner: &Person, requests: &[&MirrorRequest], intent: &str, reason: &str) -> Answer {
    let ids: Vec<String> = requests.iter().map(|request| request.id.to_string()).collect();
    let mut fields = vec![("organization", "acme"), ("form[reason]", reason), ("intent", intent)];
    fields.extend(ids.iter().map(|id| ("form[ids][]", id.as_str())));
    owner.submit("/orgs/acme/requests", "requests/decide", &fields).await
}

async fn deeds(story: &Story) -> Vec<(String, String)> {
    let statement = "select actor, action from audit where action like 'mirror.%' order by id";
    sqlx::query_as(statement).fetch_all(&story.app.db).await.expect("the audit log")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_asks_and_once_an_owner_approves_docker_mirrors() {
    let story = Story::begin().await;
    let (mia, olivia) = (story.signed_in("mia").await, story.signed_in("olivia").await);
    let fields = [("organization", "acme"), ("form[source]", "vault"), ("form[note]", "For the shop's secrets.")];
    let answer = mia.submit("/orgs/acme/catalog/vault", "requests/ask", &fields).await;
    assert_eq!((answer.status, answer.location.as_deref()), (302, Some("/orgs/acme/requests")), "{answer:?}");
    assert!(story.world().mirrors_of("vault").is_empty(), "nothing starts by itself");

    // The same by somebody else is the same.
    let again = ask(&story.signed_in("carl").await, "vault", "").await;
    assert_eq!(again.status, 409, "{again:?}");
    assert!(again.error().to_string().contains("asked for already, by mia on"), "{again:?}");
    let open = listed(&mia, false).await;
    assert_eq!(open.len(), 1);
    assert_eq!((open[0].name.as_str(), &open[0].asker), ("dhi-vault", &Asker::Person("mia".to_owned())));

    let overview = olivia.page("/orgs/acme/overview").await;
    assert!(overview.body.contains("1 request for a mirror waits") && overview.body.contains("waiting-count"));
    let overview = mia.page("/orgs/acme/overview").await;
    assert!(!overview.body.contains("waits for an owner") && !overview.body.contains("waiting-count"));
    let page = mia.page("/orgs/acme/catalog/vault").await;
    assert!(page.body.contains("Request a mirror") && page.body.contains("Requests for it"), "{page:?}");

    let answer = decide(&olivia, &[&open[0]], "approve", "").await;
    assert_eq!((answer.status, answer.location.as_deref()), (302, Some("/orgs/acme/requests")), "{answer:?}");
    story.world().settled().await;
    let mirrors = story.world().mirrors_of("vault");
    assert_eq!(mirrors.iter().map(|mirror| mirror.name.as_str()).collect::<Vec<_>>(), ["dhi-vault"]);
    let decided = listed(&mia, true).await;
    assert_eq!(decided[0].state, RequestState::Approved);
    assert_eq!(decided[0].decision.as_ref().and_then(|decision| decision.by.as_deref()), Some("olivia"));
    let deeds = deeds(&story).await;
    let deeds = deeds.iter().map(|(actor, action)| (actor.as_str(), action.as_str()));
    // What Docker Hub shows to everybody is noticed on the way.
    let deeds: Vec<_> = deeds.filter(|(_, action)| !action.contains(".found-")).collect();
    assert_eq!(deeds, [("mia", "mirror.request"), ("olivia", "mirror.start"), ("olivia", "mirror.approve")]);
    let taken = ask(&mia, "vault", "").await;
    assert!(taken.field("name").contains("acme/dhi-vault is the mirror of vault already"), "{taken:?}");
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_asks_for_several_and_what_cannot_be_asked_says_why() {
    let story = Story::begin().await;
    let (mia, olivia) = (story.signed_in("mia").await, story.signed_in("olivia").await);
    assert_eq!(ask(&story.signed_in("carl").await, "python", "").await.status, 200);
    let catalog = mia.page("/orgs/acme/catalog").await.body;
    assert!(catalog.contains("Request selected") && catalog.contains(r#"action="/orgs/acme/requests/new""#));
    let marks = olivia.page("/orgs/acme/catalog").await.body.matches(">Mirrored<").count();
    assert_eq!(catalog.matches(">Mirrored<").count(), marks, "a member sees the same as mirrored");

    let page = "/orgs/acme/requests/new?source=vault&source=python&source=traefik&source=nginx&source=nothing";
    let shown = mia.page(page).await.body;
    for words in ["Requested already: dhi-python by carl", "Mirrored already: dhi-nginx", "left out: nothing"] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    let ticked = ["Vault", "Python", "Traefik", "Nginx"].map(|name| is_ticked(&shown, &format!("Request {name}")));
    assert_eq!(ticked, [true, false, true, false], "what is asked for or there is left to whoever insists");

    let chosen = [("vault", "vault"), ("python", "dhi-python"), ("traefik", "dhi-traefik")];
    let form = wishes(&chosen, "For the shop.");
    let answer = mia.submit(page, "requests/ask-several", &borrowed(&form)).await;
    assert_eq!((answer.status, answer.location.as_deref()), (302, Some(page)), "{answer:?}");
    let shown = mia.page(page).await.body;
    let said = ["1 of 3 requested", "put dhi- in front", "asked for already, by carl on", "Go to the requests"];
    for words in said.into_iter().chain([r#"value="vault""#, ">For the shop.</textarea>"]) {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    let ticked = ["Vault", "Python", "Traefik", "Nginx"].map(|name| is_ticked(&shown, &format!("Request {name}")));
    assert_eq!(ticked, [true, true, true, false], "as it was sent");
    assert!(story.world().mirrors_of("traefik").is_empty(), "nothing starts by itself");

    let chosen =
        [("vault", "dhi-vault"), ("traefik", "dhi-traefik"), ("node", "dhi-nginx"), ("nothing", "dhi-nothing")];
    let refused = ask_several(&mia, &chosen, "For the shop.").await;
    let [None, Some(again), Some(taken), Some(unknown)] = refused.as_slice() else { panic!("{refused:?}") };
    assert!(again.contains("asked for already, by mia on"), "nothing is asked twice: {again}");
    assert!(taken.contains("acme/dhi-nginx is the mirror of nginx already"), "{taken}");
    assert!(unknown.contains("The catalog has no repository called nothing"), "{unknown}");
    assert_eq!(ask_several(&mia, &[], "").await, [], "nothing was ticked");
    let long = mia.post("requests/ask-several", &borrowed(&wishes(&chosen, &"x".repeat(1_001)))).await;
    assert!(long.status == 422 && long.field("note").contains("shorten it"), "{long:?}");

    let open = listed(&olivia, false).await;
    let names: Vec<_> = open.iter().map(|request| request.name.as_str()).collect();
    assert_eq!(names, ["dhi-vault", "dhi-traefik", "dhi-python"]);
    assert!(open[..2].iter().all(|request| request.note == "For the shop."), "{open:?}");
    assert_eq!(decide(&olivia, &[&open[0], &open[1]], "approve", "").await.status, 302);
    story.world().settled().await;
    assert!(["vault", "traefik"].iter().all(|source| story.world().mirrors_of(source).len() == 1));
    assert_eq!(listed(&mia, false).await.len(), 1, "carl's waits on");
    let deeds = deeds(&story).await;
    let asked: Vec<_> =
        deeds.iter().filter(|(_, action)| action == "mirror.request").map(|(actor, _)| actor.as_str()).collect();
    assert_eq!(asked, ["carl", "mia", "mia"], "a line for each that was written");
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_not_mirror_or_only_try_is_shown_the_way_to_requests() {
    let story = Story::begin().await;
    let (page, way) =
        ("/orgs/acme/mirrors/new?source=vault&source=python", "/orgs/acme/requests/new?source=vault&amp;");
    let mia = story.signed_in("mia").await.page(page).await.body;
    assert!(mia.contains("Request them") && mia.contains(way) && !mia.contains("Start mirroring"), "{mia}");
    let carl = story.signed_in("carl").await.page(page).await.body;
    assert!(carl.contains("Request them instead") && carl.contains(way) && carl.contains("Start mirroring"), "{carl}");
    let adam = story.signed_in("adam").await;
    let shown = adam.page(page).await.body;
    assert!(!shown.contains(way) && shown.contains("Start mirroring"), "{shown}");
    assert!(adam.page("/orgs/acme/catalog").await.body.contains("Mirror selected"));
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_declines_with_a_reason_and_whoever_asked_may_take_it_back() {
    let story = Story::begin().await;
    let (mia, adam, olivia) =
        (story.signed_in("mia").await, story.signed_in("adam").await, story.signed_in("olivia").await);
    for source in ["vault", "python"] {
        assert_eq!(ask(&mia, source, "").await.status, 200);
    }
    let open = listed(&mia, false).await;
    let [python, vault] = open.as_slice() else { panic!("{open:?}") };

    let id = vault.id.to_string();
    let fields =
        [("organization", "acme"), ("form[ids][]", id.as_str()), ("form[reason]", "No."), ("intent", "decline")];
    assert_eq!(adam.post("requests/decide", &fields).await.status, 403, "an editor decides nothing");
    let answer = decide(&olivia, &[vault], "decline", " ").await;
    assert_eq!(answer.status, 302, "{answer:?}");
    let page = olivia.page("/orgs/acme/requests").await;
    assert!(page.body.contains("Say why, so that whoever asked knows what to do."), "{page:?}");
    assert_eq!(decide(&olivia, &[vault], "decline", "Use the one of the platform team.").await.status, 302);
    let page = mia.page("/orgs/acme/requests?state=decided").await;
    assert!(page.body.contains("Declined") && page.body.contains("Use the one of the platform team."), "{page:?}");

    let id = python.id.to_string();
    let fields = [("organization", "acme"), ("id", id.as_str())];
    assert_eq!(adam.post("requests/withdraw", &fields).await.status, 403, "somebody else's");
    assert_eq!(mia.post("requests/withdraw", &fields).await.status, 200);
    assert_eq!(mia.post("requests/withdraw", &fields).await.status, 409, "once");
    let late = decide(&olivia, &[python], "approve", "").await;
    assert_eq!(late.status, 302, "{late:?}");
    assert!(olivia.page("/orgs/acme/requests").await.body.contains("dhi-python is not open any more"));
    assert!(listed(&mia, false).await.is_empty());
    assert!(story.world().mirrors_of("python").is_empty() && story.world().mirrors_of("vault").is_empty());
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_docker_refuses_stays_open_with_dockers_words_and_the_rest_starts() {
    let story = Story::begin().await;
    let mia = story.signed_in("mia").await;
    let reader = story.nobody();
    let token = [("username", "olivia"), ("token", "dckr_pat_olivia_read")];
    assert_eq!(reader.post("session/sign-in", &token).await.status, 200);
    for source in ["vault", "python"] {
        assert_eq!(ask(&mia, source, "").await.status, 200);
    }
    let open = listed(&mia, false).await;
    assert_eq!(decide(&reader, &[&open[0]], "approve", "").await.status, 302);
    let page = reader.page("/orgs/acme/requests").await;
    assert!(page.body.contains(REFUSAL) && page.body.contains("Sign in with a token that may read and write"));
    let still = listed(&mia, false).await;
    assert_eq!((still.len(), still[0].id), (2, open[0].id));
    assert!(still[0].trouble.as_deref().is_some_and(|words| words.contains(REFUSAL)), "{still:?}");
    assert!(story.world().mirrors_of("python").is_empty());

    // A name that something else took meanwhile is in the way of one, and not of the other.
    let olivia = story.signed_in("olivia").await;
    story.world().mirror("acme", "traefik", "dhi-vault").expect("a mirror");
    let answer = decide(&olivia, &[&open[0], &open[1]], "approve", "").await;
    assert_eq!(answer.status, 302, "{answer:?}");
    let page = olivia.page("/orgs/acme/requests").await;
    assert!(page.body.contains("acme/dhi-vault is the mirror of traefik already"), "{page:?}");
    assert_eq!(story.world().mirrors_of("python").len(), 1);
    let names: Vec<_> = listed(&mia, false).await.into_iter().map(|request| request.name.to_string()).collect();
    assert_eq!(names, ["dhi-vault"]);
    story.world().settled().await;
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_editor_mirrors_and_a_custom_role_may_try() {
    let story = Story::begin().await;
    let start = async |person: &Person, source: &str| {
        let name = format!("dhi-{source}");
        let fields = [("organization", "acme"), ("source", source), ("name", name.as_str())];
        person.post("mirrors/start", &fields).await
    };
    let adam = story.signed_in("adam").await;
    assert_eq!(start(&adam, "vault").await.status, 200);
    assert_eq!(adam.post("mirrors/stop", &[("organization", "acme"), ("name", "dhi-vault")]).await.status, 200);

    let carl = story.signed_in("carl").await;
    let page = carl.page("/orgs/acme/catalog/python").await;
    assert!(page.body.contains("Try to mirror") && page.body.contains("Request a mirror"), "{page:?}");
    let refused = start(&carl, "python").await;
    assert_eq!(refused.status, 403, "{refused:?}");
    assert!(refused.error().to_string().contains(REFUSAL), "word for word: {refused:?}");
    let stop = carl.post("mirrors/stop", &[("organization", "acme"), ("name", "dhi-nginx")]).await;
    assert!(stop.status == 403 && stop.error().to_string().contains(REFUSAL), "{stop:?}");
    assert_eq!(carl.post("rules/save", &[("organization", "acme")]).await.status, 403, "that is Ferry's to say");

    for organization in &mut story.world().state().people.organizations {
        organization.custom_may_mirror = true;
    }
    assert_eq!(start(&carl, "python").await.status, 200);
    story.world().settled().await;
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_docker_still_wants_an_owner_an_editor_reads_its_words() {
    let sandbox = Options { mirror_role: Role::Owner, ..Options::default() };
    let story = Story::with(Beginning { sandbox, ..Beginning::default() }).await;
    let adam = story.signed_in("adam").await;
    let fields = [("organization", "acme"), ("source", "vault"), ("name", "dhi-vault")];
    assert_eq!(adam.submit("/orgs/acme/catalog/vault", "mirrors/start", &fields).await.status, 302);
    let page = adam.page("/orgs/acme/catalog/vault").await;
    assert!(page.body.contains(REFUSAL) && page.body.contains("ask an owner to do it"), "{page:?}");
    assert!(page.body.contains("Request a mirror"), "there is another way");
    story.end().await;
}
