-- Which repository of a registry is known to hold a blob, so that another one can mount it instead of getting it again.
create table blob_homes (
    host text not null,
    digest text not null,
    repository text not null,
    seen_at timestamptz not null,
    primary key (host, digest)
);
