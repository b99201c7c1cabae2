-- Integrations that whoever runs this server does not allow: none of them works anywhere, whatever an organisation has switched on.
CREATE TABLE forbidden_integrations (
  kind TEXT PRIMARY KEY
);
