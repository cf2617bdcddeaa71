-- Mirrors that Ferry has seen or started. Docker's list forgets one that was stopped; here it stays, with how to start it again.
create table known_mirrors (
    organization text not null,
    -- `acme/dhi-node`.
    repository text not null,
    -- As Docker's list spelled it: its log is asked with that.
    hostname text not null,
    -- The catalog's repository.
    source text not null,
    source_namespace text not null,
    source_display_name text not null,
    first_seen_at timestamptz not null,
    -- When Docker listed it last, to within minutes.
    seen_at timestamptz not null,
    -- Who started it; none where that was outside of Ferry.
    started_by text,
    started_at timestamptz,
    -- When it was stopped, or was noticed to be.
    stopped_at timestamptz,
    -- Who stopped it; none where that was outside of Ferry.
    stopped_by text,
    primary key (organization, repository)
);
