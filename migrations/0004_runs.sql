-- Runs and their items: the history. A run outlives its rule and its destination, so it keeps their names.
create table runs (
    id uuid primary key,
    organization text not null,
    rule_id uuid references rules (id) on delete set null,
    rule_name text not null,
    destination_id uuid references destinations (id) on delete set null,
    destination_address text not null,
    attestations boolean not null,
    trigger text not null check (trigger in ('webhook', 'schedule', 'manual', 'reconcile')),
    started_by text,
    -- Whose Docker Hub token reads the source; gone with the session.
    session_id text references sessions (id) on delete set null,
    created_at timestamptz not null,
    planned_at timestamptz,
    plan_failure jsonb
);
create index runs_of_organization on runs (organization, id desc);
create index runs_of_rule on runs (rule_id, id desc);

create table items (
    id uuid primary key,
    run_id uuid not null references runs (id) on delete cascade,
    mirror text not null,
    tag text not null,
    target_host text not null,
    target_repository text not null,
    digest text not null,
    state text not null check (state in
        ('queued', 'running', 'waiting', 'retrying', 'held', 'succeeded', 'unchanged', 'failed', 'cancelled')),
    bytes bigint not null default 0,
    attempts integer not null default 0,
    coverage jsonb,
    failure jsonb,
    started_at timestamptz,
    finished_at timestamptz,
    updated_at timestamptz not null,
    unique (run_id, mirror, tag)
);
create index items_of_digest on items (run_id, mirror, digest);
