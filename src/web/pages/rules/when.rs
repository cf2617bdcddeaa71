//! The fields of the rule form about when it runs by itself.

use leptos::prelude::*;

use crate::api::rules::RuleOutcome;
use crate::model::{RuleForm, ScheduleForm};
use crate::web::components::{Panel, TextField};
use crate::web::forms::FormState;

/// Schedule, hours, and how often everything is looked at again.
#[component]
pub fn When(held: ScheduleForm, form: FormState<RuleForm, RuleOutcome>) -> impl IntoView {
    view! {
        <Panel
            title="When"
            lead="A webhook starts a run of what was pushed within seconds, and everything is looked at again regularly. A schedule and hours are only for those who want them."
        >
            <div class="grid" data-min="l" data-gap="l">
                <TextField
                    name="form[schedule][reconcile]"
                    label="Look at everything every (minutes)"
                    value=held.reconcile
                    hint="What no webhook told of is found then. It costs about one request a tag where nothing changed."
                    error=form.field("reconcile")
                    inputmode="numeric"
                />
                <TextField
                    name="form[schedule][zone]"
                    label="Time zone"
                    value=held.zone
                    hint="Of schedule and hours, for example Europe/Berlin."
                    error=form.field("zone")
                    mono=true
                />
                <TextField
                    name="form[schedule][cron]"
                    label="Schedule"
                    value=held.cron
                    hint="Five fields as for cron: minute hour day month weekday. 0 3 * * 1-5 is 03:00 from Monday to Friday."
                    error=form.field("cron")
                    optional=true
                    mono=true
                />
                <TextField
                    name="form[schedule][jitter]"
                    label="Put off by up to (minutes)"
                    value=held.jitter
                    hint="By chance, so that not everything starts at once."
                    error=form.field("jitter")
                    inputmode="numeric"
                    optional=true
                />
                <TextField
                    name="form[schedule][window_from]"
                    label="Only from"
                    value=held.window_from
                    hint="Runs that start by themselves wait for these hours, for example 22:00."
                    error=form.field("window_from")
                    optional=true
                    mono=true
                />
                <TextField
                    name="form[schedule][window_until]"
                    label="Until"
                    value=held.window_until
                    hint="May be after midnight, for example 06:00."
                    error=form.field("window_until")
                    optional=true
                    mono=true
                />
            </div>
        </Panel>
    }
}
