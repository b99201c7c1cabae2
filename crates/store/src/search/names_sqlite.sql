-- People and teams by the words of their names, as goals by theirs.
CREATE TABLE name_documents (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  org_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  subject_id TEXT NOT NULL,
  UNIQUE (org_id, kind, subject_id)
);
CREATE VIRTUAL TABLE name_words USING fts5 (
  words, content = '', contentless_delete = 1, detail = 'none', prefix = '1 2 3',
  tokenize = "unicode61 remove_diacritics 2 categories 'L* N* M* Co'"
);
INSERT INTO name_documents (org_id, kind, subject_id) SELECT org_id, 'person', user_id FROM members ORDER BY created_at, user_id;
INSERT INTO name_documents (org_id, kind, subject_id) SELECT org_id, 'team', id FROM teams ORDER BY created_at, id;
INSERT INTO name_words (rowid, words) SELECT d.seq, m.name_key FROM name_documents d
  JOIN members m ON d.kind = 'person' AND m.org_id = d.org_id AND m.user_id = d.subject_id;
INSERT INTO name_words (rowid, words) SELECT d.seq, t.name_key FROM name_documents d JOIN teams t ON d.kind = 'team' AND t.id = d.subject_id;
CREATE TRIGGER members_name_insert AFTER INSERT ON members BEGIN
  INSERT INTO name_documents (org_id, kind, subject_id) VALUES (new.org_id, 'person', new.user_id);
  INSERT INTO name_words (rowid, words) SELECT seq, new.name_key FROM name_documents
    WHERE org_id = new.org_id AND kind = 'person' AND subject_id = new.user_id;
END;
CREATE TRIGGER members_name_update AFTER UPDATE OF name_key ON members WHEN old.name_key <> new.name_key BEGIN
  UPDATE name_words SET words = new.name_key WHERE rowid =
    (SELECT seq FROM name_documents WHERE org_id = new.org_id AND kind = 'person' AND subject_id = new.user_id);
END;
CREATE TRIGGER members_name_delete AFTER DELETE ON members BEGIN
  DELETE FROM name_words WHERE rowid =
    (SELECT seq FROM name_documents WHERE org_id = old.org_id AND kind = 'person' AND subject_id = old.user_id);
  DELETE FROM name_documents WHERE org_id = old.org_id AND kind = 'person' AND subject_id = old.user_id;
END;
CREATE TRIGGER teams_name_insert AFTER INSERT ON teams BEGIN
  INSERT INTO name_documents (org_id, kind, subject_id) VALUES (new.org_id, 'team', new.id);
  INSERT INTO name_words (rowid, words) SELECT seq, new.name_key FROM name_documents
    WHERE org_id = new.org_id AND kind = 'team' AND subject_id = new.id;
END;
CREATE TRIGGER teams_name_update AFTER UPDATE OF name_key ON teams WHEN old.name_key <> new.name_key BEGIN
  UPDATE name_words SET words = new.name_key WHERE rowid =
    (SELECT seq FROM name_documents WHERE org_id = new.org_id AND kind = 'team' AND subject_id = new.id);
END;
CREATE TRIGGER teams_name_delete AFTER DELETE ON teams BEGIN
  DELETE FROM name_words WHERE rowid =
    (SELECT seq FROM name_documents WHERE org_id = old.org_id AND kind = 'team' AND subject_id = old.id);
  DELETE FROM name_documents WHERE org_id = old.org_id AND kind = 'team' AND subject_id = old.id;
END;
