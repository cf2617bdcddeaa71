-- What anybody can pull although it should be private, and an audit log that nobody changes.

-- How Docker Hub showed each mirror when it was last asked.
create table mirror_visibility (
    organization text not null,
    -- `acme/dhi-nginx`.
    repository text not null,
    is_private boolean not null,
    -- When it was first seen to be so.
    since timestamptz not null,
    seen_at timestamptz not null,
    primary key (organization, repository)
);
-- Every page of the organization asks for them.
create index public_mirrors on mirror_visibility (organization) where not is_private;

-- What a stranger was answered who asked a destination for what a run had written there.
create table exposures (
    destination_id uuid not null references destinations (id) on delete cascade,
    repository text not null,
    -- What was asked for.
    digest text not null,
    is_public boolean not null,
    -- When it was first found to be so.
    since timestamptz not null,
    looked_at timestamptz not null,
    primary key (destination_id, repository)
);

-- Something there can be pulled by anybody: nothing new is written until a person has decided.
alter table destinations add column exposed_at timestamptz;
create index exposed_destinations on destinations (organization) where exposed_at is not null;
-- Who said that it is meant to be public.
alter table destinations add column public_accepted_by text;
alter table destinations add column public_accepted_at timestamptz;

create index audit_of_actor on audit (organization, actor, id desc);
create index audit_of_action on audit (organization, action, id desc);

create function audit_is_append_only() returns trigger language plpgsql as $$
begin
    raise exception 'the audit log only grows: % is refused', lower(tg_op)
        using errcode = 'insufficient_privilege', hint = 'Write another line that says what is different now.';
end
$$;
create trigger audit_is_append_only before update or delete or truncate on audit
    for each statement execute function audit_is_append_only();
