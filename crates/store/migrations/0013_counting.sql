-- The counts at the foot of Explorer come from this index alone: status by status, first of the goals that everyone sees.
DROP INDEX goals_org_period_status;
CREATE INDEX goals_count ON goals (org_id, period_id, visibility, deleted_at, status);
