-- The teams directly below a team by name: the navigation of every page asks for them.
CREATE INDEX teams_below ON teams (org_id, parent_id, name_key, id);

-- Most points of a graph are of no check-in, and nobody looks for those by it.
DROP INDEX history_check_in;
CREATE INDEX history_check_in ON history (check_in_id) WHERE check_in_id IS NOT NULL;
