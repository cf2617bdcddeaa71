-- One million items in 20,000 runs of one organization, 60 days of them, and what the lists of the history cost then.
-- On a migrated, empty database: psql "$DATABASE_URL" -f benches/history.sql
\set ON_ERROR_STOP on
\timing off
\pset pager off

insert into destinations (id, organization, name, host, prefix, created_by, created_at)
select gen_random_uuid(), 'acme', 'Registry ' || n, 'r' || n || '.example.com', 'mirrors', 'olivia', now()
from generate_series(1, 3) n;
insert into rules (id, organization, name, destination_id, filter, template, attestations, enabled, created_by, created_at)
select gen_random_uuid(), 'acme', 'Rule ' || n, (select id from destinations where name = 'Registry ' || (1 + n % 3)),
       '{}', '{mirror}', true, true, 'olivia', now() - interval '61 days'
from generate_series(1, 5) n;
insert into rule_mirrors (rule_id, repository)
select rules.id, 'acme/dhi-m' || m from rules, generate_series(0, 39) m;

-- Version 7 ids, as Ferry makes them: the time first, so that they sort by it.
create function pg_temp.v7(at timestamptz, n bigint) returns uuid language sql volatile as $$
    select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7' || lpad(to_hex(n % 4096), 3, '0')
            || '8' || substr(md5(random()::text), 1, 15))::uuid
$$;

create temporary table made as
select n, now() - (20000 - n) * interval '4.32 minutes' as at from generate_series(1, 20000) n;
alter table made add column id uuid;
update made set id = pg_temp.v7(at, n);

-- Most are the regular check; one of ten copies something; a few fail, are held or cancelled; the last three go on.
insert into runs (id, organization, rule_id, rule_name, destination_id, destination_address, attestations, trigger,
                  started_by, created_at, planned_at)
select made.id, 'acme', rules.id, rules.name, rules.destination_id, d.host || '/' || d.prefix, true,
       case when n % 400 = 0 then 'manual' when n % 10 = 0 then 'webhook' else 'reconcile' end,
       case when n % 400 = 0 then case when n % 4000 = 0 then 'olivia' else 'adam' end end, at, at + interval '1 second'
from made join rules on rules.name = 'Rule ' || (1 + n % 5) join destinations d on d.id = rules.destination_id;

insert into items (id, run_id, mirror, tag, target_host, target_repository, digest, state, bytes, attempts, failure,
                   started_at, finished_at, updated_at)
select pg_temp.v7(at + interval '1 second', t), id, 'acme/dhi-m' || n % 40,
       (1 + t / 10) || '.' || (t % 10) || case when t % 3 = 0 then '-dev' else '' end,
       'r' || (1 + (1 + n % 5) % 3) || '.example.com', 'mirrors/dhi-m' || n % 40,
       'sha256:' || encode(sha256(format('%s-%s-%s', n % 40, t / 6, n / 400)::bytea), 'hex'),
       state, case when state = 'succeeded' and t % 6 = 0 then 40000000 + t else 0 end, 1,
       case when state in ('failed', 'held', 'waiting')
            then jsonb_build_object('sentence', 'The destination refused ' || n % 7 || '.', 'detail', '') end,
       at, case when state in ('succeeded', 'unchanged', 'failed', 'cancelled') then at + (5 + n % 600) * interval '1 second' end,
       at
from (select made.*, t, case when n > 19999 then 'queued' when n > 19998 then 'waiting' when n > 19997 then 'running'
                             when n % 500 = 0 and t < 5 then 'failed' when n % 1700 = 0 then 'held'
                             when n % 900 = 0 then 'cancelled' when n % 10 = 0 then 'succeeded' else 'unchanged' end as state
      from made, generate_series(0, 49) t) as all_of_them;

-- Thirty-two attestations each for those of the last week; the same ones, since only their size matters here.
create temporary table proof as
select jsonb_build_object('platforms', jsonb_agg(platform), 'index_signatures_expected', 0, 'index_signatures_present', 0,
                          'discovered_by', 'referrers-api') as coverage
from (select jsonb_build_object('platform', jsonb_build_object('os', 'linux', 'architecture', arch, 'variant', null),
                                'digest', 'sha256:' || encode(sha256(arch::bytea), 'hex'),
                                'attestations', jsonb_agg(attestation)) as platform
      from unnest(array['amd64', 'arm64']) arch, lateral (
          select jsonb_build_object('predicate_type', 'https://spdx.dev/Document', 'present', true, 'signature', 'valid',
                                    'digest', 'sha256:' || encode(sha256((arch || n)::bytea), 'hex')) as attestation
          from generate_series(1, 16) n) a
      group by arch) p;
