#!/bin/sh
# Runs once, when the database is made: the role of the public process, which may do nothing yet.
# Its rights come from `manage.py database_roles`, after every migration.
set -eu
psql --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname="$POSTGRES_DB" \
  --set=password="$(cat /run/secrets/database_password_public)" <<'SQL'
CREATE ROLE starkestelle_public LOGIN PASSWORD :'password';
REVOKE ALL ON DATABASE starkestelle FROM PUBLIC;
GRANT CONNECT ON DATABASE starkestelle TO starkestelle_public;
SQL
