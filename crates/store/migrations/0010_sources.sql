-- Data sources: which integrations an organisation has switched on, its connections, and the goals that follow them.

CREATE TABLE integrations (
  org_id TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  enabled INTEGER NOT NULL,
  settings TEXT NOT NULL,
  hook_hash TEXT,
  version BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (org_id, kind)
);
CREATE UNIQUE INDEX integrations_hook ON integrations (hook_hash);

-- secret is sealed with a key outside the database. error is the trouble of the last request, as JSON.
CREATE TABLE connections (
  id TEXT PRIMARY KEY,
  org_id TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  name_key TEXT NOT NULL,
  owner_id TEXT REFERENCES users (id) ON DELETE SET NULL,
  shared INTEGER NOT NULL,
  config TEXT NOT NULL,
  container_id TEXT,
  identity TEXT,
  secret TEXT NOT NULL,
  expires_on TEXT,
  warned_days BIGINT,
  error TEXT,
  last_ok_at BIGINT,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX connections_name ON connections (org_id, kind, name_key);
CREATE INDEX connections_owner ON connections (owner_id);
CREATE INDEX connections_container ON connections (kind, container_id);

-- What a goal follows. selector_key is the same for selectors that one fetch answers. last_value is the source's last value, whatever
-- the goal shows; next_sync_at is absent while the link is suspended.
CREATE TABLE goal_links (
  goal_id TEXT PRIMARY KEY REFERENCES goals (id) ON DELETE CASCADE,
  org_id TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  connection_id TEXT REFERENCES connections (id) ON DELETE SET NULL,
  kind TEXT NOT NULL,
  mode TEXT NOT NULL,
  selector TEXT NOT NULL,
  selector_key TEXT NOT NULL,
  label TEXT NOT NULL,
  measure TEXT NOT NULL,
  with_tasks INTEGER NOT NULL,
  url TEXT,
  last_value DOUBLE PRECISION,
  matching BIGINT,
  completed BIGINT,
  removed BIGINT,
  state TEXT NOT NULL,
  error TEXT,
  warnings TEXT NOT NULL,
  told TEXT,
  failures BIGINT NOT NULL,
  last_synced_at BIGINT,
  next_sync_at BIGINT,
  created_by TEXT REFERENCES users (id) ON DELETE SET NULL,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX goal_links_connection ON goal_links (connection_id, selector_key);
CREATE INDEX goal_links_due ON goal_links (next_sync_at, connection_id);
CREATE INDEX goal_links_org ON goal_links (org_id, kind);
CREATE INDEX goal_links_creator ON goal_links (created_by);

-- The items that an initiative linked with tasks lists, at most 200.
CREATE TABLE link_items (
  goal_id TEXT NOT NULL REFERENCES goal_links (goal_id) ON DELETE CASCADE,
  item_id BIGINT NOT NULL,
  position BIGINT NOT NULL,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  state TEXT NOT NULL,
  category TEXT NOT NULL,
  assignee TEXT,
  url TEXT NOT NULL,
  PRIMARY KEY (goal_id, item_id)
);
