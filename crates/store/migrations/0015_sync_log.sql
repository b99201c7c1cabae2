-- What syncs did and said: bounded, for people who ask why a value is what it is.

-- The newest runs of each connection. asked_by is absent where it ran by itself. error is the first trouble, as JSON.
CREATE TABLE sync_runs (
  id TEXT PRIMARY KEY,
  org_id TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  connection_id TEXT NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
  asked_by TEXT REFERENCES users (id) ON DELETE SET NULL,
  started_at BIGINT NOT NULL,
  millis BIGINT NOT NULL,
  requests BIGINT NOT NULL,
  links BIGINT NOT NULL,
  changed BIGINT NOT NULL,
  failed BIGINT NOT NULL,
  error TEXT
);
CREATE INDEX sync_runs_connection ON sync_runs (connection_id, started_at);
CREATE INDEX sync_runs_org ON sync_runs (org_id, started_at);
CREATE INDEX sync_runs_asker ON sync_runs (asked_by);

-- What each link said lately, as a JSON list: the newest last, equal ones in a row as one.
CREATE TABLE link_results (
  goal_id TEXT PRIMARY KEY REFERENCES goal_links (goal_id) ON DELETE CASCADE,
  results TEXT NOT NULL
);
