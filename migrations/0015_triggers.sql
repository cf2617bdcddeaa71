-- When rules run by themselves, what is paused, and what a run was before its items were swept.
alter table rules add column schedule jsonb not null default '{}';
-- When its schedule is due next; none without one.
alter table rules add column next_run_at timestamptz;
-- When all it takes was last looked at.
alter table rules add column reconciled_at timestamptz;
-- When its settings were last changed.
alter table rules add column changed_at timestamptz;
create index rules_due on rules (next_run_at) where enabled;

-- Changes that a look at everything found and no delivery had announced.
create table missed_hooks (
    id uuid primary key,
    organization text not null,
    mirror text not null,
    tag text not null,
    digest text not null,
    run_id uuid references runs (id) on delete set null,
    found_at timestamptz not null
);
create index missed_hooks_of_mirror on missed_hooks (organization, mirror, found_at desc);

-- How far Docker's mirroring log is followed.
create table followed_logs (
    organization text primary key,
    seen_until timestamptz not null,
    read_at timestamptz not null
);

-- Nothing new begins for the whole organization, or for one destination.
create table pauses (
    organization text primary key,
    paused_by text not null,
    paused_at timestamptz not null
);
alter table destinations add column paused_by text;
alter table destinations add column paused_at timestamptz;

-- A run outside of its rule's hours waits until they begin.
alter table runs add column starts_at timestamptz;
-- Its items as numbers, once they are too old to be kept.
alter table runs add column swept jsonb;

-- Processes that work on jobs: the limits of a destination are shared among them.
create table workers (
    id uuid primary key,
    seen_at timestamptz not null
);

-- What a preview showed, so that exactly this can be run.
create table previews (
    id uuid primary key,
    organization text not null,
    rule_id uuid not null references rules (id) on delete cascade,
    made_at timestamptz not null,
    items jsonb not null
);
