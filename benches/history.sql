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
