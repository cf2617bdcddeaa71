//! What is public and must be private: only Docker Hub knows, and its silence must not hide the rest.

use leptos::prelude::*;

use crate::model::{ApiError, MirrorList};
use crate::web::components::{Notice, Tone};
use crate::web::pages::mirrors::PublicWarning;

/// The mirrors that everybody can pull, or why that is not known.
#[component]
pub fn Public(mirrors: Result<MirrorList, ApiError>) -> impl IntoView {
    match mirrors {
        Ok(list) => {
            let public = list.mirrors.iter().filter(|mirror| mirror.is_private == Some(false));
            let repositories: Vec<_> = public.map(|mirror| mirror.repository.to_string()).collect();
            (!repositories.is_empty()).then(|| view! { <PublicWarning repositories /> }).into_any()
        }
        Err(error) => {
            let words = format!("Whether every mirror is private is not known at the moment. {error}");
            view! { <Notice tone=Tone::Neutral>{words}</Notice> }.into_any()
        }
    }
}
