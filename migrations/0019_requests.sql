-- Selections of the catalog that propose mirrors by themselves.
create table selections (
    id uuid primary key,
    organization text not null,
    name text not null,
    filter jsonb not null,
    -- Most mirrors that are proposed and started from it.
    cap integer not null check (cap between 1 and 1000),
    saved_by text not null,
    saved_at timestamptz not null,
    -- The session of whoever saved it last: the catalog is read with its token where the organization gave none.
    session_id text,
    -- When the catalog is looked through next at the earliest.
    due_at timestamptz not null,
    -- What the last look found, and what was in its way.
    looked_at timestamptz,
    look jsonb,
    trouble text
);
create unique index selections_name_taken on selections (organization, lower(name));
create index selections_due on selections (due_at);

-- Mirrors that somebody, or a selection, asks for.
create table mirror_requests (
    id uuid primary key,
    organization text not null,
    -- The catalog's name of what is wanted, and the mirror's name.
    source text not null,
    name text not null,
    note text not null default '',
    -- Who asks: a person, or a selection; its name stays when it is deleted.
    requested_by text,
    selection_id uuid references selections (id) on delete set null,
    selection_name text,
    requested_at timestamptz not null,
    -- open, approved, declined, withdrawn
    state text not null,
    -- None where Ferry withdrew what a selection no longer proposes.
    decided_by text,
    decided_at timestamptz,
    reason text not null default '',
    -- What Docker said when an approval could not be carried out.
    trouble text,
    check ((requested_by is null) <> (selection_name is null))
);
create unique index mirror_requests_open_once on mirror_requests (organization, source, name) where state = 'open';
create index mirror_requests_of_organization on mirror_requests (organization, id desc);
create index mirror_requests_of_source on mirror_requests (organization, source, id desc);
create index mirror_requests_of_selection on mirror_requests (selection_id) where selection_id is not null;
