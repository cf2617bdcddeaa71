-- Who is signed in: one row a browser, kept by tower-sessions, ended by its time.
create table sessions (
    id text primary key,
    data jsonb not null,
    expires_at timestamptz not null
);
create index sessions_expires_at on sessions (expires_at);
