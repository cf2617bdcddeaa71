//! The part of the rule form about how much of each image goes along, and what has to be proven of it.

use leptos::prelude::*;

use crate::api::rules::RuleOutcome;
use crate::model::{ProofPolicy, RuleForm};
use crate::web::components::{Checkbox, ChoiceGroup, Panel, Radio, TextArea};
use crate::web::forms::FormState;

/// Attestations, what a missing one does, some platforms or kinds alone, and the switch.
#[component]
pub fn How(held: RuleForm, form: FormState<RuleForm, RuleOutcome>) -> impl IntoView {
    let on = |value: &str| matches!(value, "on" | "true");
    let (attestations, enabled, digest_tags) = (on(&held.attestations), on(&held.enabled), on(&held.digest_tags));
    let policy = ProofPolicy::parse(&held.proof).unwrap_or_default();
    let policies = ProofPolicy::ALL.map(|this| {
        view! {
            <Radio
                name="form[proof]"
                value=this.as_str()
                label=this.label()
                hint=this.sentence()
                checked=this == policy
            />
        }
    });
    view! {
        <ChoiceGroup legend="How" error=form.field("attestations")>
            <Checkbox
                name="form[attestations]"
                label="Forward attestations"
                hint="Docker's signed statements about each image (SBOM, provenance, scans) and their signatures go along, so that people at the destination can verify what they pull."
                checked=attestations
            />
            <Checkbox
                name="form[enabled]"
                label="On"
                hint="A rule that is off stays as it is and cannot be run."
                checked=enabled
            />
        </ChoiceGroup>
        <ChoiceGroup
            legend="When a proof is missing or invalid"
            hint="A proof is an attestation with a signature by a key that your organization trusts. Counts only where attestations are forwarded."
            error=form.field("proof")
        >
            {policies}
        </ChoiceGroup>
        <Panel
            title="How much of each image"
            lead="Everything, unless you name some of it here: one entry a line."
        >
            <div class="grid" data-min="l" data-gap="l">
                <TextArea
                    name="form[platforms]"
                    label="Platforms"
                    value=held.platforms
                    hint="Such as linux/amd64. An image with more gets a smaller index with another digest; platforms keep theirs."
                    error=form.field("platforms")
                    optional=true
                    mono=true
                />
                <TextArea
                    name="form[kinds]"
                    label="Kinds of attestations"
                    value=held.kinds
                    hint="Predicate types or how they begin, such as https://spdx.dev/. Their signatures go along."
                    error=form.field("kinds")
                    optional=true
                    mono=true
                />
            </div>
            <ChoiceGroup legend="Older signatures">
                <Checkbox
                    name="form[digest_tags]"
                    label="Forward cosign's older tags"
                    hint="Tags such as sha256-….sig, .att and .sbom, for images that were signed by others. Docker's own images have none."
                    checked=digest_tags
                />
            </ChoiceGroup>
        </Panel>
    }
}
