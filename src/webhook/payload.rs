//! The body of a delivery (`contracts/hub.md` section 5.2), read so that nothing in it can surprise: every field may be
//! missing or of another type, and only mirror and tag are used.

use std::time::Duration;

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use serde_json::Value;

use super::changes;
use super::refusal::Refusal;
use crate::model::{Changes, RepoName, Tag};

/// A longer body is not kept, only what was read of it.
const MOST_KEPT: usize = 64 * 1024;
/// Longest text that is taken over, in characters.
const LONGEST: usize = 200;

/// What was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Payload {
    /// `namespace/name`, as it says.
    pub repository: Option<String>,
    pub tag: Option<String>,
    pub pushed_at: Option<DateTime<Utc>>,
    pub pusher: Option<String>,
    pub changes: Option<Changes>,
    /// The whole body as JSON that PostgreSQL can keep; none where it is long.
    pub body: Option<String>,
}

impl Payload {
    /// Reads a body; none where it is no JSON.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let body: Value = serde_json::from_slice(bytes).ok()?;
        let (push, repository) = (&body["push_data"], &body["repository"]);
        let parts = || Some(format!("{}/{}", text(&repository["namespace"])?, text(&repository["name"])?));
        Some(Self {
            repository: text(&repository["repo_name"]).or_else(parts),
            tag: text(&push["tag"]),
            pushed_at: moment(&push["pushed_at"]),
            pusher: text(&push["pusher"]),
            changes: changes::of(&body["dhi_metadata"]),
            body: kept(&body),
        })
    }

    /// The tag that moved, where it is one of this mirror. Where it names no repository, the address says which it is.
    pub(super) fn tag_of(&self, mirror: &RepoName) -> Result<Tag, Refusal> {
        if let Some(named) = self.repository.as_ref().filter(|named| !named.eq_ignore_ascii_case(mirror.as_str())) {
            return Err(Refusal::OtherRepository { named: named.clone(), expected: mirror.clone() });
        }
        let tag = self.tag.as_ref().ok_or(Refusal::NoTag)?;
        tag.parse().map_err(|_| Refusal::BadTag(tag.clone()))
    }
}

/// One line of text of bounded length, without what a terminal or a database chokes on; none where that is nothing.
fn text(value: &Value) -> Option<String> {
    let words: Vec<&str> = value.as_str()?.split(|c: char| c.is_whitespace() || c.is_control()).collect();
    let text: String = words.join(" ").trim().chars().take(LONGEST).collect();
    (!text.is_empty()).then_some(text)
}

/// Unix seconds as a whole number, a float or a text; none where that is no time at which anything was pushed.
fn moment(value: &Value) -> Option<DateTime<Utc>> {
    let seconds = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok())?;
    let since = TimeDelta::from_std(Duration::try_from_secs_f64(seconds).ok()?).ok()?;
    // No finer than the database keeps it, since moments are compared.
    let moment = DateTime::UNIX_EPOCH.checked_add_signed(since)?.trunc_subsecs(6);
    let times = DateTime::UNIX_EPOCH + TimeDelta::days(1)..DateTime::UNIX_EPOCH + TimeDelta::days(365 * 200);
    times.contains(&moment).then_some(moment)
}