update items set coverage = proof.coverage || jsonb_build_object('checked_at', finished_at) from proof
where state in ('succeeded', 'unchanged') and run_id > (select id from made where n = 17600);

vacuum (analyze) items;
vacuum (analyze) runs;

-- The queries of `src/store`, with values. As on every connection of Ferry:
set plan_cache_mode = force_custom_plan;
set jit = off;

\echo Runs that failed, of all 20,000 (history::page).
explain (analyze, costs off, timing off)
select r.id as id
from runs r
left join (select run_id, bool_or(state in ('queued', 'running', 'waiting', 'retrying')) as open,
                  bool_and(state = 'queued') as queued, bool_or(state = 'held') as held,
                  bool_or(state = 'failed') as failed, bool_or(state = 'cancelled') as cancelled
           from items
           where 'failed'::text is not null
             and state in ('queued', 'running', 'waiting', 'retrying', 'held', 'failed', 'cancelled')
           group by run_id) i on i.run_id = r.id
left join (select run_id from items where not false::boolean and tag like null
             and (null::text is null or target_host = null)
             and (null::text is null or mirror = null or target_repository = null
                  or mirror like null or target_repository like null)
           union select run_id from items where digest like null
             and (null::text is null or target_host = null)
             and (null::text is null or mirror = null or target_repository = null
                  or mirror like null or target_repository like null)
           union select run_id from items where target_digest like null
             and (null::text is null or target_host = null)
             and (null::text is null or mirror = null or target_repository = null
                  or mirror like null or target_repository like null)) f on f.run_id = r.id
left join lateral (select n.run_id from items n
                   where false::boolean and n.run_id = r.id and n.tag like null limit 1) one on true
where r.organization = 'acme' and (null::uuid is null or r.rule_id = null)
  and (null::uuid is null or r.destination_id = null) and (null::text is null or r.trigger = null)
  and (null::text is null or r.started_by = null) and (null::timestamptz is null or r.created_at >= null)
  and (null::timestamptz is null or r.created_at < null)
  and (null::text is null or r.scope_mirror = null
       or exists (select 1 from items n where n.run_id = r.id and n.mirror = null))
  and ('failed'::text is null or 'failed' = case
        when r.plan_failure is not null and i.open is not true and i.held is not true then 'failed'
        when r.plan_failure is null and r.planned_at is null
          then case when r.cancelled_at is null then 'queued' else 'cancelled' end
        when i.open
          then case when i.queued and not exists (
                         select 1 from items n where n.run_id = r.id and n.state in ('succeeded', 'unchanged'))
                    then 'queued' else 'running' end
        when i.failed then 'failed'
        when i.held then 'held'
        when i.cancelled then 'cancelled'
        -- Which of both it is costs a look for each run: only where one of them was asked for.
        when 'failed' in ('succeeded', 'unchanged')
             and exists (select 1 from items n where n.run_id = r.id and n.state = 'succeeded')
          then 'succeeded'
        else 'unchanged' end)
  and ((null::text is null and null::text is null) or f.run_id is not null or one.run_id is not null)
  and (null::uuid is null or r.id < null)
order by r.id desc limit 51;

\echo Runs with a tag that begins with 1. (history::page; nearly every run has one, so runs are asked one by one).
explain (analyze, costs off, timing off)
select r.id as id
from runs r
left join (select run_id, bool_or(state in ('queued', 'running', 'waiting', 'retrying')) as open,
                  bool_and(state = 'queued') as queued, bool_or(state = 'held') as held,
                  bool_or(state = 'failed') as failed, bool_or(state = 'cancelled') as cancelled
           from items
           where null::text is not null
             and state in ('queued', 'running', 'waiting', 'retrying', 'held', 'failed', 'cancelled')
           group by run_id) i on i.run_id = r.id
left join (select run_id from items where not true::boolean and tag like '1.%'
             and (null::text is null or target_host = null)
             and (null::text is null or mirror = null or target_repository = null
                  or mirror like null or target_repository like null)
           union select run_id from items where digest like null
             and (null::text is null or target_host = null)
             and (null::text is null or mirror = null or target_repository = null
                  or mirror like null or target_repository like null)
           union select run_id from items where target_digest like null
             and (null::text is null or target_host = null)
             and (null::text is null or mirror = null or target_repository = null
                  or mirror like null or target_repository like null)) f on f.run_id = r.id
