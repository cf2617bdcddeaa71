//! A registry as anybody sees it who may pull: plain GETs, none of Ferry's own engine.

use std::collections::BTreeSet;

use anyhow::{Context as _, ensure};
use bytes::Bytes;
use reqwest::Client;
use reqwest::header::{ACCEPT, LINK};
use serde_json::Value;

const MANIFESTS: &str = "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json";

/// One repository, with a token for it.
pub struct Repository {
    http: Client,
    host: String,
    name: String,
    token: String,
}

impl Repository {
    /// Opens it for reading.
    pub async fn open(http: &Client, host: &str, name: &str, (user, secret): (&str, &str)) -> anyhow::Result<Self> {
        let scope = format!("repository:{name}:pull");
        let asked = http.get(format!("http://{host}/token")).query(&[("service", host), ("scope", scope.as_str())]);
        let answer: Value = asked.basic_auth(user, Some(secret)).send().await?.error_for_status()?.json().await?;
        let token = answer["token"].as_str().or(answer["access_token"].as_str()).context("there is no token")?;
        Ok(Self { http: http.clone(), host: host.to_owned(), name: name.to_owned(), token: token.to_owned() })
    }

    /// A manifest by tag or digest.
    pub async fn manifest(&self, reference: &str) -> anyhow::Result<Bytes> {
        self.get(&format!("manifests/{reference}")).await
    }

    /// A blob.
    pub async fn blob(&self, digest: &str) -> anyhow::Result<Bytes> {
        self.get(&format!("blobs/{digest}")).await
    }

    /// Digests of what refers to a manifest, over all pages.
    pub async fn referrers(&self, digest: &str) -> anyhow::Result<BTreeSet<String>> {
        let mut found = BTreeSet::new();
        let mut path = format!("/v2/{}/referrers/{digest}", self.name);
        loop {
            let answer = self.send(&path).await?;
            let next = answer.headers().get(LINK).and_then(|link| link.to_str().ok()?.split(['<', '>']).nth(1));
            let next = next.map(str::to_owned);
            let list: Value = answer.json().await?;
            let entries = list["manifests"].as_array().context("it is no list of referrers")?;
            found.extend(entries.iter().filter_map(|entry| Some(entry["digest"].as_str()?.to_owned())));
            match next {
                Some(next) => path = next,
                None => return Ok(found),
            }
        }
    }

    async fn get(&self, path: &str) -> anyhow::Result<Bytes> {
        Ok(self.send(&format!("/v2/{}/{path}", self.name)).await?.bytes().await?)
    }

    async fn send(&self, path: &str) -> anyhow::Result<reqwest::Response> {
        let request = self.http.get(format!("http://{}{path}", self.host)).bearer_auth(&self.token);
        let answer = request.header(ACCEPT, MANIFESTS).send().await?;
        ensure!(answer.status().is_success(), "{}{path} answers {}", self.host, answer.status());
        Ok(answer)
    }
}
