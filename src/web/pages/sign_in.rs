//! The sign-in page: a Docker Hub username and a personal access token.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use serde::Deserialize;

use crate::api::session::SignIn;
use crate::web::components::{Button, Loading, PlainShell, TextField, Variant};
use crate::web::forms::{FormError, FormState, use_form};

/// What the form held; never the token.
#[derive(Clone, Debug, Default, Deserialize)]
struct Held {
    username: String,
}

/// Signs in and goes on to `?next=`.
#[component]
pub fn SignInPage() -> impl IntoView {
    let query = use_query_map();
    let next = query.read_untracked().get("next");

    let action = ServerAction::<SignIn>::new();
    let form = use_form::<SignIn, Held, ()>("sign-in", action);

    view! {
        <Title text="Sign in" />
        <PlainShell
            title="Sign in to Ferry"
            lead="With your Docker Hub account. What you may do here follows from your role there."
            foot=|| "Your token is kept encrypted until you sign out, and is only ever sent to Docker."
        >
            <Suspense fallback=|| view! { <Loading rows=4 /> }>
                {move || {
                    let next = next.clone();
                    Suspend::new(async move {
                        form.ready().await;
                        view! { <SignInForm action form next /> }
                    })
                }}
            </Suspense>
            <AboutTokens />
        </PlainShell>
    }
}

#[component]
fn SignInForm(action: ServerAction<SignIn>, form: FormState<Held, ()>, next: Option<String>) -> impl IntoView {
    let held = form.held.get_untracked().unwrap_or_default();
    view! {
        <ActionForm action>
            <div class="stack">
                <FormError error=form.error />
                <TextField
                    name="username"
                    label="Docker Hub username"
                    value=held.username
                    autocomplete="username"
                    error=form.field("username")
                    required=true
                    attr:autocapitalize="none"
                />
                <TextField
                    name="token"
                    label="Personal access token"
                    kind="password"
                    autocomplete="current-password"
                    error=form.field("token")
                    required=true
                />
                {next.map(|next| view! { <input type="hidden" name="next" value=next /> })}
                <div class="cluster">
                    <Button variant=Variant::Primary busy=action.pending()>"Sign in"</Button>
                </div>
            </div>
        </ActionForm>
    }
}

#[component]
fn AboutTokens() -> impl IntoView {
    view! {
        <div class="stack small muted" data-gap="s">
            <p>
                "Make a token on Docker under "
                <a href="https://app.docker.com/settings/personal-access-tokens" rel="external noopener">
                    "Account settings, Personal access tokens"
                </a> "."
            </p>
            <p>
                "To start and stop mirrors as an owner it needs " <strong>"Read & Write"</strong>
                ". To look around and to forward, " <strong>"Read-only"</strong> " is enough."
            </p>
        </div>
    }
}
