-- Registries an organization may write to; the secret is sealed with the key from the environment.
create table destinations (
    id uuid primary key,
    organization text not null,
    name text not null,
    host text not null,
    prefix text,
    username text,
    sealed_secret bytea,
    plain_http boolean not null default false,
    created_by text not null,
    created_at timestamptz not null
);
create unique index destinations_name_taken on destinations (organization, lower(name));
