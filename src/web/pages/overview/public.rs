//! What is public and must be private: only Docker Hub knows, and its silence must not hide the rest.

use leptos::prelude::*;

use crate::model::{ApiError, MirrorList, RepoName};
use crate::web::components::{Notice, Tone};
use crate::web::pages::mirrors::{PublicWarning, public};

/// The mirrors that everybody can pull and the notice above the page does not name, or why that is not known.
#[component]
pub fn Public(mirrors: Result<MirrorList, ApiError>, named: Vec<RepoName>) -> impl IntoView {
    match mirrors {
        Ok(list) => {
            let mirrors = public(list.mirrors.iter().chain(&list.stopped));
            view! { <PublicWarning mirrors named /> }.into_any()
        }
        Err(error) => {
            let words = format!("Whether every mirror is private is not known at the moment. {error}");
            view! { <Notice tone=Tone::Neutral>{words}</Notice> }.into_any()
        }
    }
}
