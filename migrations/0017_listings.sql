-- What Docker Hub last said to an organization: pages answer from it at once, also while Docker Hub is away.
create table listings (
    organization text not null,
    -- 'catalog' or 'mirrors'.
    subject text not null,
    content jsonb not null,
    -- SHA-256 of the content: a reading that says the same changes nothing but the age.
    hash text not null,
    changed_at timestamptz not null,
    -- When the reading began that said so last.
    read_at timestamptz not null,
    -- When somebody changed it through Ferry: until it was read after that, it is read before it is shown.
    outdated_at timestamptz,
    -- When a reading was last asked for, so that one is enough.
    asked_at timestamptz,
    -- The last reading that failed since, and Docker's reason.
    refused_at timestamptz,
    refusal text,
    primary key (organization, subject),
    constraint listing_subject check (subject in ('catalog', 'mirrors'))
);
