-- Until when the other system asked not to be called by this connection: for every node, and after a restart.
ALTER TABLE connections ADD COLUMN quiet_until BIGINT;
