-- How far the filling of a goal's graph from its data source is: weeks that were read of those that there are.
CREATE TABLE link_fills (
  goal_id TEXT PRIMARY KEY REFERENCES goals (id) ON DELETE CASCADE,
  total BIGINT NOT NULL,
  done BIGINT NOT NULL,
  error TEXT,
  updated_at BIGINT NOT NULL
);
