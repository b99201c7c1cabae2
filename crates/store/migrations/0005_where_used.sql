-- From where a session was begun and a token was last used, for the lists of their person.
ALTER TABLE sessions ADD COLUMN address TEXT;
ALTER TABLE api_tokens ADD COLUMN last_used_from TEXT;
