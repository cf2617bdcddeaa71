-- Certificates a registry of one's own is believed by, in PEM; absent for the well-known authorities alone.
alter table destinations add column authority text;
