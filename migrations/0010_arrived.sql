-- What a destination was seen to hold, whole and with its full proof, so that the next run can see cheaply that nothing
-- changed. Knowledge, not truth: it may be deleted at any time, and costs then one full look at each digest.
create table arrived (
    id uuid primary key,
    destination_id uuid not null references destinations (id) on delete cascade,
    target_host text not null,
    target_repository text not null,
    -- The source's digest.
    digest text not null,
    -- With what it had to arrive and by whose keys it was proven: knowledge under other terms answers nothing.
    terms text not null,
    -- The engine's own record: what is there, and what the attestation source listed then.
    known jsonb not null,
    -- What was proven; null where images go alone.
    coverage jsonb,
    -- The last time that all of it was looked at.
    confirmed_at timestamptz not null,
    unique (destination_id, target_host, target_repository, digest, terms)
);
