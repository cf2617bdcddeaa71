-- What a rule does with a missing or invalid proof, what people decided about held tags, and when copies were checked again.
--
-- `hold` for the rules that are there, too: until now a tag stayed where it was when the destination did not show every
-- attestation, and `mark` would move it from now on. Proofs that are in order pass under every policy, so no rule
-- that works today stops; what is not in order waits for a person instead of going out unnoticed.
alter table rules add column proof text not null default 'hold' check (proof in ('refuse', 'hold', 'mark'));
-- As it was when the run began; the default is for runs that a release without this column still starts.
alter table runs add column proof text not null default 'hold' check (proof in ('refuse', 'hold', 'mark'));
alter table runs add column check_asked_at timestamptz;
-- Who released or discarded a held tag.
alter table items add column decided_by text;
-- When it was checked again, and why that could not be done the last time.
alter table items add column checked_at timestamptz;
alter table items add column check_failure jsonb;
-- Which run moved a tag last.
create index items_of_target on items (target_host, target_repository, tag, id desc);
