-- Who did what; written in the same transaction where there is one.
create table audit (
    id uuid primary key,
    organization text not null,
    actor text not null,
    action text not null,
    subject text not null,
    happened_at timestamptz not null
);
create index audit_of_organization on audit (organization, id desc);
