-- Rules, and the mirrors each forwards.
create table rules (
    id uuid primary key,
    organization text not null,
    name text not null,
    destination_id uuid not null constraint rules_destination references destinations (id),
    filter jsonb not null,
    template text not null,
    attestations boolean not null,
    enabled boolean not null,
    created_by text not null,
    created_at timestamptz not null
);
create unique index rules_name_taken on rules (organization, lower(name));
create index rules_of_destination on rules (destination_id);

create table rule_mirrors (
    rule_id uuid not null references rules (id) on delete cascade,
    repository text not null,
    primary key (rule_id, repository)
);
create index rule_mirrors_repository on rule_mirrors (repository);
