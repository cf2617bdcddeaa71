//! How the chosen mirrors would be called at the destination, worked out where the page is.

use leptos::prelude::*;

use crate::model::{Destination, NameTemplate, RepoName};

/// Names shown before the rest is only counted.
const SHOWN: usize = 5;

/// One line a mirror; follows the fields where there is a script.
#[component]
pub fn TargetNames(
    chosen: RwSignal<Vec<String>>,
    destination: RwSignal<String>,
    template: RwSignal<String>,
    destinations: Vec<Destination>,
) -> impl IntoView {
    let lines = move || {
        let to = destination.with(|id| destinations.iter().find(|d| d.id.to_string() == *id).cloned());
        let template = template.with(|text| text.trim().parse::<NameTemplate>());
        chosen.with(|chosen| {
            let shown = chosen.iter().take(SHOWN);
            shown.map(|mirror| (mirror.clone(), name(mirror, template.as_ref().ok(), to.as_ref()))).collect::<Vec<_>>()
        })
    };
    let line = |(mirror, name): (String, Result<String, String>)| {
        let name = match name {
            Ok(name) => view! { <span class="mono">{name}</span> }.into_any(),
            Err(words) => view! { <span class="muted">{words}</span> }.into_any(),
        };
        view! {
            <li class="target-names__line">
                <span class="mono muted">{mirror}</span>
                <span class="target-names__to" aria-label="becomes">"→"</span>
                {name}
            </li>
        }
    };
    let more = move || {
        let more = chosen.with(Vec::len).saturating_sub(SHOWN);
        (more > 0).then(|| view! { <li class="muted">{format!("and {more} more")}</li> })
    };
    view! {
        <div class="target-names">
            {move || {
                let lines = lines();
                if lines.is_empty() {
                    view! { <p class="muted small">"Choose mirrors to see how they will be called."</p> }.into_any()
                } else {
                    view! {
                        <ul class="target-names__list" aria-label="Names at the destination">
                            {lines.into_iter().map(line).collect_view()}
                            {more}
                        </ul>
                    }
                        .into_any()
                }
            }}
        </div>
    }
}

/// `host/prefix/name`, or what is still missing.
fn name(mirror: &str, template: Option<&NameTemplate>, to: Option<&Destination>) -> Result<String, String> {
    let mirror: RepoName = mirror.parse().map_err(|error: crate::model::Refused| error.0)?;
    let template = template.ok_or("The name is not complete yet.")?;
    let prefix = to.and_then(|to| to.prefix.as_ref());
    let name = template.render(&mirror, prefix).map_err(|error| error.0)?;
    Ok(to.map_or_else(|| name.to_string(), |to| format!("{}/{name}", to.host)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_what_is_missing_until_it_is_whole() {
        let template: NameTemplate = "team/{name}".parse().expect("a template");
        assert_eq!(name("acme/dhi-node", Some(&template), None).as_deref(), Ok("team/node"));
        assert!(name("acme/dhi-node", None, None).is_err_and(|words| words.contains("not complete")));
    }
}
