-- What people are told of data sources, what is written back to them, and the page that another system frames.

-- The items that a link counted at its source's last check-in: numbers between spaces, followed by c where completed.
CREATE TABLE link_seen (
  goal_id TEXT PRIMARY KEY REFERENCES goal_links (goal_id) ON DELETE CASCADE,
  items TEXT NOT NULL
);

-- Links to goals that stand on items of the other system (written), are to be put there (wanted) or taken away (leaving).
CREATE TABLE written_links (
  connection_id TEXT NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
  goal_id TEXT NOT NULL,
  item_id BIGINT NOT NULL,
  state TEXT NOT NULL,
  PRIMARY KEY (connection_id, goal_id, item_id)
);
CREATE INDEX written_links_state ON written_links (connection_id, state);
CREATE INDEX written_links_goal ON written_links (goal_id);

-- The trouble of the last attempt to write back, as JSON.
ALTER TABLE connections ADD COLUMN write_error TEXT;

-- What one person is told once. topic is the same for notices of which only the newest counts.
CREATE TABLE notices (
  id TEXT PRIMARY KEY,
  org_id TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  topic TEXT NOT NULL,
  kind TEXT NOT NULL,
  goal_id TEXT REFERENCES goals (id) ON DELETE CASCADE,
  connection_id TEXT REFERENCES connections (id) ON DELETE CASCADE,
  detail TEXT NOT NULL,
  at BIGINT NOT NULL
);
CREATE UNIQUE INDEX notices_person ON notices (org_id, user_id, topic);
CREATE INDEX notices_topic ON notices (org_id, topic);
CREATE INDEX notices_user ON notices (user_id);
CREATE INDEX notices_goal ON notices (goal_id);
CREATE INDEX notices_connection ON notices (connection_id);

-- Where our page may be framed, and the sealed key by which the other system signs who looks.
CREATE TABLE embeddings (
  org_id TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  origins TEXT NOT NULL,
  secret TEXT,
  version BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (org_id, kind)
);

-- Who an identity of the other system is here.
CREATE TABLE embed_people (
  org_id TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  identity TEXT NOT NULL,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (org_id, kind, identity)
);
CREATE INDEX embed_people_user ON embed_people (user_id);

-- Short-lived secrets: what a person types into the frame to be known there (code), and what the frame carries (frame). Hashes only.
CREATE TABLE embed_secrets (
  secret_hash TEXT PRIMARY KEY,
  purpose TEXT NOT NULL,
  org_id TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  user_id TEXT REFERENCES users (id) ON DELETE CASCADE,
  identity TEXT,
  expires_at BIGINT NOT NULL
);
CREATE INDEX embed_secrets_org ON embed_secrets (org_id);
CREATE INDEX embed_secrets_user ON embed_secrets (user_id);
CREATE INDEX embed_secrets_expiry ON embed_secrets (expires_at);
