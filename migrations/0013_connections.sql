-- What an organization gave Ferry to read Docker Hub with where no person is behind a run.
create table connections (
    organization text primary key,
    username text not null,
    sealed_token bytea not null,
    saved_by text not null,
    saved_at timestamptz not null
);
