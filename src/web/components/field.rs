//! A labelled control with its hint and its error, tied together for screen readers.

use super::{Glyph, Icon};
use leptos::prelude::*;

/// Ids of the texts that describe a control, for its `aria-describedby`: none where there is neither hint nor error.
pub fn described_by(id: &str, hint: bool, error: bool) -> Option<String> {
    match (error, hint) {
        (true, true) => Some(format!("{id}-error {id}-hint")),
        (true, false) => Some(format!("{id}-error")),
        (false, true) => Some(format!("{id}-hint")),
        (false, false) => None,
    }
}

/// The frame around any control whose `id` this is; the control itself carries
/// `aria-describedby=described_by(..)` and `aria-invalid`. `TextField`, `TextArea` and `SelectField` do so already.
#[component]
pub fn Field(
    #[prop(into)] id: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: MaybeProp<String>,
    #[prop(optional, into)] error: MaybeProp<String>,
    /// Says "optional" beside the label.
    #[prop(optional)]
    optional: bool,
    children: Children,
) -> impl IntoView {
    let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
    let invalid = move || error.get().is_some();
    let hint = move || hint.get().map(|hint| view! { <p class="field__hint" id=hint_id.clone()>{hint}</p> });
    let error = move || {
        error.get().map(|error| {
            view! {
                <p class="field__error" id=error_id.clone()>
                    <Icon glyph=Glyph::Warning />
                    <span>{error}</span>
                </p>
            }
        })
    };
    view! {
        <div class="field" data-invalid=invalid>
            <label class="field__label" for=id>
                {label}
                {optional.then(|| view! { <span class="field__optional">" (optional)"</span> })}
            </label>
            {hint}
            {children()}
            {error}
        </div>
    }
}

/// One line of text; its id is its name.
#[component]
pub fn TextField(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] value: String,
    #[prop(default = "text")] kind: &'static str,
    #[prop(optional, into)] hint: MaybeProp<String>,
    #[prop(optional, into)] error: MaybeProp<String>,
    #[prop(optional, into)] placeholder: MaybeProp<String>,
    #[prop(optional, into)] autocomplete: MaybeProp<String>,
    #[prop(optional, into)] inputmode: MaybeProp<String>,
    #[prop(optional)] required: bool,
    #[prop(optional)] optional: bool,
    /// Monospace, for tags, patterns and addresses.
    #[prop(optional)]
    mono: bool,
) -> impl IntoView {
    let id = name.clone();
    let described = move || described_by(&id, hint.get().is_some(), error.get().is_some());
    let invalid = move || error.get().is_some().then_some("true");
    view! {
        <Field id=name.clone() label hint error optional>
            <input
                id=name.clone()
                name=name
                type=kind
                value=value
                placeholder=placeholder
                autocomplete=autocomplete
                inputmode=inputmode
                required=required
                data-mono=mono
                spellcheck=mono.then_some("false")
                aria-describedby=described
                aria-invalid=invalid
            />
        </Field>
    }
}

/// Several lines of text; its id is its name.
#[component]
pub fn TextArea(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] value: String,
    #[prop(default = 4)] rows: i32,
    #[prop(optional, into)] hint: MaybeProp<String>,
    #[prop(optional, into)] error: MaybeProp<String>,
    #[prop(optional)] required: bool,
    #[prop(optional)] optional: bool,
    #[prop(optional)] mono: bool,
) -> impl IntoView {
    let id = name.clone();
    let described = move || described_by(&id, hint.get().is_some(), error.get().is_some());
    let invalid = move || error.get().is_some().then_some("true");
    view! {
        <Field id=name.clone() label hint error optional>
            <textarea
                id=name.clone()
                name=name
                rows=rows
                required=required
                data-mono=mono
                spellcheck=mono.then_some("false")
                aria-describedby=described
                aria-invalid=invalid
                inner_html=escaped(&value)
            ></textarea>
        </Field>
    }
}

/// One of a list; its id is its name.
#[component]
pub fn SelectField(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    /// Value and words of each option.
    options: Vec<(String, String)>,
    #[prop(optional, into)] selected: String,
    #[prop(optional, into)] hint: MaybeProp<String>,
    #[prop(optional, into)] error: MaybeProp<String>,
    #[prop(optional)] required: bool,
    #[prop(optional)] optional: bool,
) -> impl IntoView {
    let id = name.clone();
    let described = move || described_by(&id, hint.get().is_some(), error.get().is_some());
    let invalid = move || error.get().is_some().then_some("true");
    let option = move |(value, words): (String, String)| {
        let chosen = value == selected;
        view! { <option value=value selected=chosen>{words}</option> }
    };
    view! {
        <Field id=name.clone() label hint error optional>
            <select id=name.clone() name=name required=required aria-describedby=described aria-invalid=invalid>
                {options.into_iter().map(option).collect_view()}
            </select>
        </Field>
    }
}

/// Leptos writes the text inside a `<textarea>` as it is, so what somebody typed could end the element and begin another.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_cannot_leave_its_text_area() {
        let typed = "a </textarea><script>b & c";
        let html = Owner::new().with(|| view! { <TextArea name="note" label="Note" value=typed /> }.to_html());
        assert!(html.contains(">a &lt;/textarea>&lt;script>b &amp; c</textarea>"), "{html}");
    }

    #[test]
    fn a_field_names_its_hint_and_its_error() {
        let field = || view! { <TextField name="host" label="Host" hint="Without https://" error="Not a host" /> };
        let html = Owner::new().with(|| field().to_html());
        assert!(html.contains(r#"aria-describedby="host-error host-hint""#), "{html}");
        assert!(html.contains(r#"id="host-error""#) && html.contains(r#"id="host-hint""#), "{html}");
    }
}
