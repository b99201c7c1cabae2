-- Search as you type on SQLite. The index keeps words only; triggers keep it right whoever writes a goal.
CREATE TABLE goal_documents (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  goal_id TEXT NOT NULL UNIQUE
);
CREATE VIRTUAL TABLE goal_words USING fts5 (
  words, content = '', contentless_delete = 1, detail = 'none', prefix = '1 2 3 4 5 6',
  tokenize = "unicode61 remove_diacritics 2 categories 'L* N* M* Co'"
);
CREATE TRIGGER goals_search_insert AFTER INSERT ON goals BEGIN
  INSERT INTO goal_documents (goal_id) VALUES (new.id);
  INSERT INTO goal_words (rowid, words) SELECT seq, new.search_text FROM goal_documents WHERE goal_id = new.id;
END;
CREATE TRIGGER goals_search_update AFTER UPDATE OF search_text ON goals WHEN old.search_text <> new.search_text BEGIN
  UPDATE goal_words SET words = new.search_text WHERE rowid = (SELECT seq FROM goal_documents WHERE goal_id = new.id);
END;
CREATE TRIGGER goals_search_delete AFTER DELETE ON goals BEGIN
  DELETE FROM goal_words WHERE rowid = (SELECT seq FROM goal_documents WHERE goal_id = old.id);
  DELETE FROM goal_documents WHERE goal_id = old.id;
END;