/// PostgreSQL keeps no NUL in a text, and one such body must not keep others from being written.
fn kept(body: &Value) -> Option<String> {
    let json = body.to_string();
    (json.len() <= MOST_KEPT && !json.contains("\\u0000")).then_some(json)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(body: &Value) -> Payload {
        Payload::read(body.to_string().as_bytes()).expect("it is JSON")
    }

    fn mirror() -> RepoName {
        "acme/dhi-nginx".parse().expect("a name")
    }

    fn judged(body: &Value) -> Result<String, u16> {
        read(body).tag_of(&mirror()).map(|tag| tag.to_string()).map_err(|refusal| refusal.status())
    }

    #[test]
    fn a_body_as_docker_documents_it_is_read() {
        let payload = read(&json!({
            "callback_url": "https://registry.hub.docker.com/u/acme/dhi-nginx/hook/2/",
            "push_data": {
                "pushed_at": 1_800_000_000, "pusher": "dockerhardenedimages", "tag": "1.29", "images": null,
                "media_type": "application/vnd.oci.image.index.v1+json",
            },
            "repository": {
                "comment_count": "0", "date_created": 1.417_566_822e9, "description": null, "is_private": true,
                "name": "dhi-nginx", "namespace": "acme", "owner": "acme", "repo_name": "acme/dhi-nginx", "status": "Active",
            },
            "dhi_metadata": { "sha256:0": { "changes": { "vulnerabilities_fixed": [{ "cve_id": "CVE-1", "severity": "HIGH" }] } } },
        }));
        assert_eq!(payload.tag_of(&mirror()).map(|tag| tag.to_string()), Ok("1.29".to_owned()));
        assert_eq!(payload.pushed_at, DateTime::from_timestamp(1_800_000_000, 0));
        assert_eq!(payload.pusher.as_deref(), Some("dockerhardenedimages"));
        assert_eq!(payload.changes.map(|changes| changes.words()).as_deref(), Some("fixes 1 high"));
        assert!(payload.body.is_some_and(|body| body.contains("callback_url")), "all of it is kept");
    }

    #[test]
    fn every_field_may_be_missing_or_of_another_type() {
        let cases = [
            (json!({ "push_data": { "tag": "1" } }), Ok("1")),
            (json!({ "push_data": { "tag": "1" }, "repository": null }), Ok("1")),
            (
                json!({ "push_data": { "tag": "1" }, "repository": { "name": "dhi-nginx", "namespace": "acme" } }),
                Ok("1"),
            ),
            (json!({ "push_data": { "tag": "1" }, "repository": { "repo_name": "ACME/dhi-nginx" } }), Ok("1")),
            (
                json!({ "push_data": { "tag": "1", "pushed_at": [], "pusher": 7 }, "repository": { "repo_name": 7 } }),
                Ok("1"),
            ),
            (json!({ "push_data": { "tag": "1" }, "repository": { "repo_name": "acme/dhi-redis" } }), Err(422)),
            (json!({ "push_data": { "tag": "1" }, "repository": { "repo_name": "dhi-nginx" } }), Err(422)),
            (json!({ "push_data": { "tag": "no tag" }, "repository": { "repo_name": "acme/dhi-nginx" } }), Err(422)),
            (json!({ "push_data": { "tag": "x".repeat(129) } }), Err(422)),
            (json!({ "push_data": { "tag": "" } }), Err(422)),
            (json!({ "push_data": { "tag": 7 } }), Err(422)),
            (json!({ "push_data": "text" }), Err(422)),
            (json!({}), Err(422)),
            (json!([]), Err(422)),
            (json!(null), Err(422)),
        ];
        for (body, expected) in cases {
            assert_eq!(judged(&body), expected.map(str::to_owned), "{body}");
        }
        assert_eq!(Payload::read(b"tag=1"), None);
        assert_eq!(Payload::read(b""), None);
        assert_eq!(Payload::read(&[0xff, 0xfe]), None);
    }

    #[test]
    fn a_moment_may_be_a_float_or_a_text_but_not_nonsense() {
        let at = |value: Value| moment(&value).map(|at| at.timestamp_millis());
        assert_eq!(at(json!(1_800_000_000)), Some(1_800_000_000_000));
        assert_eq!(at(json!(1_800_000_000.25)), Some(1_800_000_000_250));
        assert_eq!(at(json!("1800000000")), Some(1_800_000_000_000));
        for nonsense in
            [json!(null), json!("soon"), json!(-1), json!(0), json!(1e300), json!(u64::MAX), json!({}), json!("NaN")]
        {
            assert_eq!(at(nonsense.clone()), None, "{nonsense}");
        }
    }

    #[test]
    fn what_the_database_cannot_keep_is_not_given_to_it() {
        let nul = read(&json!({ "push_data": { "tag": "1", "pusher": "a\u{0}b" } }));
        assert_eq!((nul.body, nul.pusher.as_deref()), (None, Some("a b")));
        let long =
            read(&json!({ "push_data": { "tag": "1" }, "repository": { "full_description": "x".repeat(70_000) } }));
        assert_eq!((long.body, long.tag.as_deref()), (None, Some("1")));
        let odd = Payload::read(br#"{"a":1e-400000,"b":123456789012345678901234567890}"#).expect("it is JSON");
        assert!(odd.body.is_some_and(|body| !body.contains("400000")), "a number no column could hold");
    }
}
