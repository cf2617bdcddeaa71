-- What the history is looked through by: a run's destination, who started it and by what; an item's state, tag and digest.
create index runs_of_destination on runs (destination_id, id desc);

-- How runs stand follows from their items: "which runs have one that failed" must not read them all. Runs and items
-- have ids that grow with time, so those of a run in this index are the newest last.
create index items_of_state on items (state, run_id);
-- Tags and digests by their beginnings, whatever the database's collation.
create index items_of_tag on items (tag text_pattern_ops, mirror, run_id);
create index items_of_any_digest on items (digest text_pattern_ops, run_id);
create index items_of_target_digest on items (target_digest text_pattern_ops, run_id) where target_digest is not null;
-- Bytes that crossed, by the day on which the item ended; most items carry none.
create index items_moved on items (finished_at) include (bytes, run_id) where bytes > 0;

-- When the push behind a run happened.
create index deliveries_of_hint on deliveries (hint_id);
