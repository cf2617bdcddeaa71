-- How fast a destination may be asked, when an item that waits is tried again, and who stopped what.
alter table destinations add column requests_per_second integer check (requests_per_second between 1 and 10000);
alter table destinations add column megabytes_per_second integer check (megabytes_per_second between 1 and 4000);
-- While it is `waiting` or `retrying`: not before that moment.
alter table items add column next_try_at timestamptz;
-- Its tag is being moved, which is not taken back: from here on it cannot be cancelled.
alter table items add column publishing_at timestamptz;
alter table items add column cancelled_by text;
alter table runs add column cancelled_at timestamptz;
alter table runs add column cancelled_by text;
