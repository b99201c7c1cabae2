-- People and teams by the words of their names, as goals by theirs.
CREATE TABLE name_documents (
  seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  org_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  subject_id TEXT NOT NULL,
  words tsvector NOT NULL,
  UNIQUE (org_id, kind, subject_id)
);
CREATE INDEX name_documents_words ON name_documents USING gin (words) WITH (fastupdate = off);
INSERT INTO name_documents (org_id, kind, subject_id, words)
  SELECT org_id, 'person', user_id, goal_words(name_key) FROM members ORDER BY created_at, user_id;
INSERT INTO name_documents (org_id, kind, subject_id, words)
  SELECT org_id, 'team', id, goal_words(name_key) FROM teams ORDER BY created_at, id;
CREATE FUNCTION names_search() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  what TEXT := TG_ARGV[0];
BEGIN
  IF TG_OP = 'DELETE' THEN
    DELETE FROM name_documents WHERE org_id = OLD.org_id AND kind = what
      AND subject_id = CASE what WHEN 'person' THEN to_jsonb(OLD) ->> 'user_id' ELSE to_jsonb(OLD) ->> 'id' END;
  ELSE
    INSERT INTO name_documents (org_id, kind, subject_id, words)
      VALUES (NEW.org_id, what, CASE what WHEN 'person' THEN to_jsonb(NEW) ->> 'user_id' ELSE to_jsonb(NEW) ->> 'id' END, goal_words(NEW.name_key))
      ON CONFLICT (org_id, kind, subject_id) DO UPDATE SET words = excluded.words;
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER members_name AFTER INSERT OR DELETE ON members FOR EACH ROW EXECUTE FUNCTION names_search('person');
CREATE TRIGGER members_name_update AFTER UPDATE OF name_key ON members FOR EACH ROW
  WHEN (OLD.name_key IS DISTINCT FROM NEW.name_key) EXECUTE FUNCTION names_search('person');
CREATE TRIGGER teams_name AFTER INSERT OR DELETE ON teams FOR EACH ROW EXECUTE FUNCTION names_search('team');
CREATE TRIGGER teams_name_update AFTER UPDATE OF name_key ON teams FOR EACH ROW
  WHEN (OLD.name_key IS DISTINCT FROM NEW.name_key) EXECUTE FUNCTION names_search('team');
