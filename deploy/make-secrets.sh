#!/bin/sh
# Makes the files of secrets/ that are random, never over an existing one. The two of TLS are yours to add.
# The folder is for its owner only; the files are readable in it, because each container reads them as another user.
set -eu
mkdir -p -m 700 secrets
chmod 700 secrets

write() { # write NAME: standard input to secrets/NAME
  [ -e "secrets/$1" ] && cat >/dev/null && return
  cat >"secrets/$1.new"
  chmod 444 "secrets/$1.new"
  mv "secrets/$1.new" "secrets/$1"
}

random() {
  od -An -N48 -tx1 /dev/urandom | tr -d ' \n'
}

for name in secret_key contact_pepper database_password_owner database_password_public; do
  random | write "$name"
done
printf 'postgresql://starkestelle:%s@database/starkestelle' "$(cat secrets/database_password_owner)" | write database_url_owner
printf 'postgresql://starkestelle_public:%s@database/starkestelle' "$(cat secrets/database_password_public)" | write database_url_public
