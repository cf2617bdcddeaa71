-- Docker Hub's webhook calls: the addresses that were handed out, every delivery with what came of it, and the hints they
-- amount to: one for a mirror's tag and a burst of deliveries.
create table hooks (
    id uuid primary key,
    organization text not null,
    -- `acme/dhi-nginx`.
    mirror text not null,
    -- SHA-256 of the secret in the address: what a delivery is looked up by.
    secret_hash bytea not null unique,
    -- The secret itself, sealed, so that admins can see the address again.
    sealed_secret bytea not null,
    -- Docker's name of the webhook, where Ferry made it there.
    slug text,
    created_by text not null,
    created_at timestamptz not null,
    -- Another address took its place; until then this one is still heard.
    ends_at timestamptz
);
create unique index hooks_current on hooks (organization, mirror) where ends_at is null;

create table hints (
    id uuid primary key,
    organization text not null,
    mirror text not null,
    tag text not null,
    first_at timestamptz not null,
    last_at timestamptz not null,
    deliveries integer not null,
    -- When its runs were started; a delivery after that is another hint.
    taken_at timestamptz
);
create unique index hints_open on hints (organization, mirror, tag) where taken_at is null;

create table hint_runs (
    hint_id uuid not null references hints (id) on delete cascade,
    run_id uuid not null references runs (id) on delete cascade,
    primary key (hint_id, run_id)
);
create index hint_runs_run on hint_runs (run_id);

create table deliveries (
    id uuid primary key,
    -- None where the address is unknown.
    organization text,
    hook_id uuid references hooks (id) on delete set null,
    mirror text,
    tag text,
    pushed_at timestamptz,
    pusher text,
    received_at timestamptz not null,
    -- Why it was refused; none where it was accepted.
    refusal text,
    -- The same push was delivered before.
    duplicate boolean not null,
    -- What Docker says changed, in short.
    changes jsonb,
    -- As it came; none where it is no JSON or large.
    body jsonb,
    hint_id uuid references hints (id)
);
create index deliveries_of_organization on deliveries (organization, id desc);
create index deliveries_of_mirror on deliveries (organization, mirror, id desc);
create index deliveries_of_push on deliveries (organization, mirror, tag, pushed_at) where refusal is null;
create index deliveries_of_hook on deliveries (hook_id);

-- What a run is limited to; null: everything its rule takes.
alter table runs add column scope_mirror text;
alter table runs add column scope_tag text;
