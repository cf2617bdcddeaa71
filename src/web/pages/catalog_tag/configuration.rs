//! How a container of the image begins, and what the image was made from.

use leptos::prelude::*;

use crate::model::{ImageConfiguration, ReadFrom, RunSettings, SourceLink};
use crate::web::components::{CodeBlock, EmptyState, KeyValue, KeyValues, Notice, Panel, Tone};

/// The settings with where they were read, and the source.
#[component]
pub fn Configuration(found: ImageConfiguration) -> impl IntoView {
    let ImageConfiguration { settings, source, trouble } = found;
    let settings = match settings {
        Some((from, settings)) => view! { <Settings from settings /> }.into_any(),
        None => view! {
            <EmptyState title="No configuration is known">
                "It is no image that runs, or Docker has no answer for it."
            </EmptyState>
        }
        .into_any(),
    };
    view! {
        <div class="stack" data-gap="xl">
            {trouble
                .map(|sentence| {
                    view! {
                        <Notice tone=Tone::Warning title="The mirrored image could not be read">{sentence}</Notice>
                    }
                })}
            {settings}
            {source.map(|source| view! { <Source source /> })}
        </div>
    }
}

#[component]
fn Settings(from: ReadFrom, settings: RunSettings) -> impl IntoView {
    let lead = match from {
        ReadFrom::Mirror(repository) => format!("Read from the image in {repository}."),
        ReadFrom::Docker => "As Docker describes it; nobody has signed this.".to_owned(),
    };
    let RunSettings { user, entrypoint, cmd, working_dir, env, ports, volumes, labels, stop_signal } = settings;
    view! {
        <Panel title="Configuration" lead>
            <KeyValues>
                <KeyValue key="User">{text(user)}</KeyValue>
                <KeyValue key="Entry point">{command(&entrypoint)}</KeyValue>
                <KeyValue key="Command">{command(&cmd)}</KeyValue>
                <KeyValue key="Working directory">{text(working_dir)}</KeyValue>
                <KeyValue key="Ports">{text(ports.join(", "))}</KeyValue>
                <KeyValue key="Volumes">{text(volumes.join(", "))}</KeyValue>
                <KeyValue key="Stop signal">{text(stop_signal)}</KeyValue>
            </KeyValues>
        </Panel>
        {lines("Environment", env)}
        {lines("Labels", labels)}
    }
}

#[component]
fn Source(source: SourceLink) -> impl IntoView {
    let SourceLink { commit, commit_url, definition_url } = source;
    let linked = |words: String, url: Option<String>| match url {
        Some(href) => view! { <a class="mono" href=href rel="external noopener noreferrer">{words}</a> }.into_any(),
        None => view! { <span class="mono">{words}</span> }.into_any(),
    };
    let words = if commit.is_empty() { "The commit".to_owned() } else { commit };
    view! {
        <Panel title="Source">
            <KeyValues>
                <KeyValue key="Commit">{linked(words, commit_url)}</KeyValue>
                {definition_url
                    .map(|url| {
                        view! { <KeyValue key="Definition">{linked(url.clone(), Some(url))}</KeyValue> }
                    })}
            </KeyValues>
        </Panel>
    }
}

fn text(text: String) -> AnyView {
    if text.is_empty() {
        view! { <span class="muted">"Not set"</span> }.into_any()
    } else {
        view! { <span class="mono">{text}</span> }.into_any()
    }
}

/// As JSON, so that an argument with a space stays one.
fn command(arguments: &[String]) -> AnyView {
    let words = serde_json::to_string(arguments).unwrap_or_default();
    text(if arguments.is_empty() { String::new() } else { words })
}

fn lines(title: &'static str, all: Vec<String>) -> Option<impl IntoView> {
    (!all.is_empty()).then(|| view! { <Panel title><CodeBlock text=all.join("\n") label=title wrap=true /></Panel> })
}
