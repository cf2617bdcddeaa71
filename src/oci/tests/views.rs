//! What the fake answers when nobody tells it to misbehave: views of what it keeps.

use axum::body::Body;
use axum::response::Response;
use base64::Engine;
use bytes::Bytes;
use serde_json::{Value, json};

use super::fake::{Door, Seen, World};
use super::image::INDEX;
use crate::oci::digests::sha256;

pub(super) fn respond(status: u16, headers: &[(&str, String)], body: Bytes) -> Response {
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, value);
    }
    response.body(Body::from(body)).expect("a response")
}

pub(super) fn error(status: u16, code: &str) -> Response {
    let body = json!({ "errors": [{ "code": code, "message": "no" }] }).to_string();
    respond(status, &[("content-type", "application/json".into())], Bytes::from(body))
}

fn parameter(query: &str, name: &str) -> Option<String> {
    url::form_urlencoded::parse(query.as_bytes()).find(|(n, _)| n == name).map(|(_, value)| value.into_owned())
}

impl World {
    fn fresh(&mut self) -> usize {
        self.next += 1;
        self.next
    }

    pub(super) fn token(&mut self, seen: &Seen) -> Response {
        let Door::Bearer { user, secret, life, .. } = self.door.clone() else { return error(404, "UNKNOWN") };
        let pair = base64::engine::general_purpose::STANDARD.encode(format!("{user}:{secret}"));
        if seen.authorization != Some(format!("Basic {pair}")) {
            return error(401, "UNAUTHORIZED");
        }
        let token = format!("token-{}", self.fresh());
        let scopes: Vec<_> = url::form_urlencoded::parse(seen.query.as_bytes())
            .filter(|(n, _)| n == "scope")
            .map(|(_, v)| v.into_owned())
            .collect();
        self.tokens.insert(token.clone(), scopes.join(" "));
        let body = json!({ "access_token": token, "expires_in": life }).to_string();
        respond(200, &[("content-type", "application/json".into())], Bytes::from(body))
    }

    pub(super) fn refuses(&self, seen: &Seen, repo: &str) -> Option<Response> {
        let given = seen.authorization.as_deref();
        let (right, challenge) = match &self.door {
            Door::Open => return None,
            Door::Basic(user, secret) => {
                let pair = base64::engine::general_purpose::STANDARD.encode(format!("{user}:{secret}"));
                (given == Some(&format!("Basic {pair}")), "Basic realm=\"fake\"".to_owned())
            }
            Door::Bearer { realm, .. } => {
                let scopes = given.and_then(|g| g.strip_prefix("Bearer ")).and_then(|token| self.tokens.get(token));
                let right = scopes.is_some_and(|s| repo.is_empty() || s.contains(&format!("repository:{repo}:")));
                (right, format!("Bearer realm=\"{realm}\",service=\"fake\",scope=\"repository:{repo}:pull\""))
            }
        };
        (!right).then(|| respond(401, &[("www-authenticate", challenge)], Bytes::new()))
    }

    pub(super) fn manifests(
        &mut self,
        seen: &Seen,
        repo: &str,
        reference: &str,
        media_type: &str,
        body: Bytes,
    ) -> Response {
        let key = (repo.to_owned(), reference.to_owned());
        if seen.method == "PUT" {
            let digest = sha256(&body).to_string();
            let parsed: Value = serde_json::from_slice(&body).unwrap_or_default();
            for child in parsed["manifests"].as_array().into_iter().flatten() {
                if !self.manifests.contains_key(&(repo.to_owned(), child["digest"].as_str().unwrap_or_default().into()))
                {
                    return error(400, "MANIFEST_BLOB_UNKNOWN");
                }
            }
            for blob in parsed["layers"].as_array().into_iter().flatten().chain(parsed.get("config")) {
                let there =
                    self.blobs.contains_key(&(repo.to_owned(), blob["digest"].as_str().unwrap_or_default().into()));
                if !there && blob.get("urls").is_none() {
                    return error(400, "MANIFEST_BLOB_UNKNOWN");
                }
            }
            self.note_subject(repo, &digest, &parsed);
            self.manifests.insert((repo.to_owned(), digest.clone()), (body.clone(), media_type.to_owned()));
            self.manifests.insert(key, (body, media_type.to_owned()));
            let mut headers = vec![("docker-content-digest", digest)];
            if let (true, Some(subject)) = (self.has_api, parsed["subject"]["digest"].as_str()) {
                headers.push(("oci-subject", subject.to_owned()));
            }
            return respond(201, &headers, Bytes::new());
        }
        match self.manifests.get(&key) {
            Some((bytes, media_type)) => {
                let digest = sha256(bytes).to_string();
                respond(200, &[("content-type", media_type.clone()), ("docker-content-digest", digest)], bytes.clone())
            }
            None => error(404, "MANIFEST_UNKNOWN"),
        }
    }

