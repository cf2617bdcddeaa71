//! What a form held and what came of it, the same whether a script posted it or the browser did.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use serde::de::DeserializeOwned;

use crate::api::forms::{KeptForm, get_kept_form};
use crate::model::ApiError;
use crate::web::components::{ButtonLink, Notice, Size, Tone};

type Kept = Resource<Result<Option<KeptForm>, ApiError>>;

/// A form as the page shows it. Everything is read inside a `Suspense`, best after [`FormState::ready`].
pub struct FormState<Held: Send + Sync + 'static, T: Send + Sync + 'static> {
    /// What was posted without a script and not done; with a script the inputs themselves still hold it.
    pub held: Signal<Option<Held>>,
    /// Why the last try was refused.
    pub error: Signal<Option<ApiError>>,
    /// What the last try gave.
    pub outcome: Signal<Option<T>>,
    kept: Kept,
}

impl<Held: Send + Sync, T: Send + Sync> Clone for FormState<Held, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Held: Send + Sync, T: Send + Sync> Copy for FormState<Held, T> {}

impl<Held: Send + Sync, T: Send + Sync> FormState<Held, T> {
    /// Waits until it is known whether the last page load posted this form; from then on `held` answers at once.
    pub async fn ready(self) {
        // Its trouble, if any, is shown by `error`.
        drop(self.kept.await);
    }

    /// The sentence for one field.
    pub fn field(self, name: &'static str) -> Signal<Option<String>> {
        Signal::derive(move || self.error.get()?.fields().get(name))
    }
}

/// The state of the form `name` (see the server function's words): the action's answer, and before there is one the
/// answer that the server kept.
pub fn use_form<A, Held, T>(name: &'static str, action: ServerAction<A>) -> FormState<Held, T>
where
    A: ServerFn<Output = T, Error = ApiError> + Clone + Send + Sync + 'static,
    Held: DeserializeOwned + Send + Sync + 'static,
    T: DeserializeOwned + Clone + Send + Sync + 'static,
{
    let kept: Kept = Resource::new_blocking(|| (), move |()| get_kept_form(name.to_owned()));
    let value = action.value();
    let answer = move || {
        value.get().or_else(|| match kept.get()? {
            Ok(kept) => kept?.outcome::<T>(),
            Err(error) => Some(Err(error)),
        })
    };
    FormState {
        held: Signal::derive(move || kept.get()?.ok()??.held::<Held>()),
        error: Signal::derive(move || answer()?.err()),
        outcome: Signal::derive(move || answer()?.ok()),
        kept,
    }
}

/// What is wrong with the form as a whole, above its fields; nothing while nothing is.
#[component]
pub fn FormError(#[prop(into)] error: Signal<Option<ApiError>>) -> impl IntoView {
    move || {
        error.get().map(|error| {
            let signed_out = error == ApiError::SignedOut;
            let sign_in = move || {
                signed_out.then(|| view! { <ButtonLink href="/sign-in" size=Size::Small>"Sign in"</ButtonLink> })
            };
            view! { <Notice tone=Tone::Danger actions=sign_in>{error.to_string()}</Notice> }
        })
    }
}
