//! Deliveries as Docker Hub makes them, on schedule: each is sent when it is due, whether those before were answered or not.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use bytes::Bytes;
use rand::rngs::SmallRng;
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _};
use reqwest::Client;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

/// One call of so many is rubbish.
const RUBBISH: u32 = 50;
/// The same push is told of so often more, at most.
const REPEATS: u32 = 5;
/// How many other calls come between two that tell of the same push.
const APART: std::ops::RangeInclusive<usize> = 20..=400;
/// What takes longer counts as not answered.
const PATIENCE: Duration = Duration::from_secs(30);

/// A mirror's webhook.
pub struct Hook {
    pub mirror: String,
    pub address: String,
}

/// What a call is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Push,
    NotJson,
    OtherRepository,
    NoTag,
    /// To an address that nobody made.
    Unknown,
}

impl Kind {
    /// The answer it must get.
    pub fn status(self) -> u16 {
        match self {
            Self::Push => 202,
            Self::NotJson => 400,
            Self::OtherRepository | Self::NoTag => 422,
            Self::Unknown => 404,
        }
    }
}

/// One call.
#[derive(Clone)]
pub struct Call {
    pub kind: Kind,
    /// It tells of a push that was told of before.
    pub is_repeat: bool,
    address: String,
    body: Bytes,
}

/// So many calls about these tags of these mirrors, the same at each start: pushes, each told of up to six times with other
/// calls between, and two in a hundred that are rubbish.
pub fn calls(hooks: &[Hook], tags: &[String], number: usize) -> Vec<Call> {
    let mut chance = SmallRng::seed_from_u64(4);
    let mut repeats = BinaryHeap::new();
    let mut calls: Vec<Call> = Vec::with_capacity(number);
    for place in 0..number {
        let (Some(hook), Some(tag)) = (hooks.choose(&mut chance), tags.choose(&mut chance)) else { break };
        let is_due = repeats.peek().is_some_and(|Reverse((due, _))| *due <= place);
        let call = if chance.random_ratio(1, RUBBISH) {
            rubbish(&mut chance, hook, tag, place)
        } else if is_due && let Some(Reverse((_, first))) = repeats.pop() {
            let first: &Call = &calls[first];
            Call { is_repeat: true, ..first.clone() }
        } else {
            for _ in 0..chance.random_range(0..=REPEATS) {
                repeats.push(Reverse((place + chance.random_range(APART), place)));
            }
            call(Kind::Push, &hook.address, &body(&hook.mirror, tag, place))
        };
        calls.push(call);
    }
    calls
}

fn rubbish(chance: &mut SmallRng, hook: &Hook, tag: &str, place: usize) -> Call {
    match chance.random_range(0..4) {
        0 => Call { body: Bytes::from_static(b"tag=1.29&pusher="), ..call(Kind::NotJson, &hook.address, &json!(null)) },
        1 => call(Kind::OtherRepository, &hook.address, &body("dhi-elsewhere", tag, place)),
        2 => call(Kind::NoTag, &hook.address, &json!({ "push_data": { "pushed_at": place } })),
        _ => {
            let (before, _) = hook.address.rsplit_once('/').unwrap_or_default();
            call(Kind::Unknown, &format!("{before}/nobody-{place}"), &body(&hook.mirror, tag, place))
        }
    }
}

fn call(kind: Kind, address: &str, body: &Value) -> Call {
    Call { kind, is_repeat: false, address: address.to_owned(), body: Bytes::from(body.to_string()) }
}

/// Some 1.5 KiB, in Docker Hub's shape. No two pushes of a tag happen in the same second.
fn body(mirror: &str, tag: &str, place: usize) -> Value {
    let change =
        |name: &str| json!({ "name": name, "type": "deb", "old_version": "3.5.1-1", "new_version": "3.5.2-1" });
    let fixed = |id: usize| json!({ "cve_id": format!("CVE-2026-{id}"), "severity": "HIGH", "package": "openssl", "fixed_in_version": "3.5.2-1" });
    let changes = json!({
        "schema_version": 1,
        "change_categories": ["vulnerability_fix", "version_upgrade"],
        "previous_version": { "tag": tag, "digest": format!("sha256:{}", "0".repeat(64)) },
        "changes": {
            "vulnerabilities_fixed": [fixed(20_000 + place), fixed(20_001 + place)],
            "packages_updated": [change("openssl"), change("libssl3t64")],
            "packages_added": [], "packages_removed": [],
            "environment_variables_changed": [], "labels_changed": [], "configuration_changed": [],
        },
    });
    json!({
        "callback_url": format!("https://registry.hub.docker.com/u/acme/{mirror}/hook/1/"),
        "push_data": {
            "pushed_at": 1_800_000_000 + place, "pusher": "dockerhardenedimages", "tag": tag, "images": [],
            "media_type": "application/vnd.oci.image.index.v1+json",
        },
        "repository": {
            "comment_count": 0, "star_count": 0, "date_created": 1_790_000_000, "description": "Mirror",
            "full_description": "", "is_official": false, "is_private": true, "is_trusted": false,
            "name": mirror, "namespace": "acme", "owner": "acme", "repo_name": format!("acme/{mirror}"),
            "repo_url": format!("https://hub.docker.com/r/acme/{mirror}"), "status": "Active",
        },
        "dhi_metadata": { format!("sha256:{}", "1".repeat(64)): changes.clone(), format!("sha256:{}", "2".repeat(64)): changes },
    })
}

/// What came of a call.
pub struct Answer {
    pub kind: Kind,
    pub is_repeat: bool,
    /// None where there was no answer.
    pub status: Option<u16>,
    /// From the moment at which it was due to the end of the answer.
    pub took: Duration,
}

/// What came of all of them.
pub struct Sent {
    pub answers: Vec<Answer>,
    /// How far behind the schedule we were ourselves, at most.
    pub late: Duration,
}

/// Sends one each time, over connections that are kept.
pub async fn send(calls: Vec<Call>, each: Duration) -> anyhow::Result<Sent> {
    let client = Client::builder().no_proxy().http1_only().timeout(PATIENCE).build()?;
    let mut under_way = JoinSet::new();
    let mut late = Duration::ZERO;
    let mut due = Instant::now() + Duration::from_millis(500);
    for call in calls {
        sleep_until(due).await;
        late = late.max(due.elapsed());
        let client = client.clone();
        under_way.spawn(async move {
            let status = answered(&client, &call).await.ok();
            Answer { kind: call.kind, is_repeat: call.is_repeat, status, took: due.elapsed() }
        });
        due += each;
    }
    Ok(Sent { answers: under_way.join_all().await, late })
}

async fn answered(client: &Client, call: &Call) -> Result<u16, reqwest::Error> {
    let answer = client.post(&call.address).body(call.body.clone()).send().await?;
    let status = answer.status().as_u16();
    // To its end, so that the connection is free for the next.
    answer.bytes().await?;
    Ok(status)
}
