//! What failed, what waits and what is stale, each as a short list.

use leptos::prelude::*;

use crate::model::{FailureGroup, ItemState, SilentMirror, StaleRule, WaitingGroup};
use crate::web::app::use_organization;
use crate::web::components::{ButtonLink, Panel, Section, StatusBadge, TimeAgo};
use crate::web::format::counted;

/// What failed, by its reason.
#[component]
pub fn Failures(failures: Vec<FailureGroup>) -> impl IntoView {
    let runs = Section::Runs.href(use_organization().as_str());
    let all = format!("{runs}?state=failed");
    let link = move || view! { <ButtonLink href=all>"Failed runs"</ButtonLink> };
    let entry = move |group: FailureGroup| {
        let href = format!("{runs}/{}", group.newest);
        let tags = if group.tags == 0 { String::new() } else { format!("{} in ", counted(group.tags, "tag")) };
        let number = format!("{tags}{}, last ", counted(group.runs, "run"));
        view! {
            <li class="attention__entry">
                <p>{group.sentence}</p>
                <p class="small muted">{number}<a href=href><TimeAgo at=group.newest_at /></a></p>
            </li>
        }
    };
    view! {
        <Panel title="Failed" lead="In the last seven days, by reason." actions=link>
            <ul class="attention">{failures.into_iter().map(entry).collect_view()}</ul>
        </Panel>
    }
}

/// What goes on later, and what a person must decide.
#[component]
pub fn Waiting(waiting: Vec<WaitingGroup>) -> impl IntoView {
    let runs = Section::Runs.href(use_organization().as_str());
    let entry = move |group: WaitingGroup| {
        let href = format!("{runs}/{}?state={}", group.run, group.state.as_str());
        let until = match (group.state, group.until) {
            (ItemState::Held, _) => view! { <span>"until a person decides"</span> }.into_any(),
            (_, Some(at)) => view! { <span>"goes on "<TimeAgo at /></span> }.into_any(),
            (_, None) => view! { <span>"goes on by itself"</span> }.into_any(),
        };
        view! {
            <li class="attention__entry">
                <p class="cluster">
                    <StatusBadge status=group.state.as_str() label=group.state.label() />
                    <a href=href>{group.rule_name}</a>
                    <span class="muted">{counted(group.tags, "tag")}", "{until}</span>
                </p>
                {group.why.map(|why| view! { <p class="small muted">{why}</p> })}
            </li>
        }
    };
    view! {
        <Panel title="Waiting" lead="What goes on by itself later, and what is held until somebody decides.">
            <ul class="attention">{waiting.into_iter().map(entry).collect_view()}</ul>
        </Panel>
    }
}

/// Rules without success for a day.
#[component]
pub fn Stale(rules: Vec<StaleRule>) -> impl IntoView {
    let base = Section::Rules.href(use_organization().as_str());
    let entry = move |rule: StaleRule| {
        let href = format!("{base}/{}", rule.id);
        let last = match rule.last_run {
            Some(at) => view! { <span class="muted">"Last run "<TimeAgo at /></span> }.into_any(),
            None => view! { <span class="muted">"Never ran"</span> }.into_any(),
        };
        view! { <li class="attention__entry"><p class="cluster"><a href=href>{rule.name}</a>{last}</p></li> }
    };
    view! {
        <Panel title="Stale rules" lead="These are on, and no run of theirs succeeded in the last 24 hours.">
            <ul class="attention">{rules.into_iter().map(entry).collect_view()}</ul>
        </Panel>
    }
}

/// Mirrors whose webhook is silent.
#[component]
pub fn Silent(mirrors: Vec<SilentMirror>) -> impl IntoView {
    let base = Section::Mirrors.href(use_organization().as_str());
    let entry = move |silent: SilentMirror| {
        let href = format!("{base}/{}", silent.mirror.name());
        let last = match silent.last_delivery {
            Some(at) => view! { <span class="muted">"Last delivery "<TimeAgo at /></span> }.into_any(),
            None => view! { <span class="muted">"No delivery yet"</span> }.into_any(),
        };
        let name = silent.mirror.name().to_owned();
        view! { <li class="attention__entry"><p class="cluster"><a class="mono" href=href>{name}</a>{last}</p></li> }
    };
    view! {
        <Panel title="Silent webhooks" lead="These mirrors have a webhook, and Docker Hub did not call it for seven days.">
            <ul class="attention">{mirrors.into_iter().map(entry).collect_view()}</ul>
        </Panel>
    }
}
