-- What an import came from, what it found, and what it takes to undo it.
ALTER TABLE imports ADD COLUMN source TEXT;
ALTER TABLE imports ADD COLUMN via TEXT NOT NULL DEFAULT 'browser';
ALTER TABLE imports ADD COLUMN files TEXT NOT NULL DEFAULT '[]';
ALTER TABLE imports ADD COLUMN draft TEXT;
ALTER TABLE import_lines ADD COLUMN noted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE import_lines ADD COLUMN undo TEXT;
CREATE INDEX import_lines_entity ON import_lines (import_id, entity, line);
CREATE INDEX import_lines_subject ON import_lines (subject_id, import_id);

-- What the source said of periods and tags, as for everything else that is imported.
ALTER TABLE periods ADD COLUMN source_extra TEXT;
ALTER TABLE tags ADD COLUMN source_extra TEXT;