left join lateral (select n.run_id from items n
                   where true::boolean and n.run_id = r.id and n.tag like '1.%' limit 1) one on true
where r.organization = 'acme' and (null::uuid is null or r.rule_id = null)
  and (null::uuid is null or r.destination_id = null) and (null::text is null or r.trigger = null)
  and (null::text is null or r.started_by = null) and (null::timestamptz is null or r.created_at >= null)
  and (null::timestamptz is null or r.created_at < null)
  and (null::text is null or r.scope_mirror = null
       or exists (select 1 from items n where n.run_id = r.id and n.mirror = null))
  and (null::text is null or null = case
        when r.plan_failure is not null and i.open is not true and i.held is not true then 'failed'
        when r.plan_failure is null and r.planned_at is null
          then case when r.cancelled_at is null then 'queued' else 'cancelled' end
        when i.open
          then case when i.queued and not exists (
                         select 1 from items n where n.run_id = r.id and n.state in ('succeeded', 'unchanged'))
                    then 'queued' else 'running' end
        when i.failed then 'failed'
        when i.held then 'held'
        when i.cancelled then 'cancelled'
        -- Which of both it is costs a look for each run: only where one of them was asked for.
        when null in ('succeeded', 'unchanged')
             and exists (select 1 from items n where n.run_id = r.id and n.state = 'succeeded')
          then 'succeeded'
        else 'unchanged' end)
  and (('1.%'::text is null and null::text is null) or f.run_id is not null or one.run_id is not null)
  and (null::uuid is null or r.id < null)
order by r.id desc limit 51;

\echo Where tag 1.2 is (whereabouts::destinations).
explain (analyze, costs off, timing off)
with recursive repositories as (
    (select target_host, target_repository from items order by target_host, target_repository limit 1)
    union all
    select following.target_host, following.target_repository
    from repositories r cross join lateral (
        select i.target_host, i.target_repository from items i
        where (i.target_host, i.target_repository) > (r.target_host, r.target_repository)
        order by i.target_host, i.target_repository limit 1) following
), wanted as (
    select target_host, target_repository, '1.2'::text as tag, false as by_digest from repositories
    where '1.2'::text is not null
    union
    select target_host, target_repository, tag, true from items where digest like null
    union
    select target_host, target_repository, tag, true from items where target_digest like null
)
select d.name as name, w.target_host || '/' || w.target_repository as address, w.tag as tag,
       seen.digest as digest, seen.target_digest as target_digest, first.finished_at as since,
       coalesce(greatest(seen.finished_at, seen.checked_at), seen.updated_at) as seen_at, seen.run_id as run,
       seen.coverage as coverage, latest.digest as now_digest, coalesce(latest.finished_at, latest.updated_at) as now_since,
       latest.run_id as now_run
from wanted w
cross join lateral (
    select i.*, r.destination_id from items i join runs r on r.id = i.run_id
    where i.target_host = w.target_host and i.target_repository = w.target_repository and i.tag = w.tag
      and i.state in ('succeeded', 'unchanged') and r.organization = 'acme'
      and (not w.by_digest or i.digest like null or i.target_digest like null)
    order by i.id desc limit 1) seen
cross join lateral (
    select i.digest, i.finished_at, i.updated_at, i.run_id from items i
    where i.target_host = w.target_host and i.target_repository = w.target_repository and i.tag = w.tag
      and i.state in ('succeeded', 'unchanged')
    order by i.id desc limit 1) latest
left join lateral (
    select i.finished_at from items i
    where i.digest = seen.digest and i.target_host = w.target_host
      and i.target_repository = w.target_repository and i.tag = w.tag
      and i.state in ('succeeded', 'unchanged')
    order by i.run_id limit 1) first on true
left join destinations d on d.id = seen.destination_id
where (null::text is null or w.target_host = null)
  and (null::text is null or w.target_repository = null or w.target_repository like null)
order by 2, 3 limit 101;

\echo Bytes moved by day over 30 days (overview::moved).
explain (analyze, costs off, timing off)
select (i.finished_at at time zone 'UTC')::date as day, r.destination_address, sum(i.bytes)::bigint as bytes
from items i join runs r on r.id = i.run_id
where i.finished_at >= now() - interval '30 days' and i.bytes > 0 and r.organization = 'acme'
group by 1, 2 order by 1, 2;
