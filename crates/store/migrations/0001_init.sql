-- The schema of Northing, one text for SQLite and PostgreSQL. TEXT, BIGINT, DOUBLE PRECISION and
-- INTEGER 0/1 only: ids are UUIDv7 text, moments UTC milliseconds, days YYYY-MM-DD, structures JSON text.

-- One row once the first organisation was set up: a second set-up finds it and is refused.
CREATE TABLE installation (
  id TEXT PRIMARY KEY,
  set_up_at BIGINT NOT NULL
);

CREATE TABLE organizations (
  id TEXT PRIMARY KEY,
  slug TEXT NOT NULL,
  name TEXT NOT NULL,
  mission TEXT,
  vision TEXT,
  company_values TEXT NOT NULL,
  north_star TEXT,
  join_policy TEXT NOT NULL,
  status TEXT NOT NULL,
  settings TEXT NOT NULL,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX organizations_slug ON organizations (slug);

-- A person of the installation. Signs in by mail and password; what they are in an organisation stands in members.
CREATE TABLE users (
  id TEXT PRIMARY KEY,
  email TEXT NOT NULL,
  email_key TEXT NOT NULL,
  name TEXT NOT NULL,
  password_hash TEXT,
  title TEXT,
  department TEXT,
  time_zone TEXT,
  language TEXT,
  preferences TEXT NOT NULL,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX users_email_key ON users (email_key);

CREATE TABLE members (
  org_id TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  name_key TEXT NOT NULL,
  role TEXT NOT NULL,
  status TEXT NOT NULL,
  manager_id TEXT REFERENCES users (id) ON DELETE SET NULL,
  external_id TEXT,
  source_extra TEXT,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (org_id, user_id)
);
CREATE INDEX members_user ON members (user_id);
CREATE INDEX members_manager ON members (manager_id);
CREATE INDEX members_name ON members (org_id, name_key, user_id);
CREATE UNIQUE INDEX members_external ON members (org_id, external_id);

-- Sessions and secrets by their SHA-256 only.
CREATE TABLE sessions (
  token_hash TEXT PRIMARY KEY,
  id TEXT NOT NULL,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  user_agent TEXT,
  created_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE api_tokens (
  id TEXT PRIMARY KEY,
  token_hash TEXT NOT NULL,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  org_id TEXT REFERENCES organizations (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  scopes TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  last_used_at BIGINT,
  revoked_at BIGINT
);
CREATE UNIQUE INDEX api_tokens_hash ON api_tokens (token_hash);
CREATE INDEX api_tokens_user ON api_tokens (user_id);
CREATE INDEX api_tokens_org ON api_tokens (org_id);

-- One-time links: an invitation into an organisation or a password reset made by an admin.
CREATE TABLE links (
  token_hash TEXT PRIMARY KEY,
  id TEXT NOT NULL,
  kind TEXT NOT NULL,
  org_id TEXT REFERENCES organizations (id) ON DELETE CASCADE,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  created_by TEXT REFERENCES users (id) ON DELETE SET NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at BIGINT
);
CREATE INDEX links_user ON links (user_id);
CREATE INDEX links_org ON links (org_id);
CREATE INDEX links_creator ON links (created_by);

CREATE TABLE teams (
  id TEXT PRIMARY KEY,
  org_id TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  name_key TEXT NOT NULL,
  parent_id TEXT REFERENCES teams (id),
  team_type TEXT,
  description TEXT,
  status TEXT NOT NULL,
  goal_creation TEXT,
  note_template TEXT,
  external_id TEXT,
  source_extra TEXT,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX teams_name ON teams (org_id, name_key);
CREATE INDEX teams_parent ON teams (parent_id);
CREATE UNIQUE INDEX teams_external ON teams (org_id, external_id);

CREATE TABLE team_people (
  team_id TEXT NOT NULL REFERENCES teams (id) ON DELETE CASCADE,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  is_owner INTEGER NOT NULL,
  position BIGINT NOT NULL,
  PRIMARY KEY (team_id, user_id)
);
CREATE INDEX team_people_user ON team_people (user_id);

CREATE TABLE periods (
  id TEXT PRIMARY KEY,
  org_id TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  name_key TEXT NOT NULL,
  kind TEXT NOT NULL,
  start_date TEXT NOT NULL,
  end_date TEXT NOT NULL,
  is_current INTEGER NOT NULL,
  external_id TEXT,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX periods_name ON periods (org_id, name_key);
CREATE INDEX periods_start ON periods (org_id, start_date, id);
CREATE UNIQUE INDEX periods_external ON periods (org_id, external_id);

CREATE TABLE tags (
  id TEXT PRIMARY KEY,
  org_id TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  name_key TEXT NOT NULL,
  external_id TEXT,
  created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX tags_name ON tags (org_id, name_key);
CREATE UNIQUE INDEX tags_external ON tags (org_id, external_id);

-- An objective, key result or initiative. progress, status and value are computed and stored in the
-- transaction of the change that moved them.
CREATE TABLE goals (
  id TEXT PRIMARY KEY,
  org_id TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  search_text TEXT NOT NULL,
  description TEXT,
  level TEXT NOT NULL,
  check_in_owner_id TEXT REFERENCES users (id) ON DELETE SET NULL,
  delegate_id TEXT REFERENCES users (id) ON DELETE SET NULL,
  period_id TEXT NOT NULL REFERENCES periods (id),
  start_date TEXT NOT NULL,
  due_date TEXT NOT NULL,
  metric_kind TEXT NOT NULL,
  metric_name TEXT,
  metric_unit TEXT,
  metric_start DOUBLE PRECISION NOT NULL,
  metric_target DOUBLE PRECISION,
  risk_threshold DOUBLE PRECISION,
  metric_current DOUBLE PRECISION,
  phases TEXT NOT NULL,
  progress_mode TEXT NOT NULL,
  automatic_stopped INTEGER NOT NULL,
  new_children_contribute INTEGER NOT NULL,
  progress DOUBLE PRECISION,
  progress_unclamped DOUBLE PRECISION,
  status TEXT NOT NULL,
  automatic_status TEXT NOT NULL,
  status_is_manual INTEGER NOT NULL,
  score DOUBLE PRECISION,
  closing_note TEXT,
  closed_at BIGINT,
  closed_by TEXT REFERENCES users (id) ON DELETE SET NULL,
  committed INTEGER NOT NULL,
  scoring_guidance TEXT,
  visibility TEXT NOT NULL,
  align_restricted INTEGER NOT NULL,
  position DOUBLE PRECISION NOT NULL,
  child_count BIGINT NOT NULL,
  parent_count BIGINT NOT NULL,
  last_check_in_at BIGINT,
  last_source TEXT,
  external_id TEXT,
  source_extra TEXT,
  created_by TEXT REFERENCES users (id) ON DELETE SET NULL,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  deleted_at BIGINT,
  deleted_by TEXT REFERENCES users (id) ON DELETE SET NULL
);
CREATE UNIQUE INDEX goals_external ON goals (org_id, external_id);
CREATE INDEX goals_period ON goals (period_id);
CREATE INDEX goals_org_id ON goals (org_id, id);
CREATE INDEX goals_org_updated ON goals (org_id, updated_at, id);
CREATE INDEX goals_org_deleted ON goals (org_id, deleted_at, id);
CREATE INDEX goals_org_period_status ON goals (org_id, period_id, status, deleted_at);
CREATE INDEX goals_check_in_owner ON goals (check_in_owner_id, last_check_in_at);
CREATE INDEX goals_delegate ON goals (delegate_id);
CREATE INDEX goals_closed_by ON goals (closed_by);
CREATE INDEX goals_created_by ON goals (created_by);
CREATE INDEX goals_deleted_by ON goals (deleted_by);

-- Alignment: the child counts in the parent with the share; fixed marks one that was set by hand.
-- position orders the children under this parent; parent_position orders the child's parents (0: first).
CREATE TABLE alignments (
  parent_id TEXT NOT NULL REFERENCES goals (id) ON DELETE CASCADE,
  child_id TEXT NOT NULL REFERENCES goals (id) ON DELETE CASCADE,
  share DOUBLE PRECISION NOT NULL,
  fixed DOUBLE PRECISION,
  position DOUBLE PRECISION NOT NULL,
  parent_position BIGINT NOT NULL,
  PRIMARY KEY (parent_id, child_id)
);
CREATE INDEX alignments_order ON alignments (parent_id, position, child_id);
CREATE INDEX alignments_child ON alignments (child_id, parent_position);

CREATE TABLE goal_owners (
  goal_id TEXT NOT NULL REFERENCES goals (id) ON DELETE CASCADE,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  position BIGINT NOT NULL,
  PRIMARY KEY (goal_id, user_id)
);
CREATE INDEX goal_owners_user ON goal_owners (user_id, goal_id);

CREATE TABLE goal_teams (
  goal_id TEXT NOT NULL REFERENCES goals (id) ON DELETE CASCADE,
  team_id TEXT NOT NULL REFERENCES teams (id),
  position BIGINT NOT NULL,
  PRIMARY KEY (goal_id, team_id)
);
CREATE INDEX goal_teams_team ON goal_teams (team_id, goal_id);

CREATE TABLE goal_tags (
  goal_id TEXT NOT NULL REFERENCES goals (id) ON DELETE CASCADE,
  tag_id TEXT NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
  PRIMARY KEY (goal_id, tag_id)
);
CREATE INDEX goal_tags_tag ON goal_tags (tag_id, goal_id);

-- Named people of one goal: may_view, may_edit, may_align (goals §10.2, §10.3).
CREATE TABLE goal_access (
  goal_id TEXT NOT NULL REFERENCES goals (id) ON DELETE CASCADE,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  may_view INTEGER NOT NULL,
  may_edit INTEGER NOT NULL,
  may_align INTEGER NOT NULL,
  PRIMARY KEY (goal_id, user_id)
);
CREATE INDEX goal_access_user ON goal_access (user_id, goal_id);

-- One row for every page that lists a goal: page 'all' (Explorer; entity_id is the organisation), 'organization',
-- 'team', 'person'. top is 1 where no parent of the goal stands on the same page in the same period.
CREATE TABLE placements (
  page TEXT NOT NULL,
  entity_id TEXT NOT NULL,
  period_id TEXT NOT NULL REFERENCES periods (id),
  goal_id TEXT NOT NULL REFERENCES goals (id) ON DELETE CASCADE,
  top INTEGER NOT NULL,
  position DOUBLE PRECISION NOT NULL,
  PRIMARY KEY (page, entity_id, goal_id)
);
CREATE INDEX placements_list ON placements (page, entity_id, period_id, top, position, goal_id);
CREATE INDEX placements_flat ON placements (page, entity_id, period_id, position, goal_id);
CREATE INDEX placements_goal ON placements (goal_id);
CREATE INDEX placements_period ON placements (period_id);

CREATE TABLE tasks (
  id TEXT PRIMARY KEY,
  goal_id TEXT NOT NULL REFERENCES goals (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  owner_id TEXT REFERENCES users (id) ON DELETE SET NULL,
  due_date TEXT,
  weight DOUBLE PRECISION,
  done INTEGER NOT NULL,
  position DOUBLE PRECISION NOT NULL,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX tasks_goal ON tasks (goal_id, position, id);
CREATE INDEX tasks_owner ON tasks (owner_id);

-- at is the moment the value holds for (as_of); recorded_at the moment it was written down.
CREATE TABLE check_ins (
  id TEXT PRIMARY KEY,
  goal_id TEXT NOT NULL REFERENCES goals (id) ON DELETE CASCADE,
  author_id TEXT REFERENCES users (id) ON DELETE SET NULL,
  source TEXT NOT NULL,
  at BIGINT NOT NULL,
  recorded_at BIGINT NOT NULL,
  value DOUBLE PRECISION,
  progress DOUBLE PRECISION,
  status TEXT NOT NULL,
  status_is_manual INTEGER NOT NULL,
  progress_mode TEXT NOT NULL,
  automatic_stopped INTEGER NOT NULL,
  approximate INTEGER NOT NULL,
  note TEXT,
  external_id TEXT,
  source_extra TEXT,
  version BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  edited_at BIGINT
);
CREATE INDEX check_ins_goal ON check_ins (goal_id, at, id);
CREATE INDEX check_ins_author ON check_ins (author_id);
CREATE UNIQUE INDEX check_ins_external ON check_ins (goal_id, external_id);

-- How a goal stood after every change that moved it: the points of its graph, and any past day.
-- source: check_in, rollup, edit, import, close, reopen, daily.
CREATE TABLE history (
  goal_id TEXT NOT NULL REFERENCES goals (id) ON DELETE CASCADE,
  at BIGINT NOT NULL,
  id TEXT NOT NULL,
  value DOUBLE PRECISION,
  progress DOUBLE PRECISION,
  progress_unclamped DOUBLE PRECISION,
  status TEXT NOT NULL,
  source TEXT NOT NULL,
  check_in_id TEXT,
  PRIMARY KEY (goal_id, at, id)
);
CREATE INDEX history_check_in ON history (check_in_id);

CREATE TABLE comments (
  id TEXT PRIMARY KEY,
  goal_id TEXT NOT NULL REFERENCES goals (id) ON DELETE CASCADE,
  check_in_id TEXT REFERENCES check_ins (id) ON DELETE CASCADE,
  author_id TEXT REFERENCES users (id) ON DELETE SET NULL,
  body TEXT NOT NULL,
  external_id TEXT,
  source_extra TEXT,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  edited_at BIGINT
);
CREATE INDEX comments_goal ON comments (goal_id, created_at, id);
CREATE INDEX comments_check_in ON comments (check_in_id);
CREATE INDEX comments_author ON comments (author_id);
CREATE UNIQUE INDEX comments_external ON comments (goal_id, external_id);

-- Every change, in the transaction that made it: the audit log, and a goal's activity where goal_id stands.
CREATE TABLE activity (
  id TEXT PRIMARY KEY,
  org_id TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  actor_id TEXT REFERENCES users (id) ON DELETE SET NULL,
  via TEXT NOT NULL,
  kind TEXT NOT NULL,
  goal_id TEXT REFERENCES goals (id) ON DELETE SET NULL,
  subject_id TEXT,
  detail TEXT NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX activity_org ON activity (org_id, at, id);
CREATE INDEX activity_goal ON activity (goal_id, at, id);
CREATE INDEX activity_actor ON activity (actor_id);

CREATE TABLE imports (
  id TEXT PRIMARY KEY,
  org_id TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  created_by TEXT REFERENCES users (id) ON DELETE SET NULL,
  state TEXT NOT NULL,
  dry_run INTEGER NOT NULL,
  mapping TEXT NOT NULL,
  total BIGINT NOT NULL,
  done BIGINT NOT NULL,
  summary TEXT,
  error TEXT,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  finished_at BIGINT
);
CREATE INDEX imports_org ON imports (org_id, created_at, id);
CREATE INDEX imports_creator ON imports (created_by);

-- The uploaded bytes (base64 text, in slices) until the import is finished.
CREATE TABLE import_files (
  import_id TEXT NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  part BIGINT NOT NULL,
  content TEXT NOT NULL,
  PRIMARY KEY (import_id, name, part)
);

-- One line for every record read: what became of it, and of each field that was not simply kept.
CREATE TABLE import_lines (
  import_id TEXT NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
  line BIGINT NOT NULL,
  entity TEXT NOT NULL,
  source TEXT NOT NULL,
  title TEXT NOT NULL,
  outcome TEXT NOT NULL,
  subject_id TEXT,
  fields TEXT NOT NULL,
  PRIMARY KEY (import_id, line)
);
CREATE INDEX import_lines_outcome ON import_lines (import_id, outcome, line);

-- Answers given under an Idempotency-Key.
CREATE TABLE idempotency (
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  idempotency_key TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  status BIGINT,
  headers TEXT,
  body TEXT,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (user_id, idempotency_key)
);
CREATE INDEX idempotency_age ON idempotency (created_at);

CREATE TABLE jobs (
  id TEXT PRIMARY KEY,
  org_id TEXT REFERENCES organizations (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  dedup_key TEXT,
  payload TEXT NOT NULL,
  run_at BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  max_attempts BIGINT NOT NULL,
  locked_until BIGINT,
  locked_by TEXT,
  last_error TEXT,
  created_at BIGINT NOT NULL,
  finished_at BIGINT
);
CREATE INDEX jobs_due ON jobs (finished_at, run_at, id);
CREATE INDEX jobs_dedup ON jobs (kind, dedup_key, finished_at);
CREATE INDEX jobs_org ON jobs (org_id);
