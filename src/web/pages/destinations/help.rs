//! How the addresses and accounts of well-known registries look.

use leptos::prelude::*;

use crate::web::components::{KeyValue, KeyValues, Panel};

struct Example {
    registry: &'static str,
    host: &'static str,
    prefix: &'static str,
    account: &'static str,
}

const EXAMPLES: [Example; 4] = [
    Example {
        registry: "Amazon ECR",
        host: "123456789012.dkr.ecr.eu-west-1.amazonaws.com",
        prefix: "mirrors",
        account: "Username AWS; the password of aws ecr get-login-password lasts 12 hours.",
    },
    Example {
        registry: "Artifact Registry",
        host: "europe-west1-docker.pkg.dev",
        prefix: "my-project/my-repository",
        account: "Username _json_key; the password is the text of the key file.",
    },
    Example {
        registry: "GitHub (GHCR)",
        host: "ghcr.io",
        prefix: "my-organization",
        account: "Your GitHub name; a classic token with write:packages.",
    },
    Example {
        registry: "Harbor",
        host: "harbor.example.com",
        prefix: "my-project",
        account: "A robot account such as robot$my-project+ferry; its secret.",
    },
];

/// One example a registry, beside the form.
#[component]
pub fn AddressHelp() -> impl IntoView {
    let example = |example: Example| {
        view! {
            <div>
                <h3>{example.registry}</h3>
                <KeyValues>
                    <KeyValue key="Host"><span class="mono">{example.host}</span></KeyValue>
                    <KeyValue key="Prefix"><span class="mono">{example.prefix}</span></KeyValue>
                    <KeyValue key="Account">{example.account}</KeyValue>
                </KeyValues>
            </div>
        }
    };
    view! {
        <Panel title="What to enter" framed=true>
            <div class="stack small">{EXAMPLES.map(example)}</div>
        </Panel>
    }
}
