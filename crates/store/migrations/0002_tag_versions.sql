-- Tags are renamed by people: a rename that comes too late is told.
ALTER TABLE tags ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
