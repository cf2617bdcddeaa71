-- The page of one repository of the catalog answers from what was read last, too: its texts, its variants, its tags.
alter table listings drop constraint listing_subject;
-- 'catalog', 'mirrors', or 'repository/' with the catalog's name of it.
alter table listings add constraint listing_subject
    check (subject in ('catalog', 'mirrors') or subject like 'repository/_%');
