-- The people whom a team's own rule names for the creation of its goals (teams.goal_creation = 'named').
CREATE TABLE team_creators (
  team_id TEXT NOT NULL REFERENCES teams (id) ON DELETE CASCADE,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  PRIMARY KEY (team_id, user_id)
);
CREATE INDEX team_creators_user ON team_creators (user_id);

-- The audit log by one person, and by one kind of change.
DROP INDEX activity_actor;
CREATE INDEX activity_actor ON activity (actor_id, org_id, at, id);
CREATE INDEX activity_kind ON activity (org_id, kind, at, id);
