-- How much of each image a rule forwards: platforms, kinds of attestations, cosign's older tags. `{}` is all of it.
alter table rules add column extent jsonb not null default '{}';
-- As it was when the run began.
alter table runs add column extent jsonb not null default '{}';
-- What an item's copy is called at the destination, where a smaller index has a digest of its own.
alter table items add column target_digest text;
