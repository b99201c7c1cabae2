-- Search as you type on PostgreSQL: the same words, cut by the same rule whatever the database's locale is.
CREATE TABLE goal_documents (
  seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  goal_id TEXT NOT NULL UNIQUE REFERENCES goals (id) ON DELETE CASCADE,
  words tsvector NOT NULL
);
CREATE INDEX goal_documents_words ON goal_documents USING gin (words) WITH (fastupdate = off);
CREATE FUNCTION goal_words(search_text text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce(array_to_tsvector(array_agg(DISTINCT left(word, 100))), ''::tsvector)
  FROM regexp_split_to_table(search_text, '[\s!-/:-@\[-`{-~\u00a0-\u00a9\u00ab-\u00b1\u00b4\u00b6-\u00b8\u00bb\u00bf\u2000-\u206f\u3000-\u3004\u3008-\u3020]+') AS word
  WHERE word <> ''
$$;
CREATE FUNCTION goals_search() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO goal_documents (goal_id, words) VALUES (NEW.id, goal_words(NEW.search_text));
  ELSE
    UPDATE goal_documents SET words = goal_words(NEW.search_text) WHERE goal_id = NEW.id;
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER goals_search_insert AFTER INSERT ON goals FOR EACH ROW EXECUTE FUNCTION goals_search();
CREATE TRIGGER goals_search_update AFTER UPDATE OF search_text ON goals FOR EACH ROW
  WHEN (OLD.search_text IS DISTINCT FROM NEW.search_text) EXECUTE FUNCTION goals_search();