    pub(super) fn uploads(&mut self, seen: &Seen, repo: &str, session: &str, body: &Bytes) -> Response {
        match seen.method.as_str() {
            "POST" => {
                let (mount, from) = (parameter(&seen.query, "mount"), parameter(&seen.query, "from"));
                if let (true, Some(digest), Some(from)) = (self.mounts, mount, from)
                    && let Some(bytes) = self.blobs.get(&(from, digest.clone())).cloned()
                {
                    self.blobs.insert((repo.to_owned(), digest), bytes);
                    return respond(201, &[("location", "/done".into())], Bytes::new());
                }
                let session = format!("s{}", self.fresh());
                self.uploads.insert(session.clone(), Vec::new());
                let base = self.storage.clone().unwrap_or_default();
                respond(
                    202,
                    &[("location", format!("{base}/v2/{repo}/blobs/uploads/{session}?state=a%2Fb"))],
                    Bytes::new(),
                )
            }
            "DELETE" => {
                self.uploads.remove(session);
                respond(204, &[], Bytes::new())
            }
            _ if body.len() > self.largest_put => error(413, "SIZE_INVALID"),
            "PATCH" => {
                self.uploads.entry(session.to_owned()).or_default().extend_from_slice(body);
                respond(202, &[("location", format!("/v2/{repo}/blobs/uploads/{session}?state=more"))], Bytes::new())
            }
            _ => {
                let mut all = self.uploads.remove(session).unwrap_or_default();
                all.extend_from_slice(body);
                let digest = parameter(&seen.query, "digest").unwrap_or_default();
                // It believes what it is told: the engine must not depend on a registry that checks.
                self.blobs.insert((repo.to_owned(), digest), Bytes::from(all));
                respond(201, &[("location", "/done".into())], Bytes::new())
            }
        }
    }

    pub(super) fn blobs(&self, seen: &Seen, repo: &str, digest: &str) -> Response {
        match (self.blobs.get(&(repo.to_owned(), digest.to_owned())), &self.storage) {
            (None, _) => error(404, "BLOB_UNKNOWN"),
            (Some(_), Some(storage)) => {
                respond(307, &[("location", format!("{storage}/v2/{repo}/blobs/{digest}?sig=secret"))], Bytes::new())
            }
            (Some(bytes), None) => {
                let from = seen.range.as_deref().and_then(|text| text.strip_prefix("bytes=")?.split_once('-'));
                let from = from.and_then(|(from, _)| from.parse::<usize>().ok()).filter(|_| self.ranges);
                let octets = ("content-type", "application/octet-stream".to_owned());
                match from {
                    None => respond(200, &[octets], bytes.clone()),
                    Some(from) if from >= bytes.len() => error(416, "RANGE_INVALID"),
                    Some(from) => {
                        let range = format!("bytes {from}-{}/{}", bytes.len() - 1, bytes.len());
                        respond(206, &[octets, ("content-range", range)], bytes.slice(from..))
                    }
                }
            }
        }
    }

    /// Lists the manifest for what it refers to; looking through all of them would take a large image minutes.
    pub(super) fn note_subject(&mut self, repo: &str, digest: &str, manifest: &Value) {
        if let Some(subject) = manifest["subject"]["digest"].as_str() {
            let key = (repo.to_owned(), subject.to_owned());
            self.referring.entry(key).or_default().insert(digest.to_owned());
        }
    }

    pub(super) fn referrers(&self, seen: &Seen, repo: &str, subject: &str) -> Response {
        if !self.has_api {
            return error(404, "MANIFEST_UNKNOWN");
        }
        let referring = self.referring.get(&(repo.to_owned(), subject.to_owned()));
        // A test may have taken one away.
        let still_there = referring.into_iter().flatten().filter_map(|digest| {
            let (bytes, media_type) = self.manifests.get(&(repo.to_owned(), digest.clone()))?;
            Some(json!({ "mediaType": media_type, "digest": digest, "size": bytes.len() }))
        });
        let all: Vec<Value> = still_there.collect();
        let from: usize = parameter(&seen.query, "from").and_then(|text| text.parse().ok()).unwrap_or(0);
        let page: Vec<_> = all.iter().skip(from).take(self.page).cloned().collect();
        let mut headers = vec![("content-type", INDEX.to_owned())];
        if from + self.page < all.len() {
            headers.push(("link", format!("</v2/{repo}/referrers/{subject}?from={}>; rel=\"next\"", from + self.page)));
        }
        let body = json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": page }).to_string();
        respond(200, &headers, Bytes::from(body))
    }

    pub(super) fn tags(&self, seen: &Seen, repo: &str) -> Response {
        let mut all: Vec<_> = self.manifests.keys().filter(|(of, _)| of == repo).map(|(_, tag)| tag.clone()).collect();
        all.sort();
        let from: usize = parameter(&seen.query, "from").and_then(|text| text.parse().ok()).unwrap_or(0);
        let page: Vec<_> = all.iter().skip(from).take(self.page).cloned().collect();
        let mut headers = vec![("content-type", "application/json".to_owned())];
        if from + self.page < all.len() {
            headers.push(("link", format!("</v2/{repo}/tags/list?from={}>; rel=\"next\"", from + self.page)));
        }
        let tags = if page.is_empty() { Value::Null } else { json!(page) };
        respond(200, &headers, Bytes::from(json!({ "name": repo, "tags": tags }).to_string()))
    }
}
