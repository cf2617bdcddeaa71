-- Public keys that may sign attestations, chosen by an organization beside Docker's own.
create table trusted_keys (
    id uuid primary key,
    organization text not null,
    name text not null,
    pem text not null,
    -- SHA-256 of the key's SPKI in DER, hex.
    fingerprint text not null,
    added_by text not null,
    added_at timestamptz not null
);
create unique index trusted_keys_name_taken on trusted_keys (organization, lower(name));
create unique index trusted_keys_known on trusted_keys (organization, fingerprint);
