-- Who asks to be let into an organisation: at most one for each person and organisation. One that was declined stays, with the
-- reason, until the person asks again; one that was accepted or taken back goes.
CREATE TABLE join_requests (
  id TEXT PRIMARY KEY,
  org_id TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  state TEXT NOT NULL,
  message TEXT,
  reason TEXT,
  created_at BIGINT NOT NULL,
  decided_at BIGINT
);
CREATE UNIQUE INDEX join_requests_person ON join_requests (org_id, user_id);
CREATE INDEX join_requests_open ON join_requests (org_id, state, id);
CREATE INDEX join_requests_user ON join_requests (user_id);
