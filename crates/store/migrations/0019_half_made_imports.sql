-- An import writes in parts: while this is 1, its lines say what it has made so far, and what has to be taken back if it ends early.
ALTER TABLE imports ADD COLUMN half_made INTEGER NOT NULL DEFAULT 0;
