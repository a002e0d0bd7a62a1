#!/bin/sh
# What has to be done regularly. Each task runs once in its period, also after the machine was off; one that fails is
# tried again. What was done when stands in SCHEDULE_DIR, so that a restart does nothing twice.
set -u
: "${SCHEDULE_DIR:?}"
mkdir -p "$SCHEDULE_DIR" || exit
# without a place for what was done, everything would be done again and again
[ -w "$SCHEDULE_DIR" ] || { echo "scheduler: $SCHEDULE_DIR cannot be written" >&2; exit 1; }

done_in() { # done_in PERIOD COMMAND ...: run manage.py COMMAND unless it was done in this period
  period=$1
  shift
  stamp="$SCHEDULE_DIR/$1"
  [ "$(cat "$stamp" 2>/dev/null)" = "$period" ] && return
  python manage.py "$@"
  code=$?
  # check_links ends with 1 when it has found something broken: that is a result, no failure
  if [ "$code" = 0 ] || { [ "$1" = check_links ] && [ "$code" = 1 ]; }; then
    echo "$period" >"$stamp"
  else
    echo "scheduler: $1 failed with code $code and will be tried again" >&2
  fi
}

every_hour() {
  done_in "$(date +%Y-%m-%dT%H)" purge
}

every_day_and_month() {
  done_in "$(date +%Y-%m)" contact_keys rotate
  done_in "$(date +%Y-%m)" take_snapshot
  done_in "$(date +%Y-%m-%d)" confirmation_round
  done_in "$(date +%Y-%m-%d)" check_links
}

if [ "${1:-}" = --once ]; then # for tests, and by hand
  every_hour
  every_day_and_month
  exit
fi

trap 'trap "" TERM; kill 0; exit' TERM INT
# by itself, because the promise to delete must not wait for slow websites
while :; do every_hour; sleep 60; done &
while :; do every_day_and_month; sleep 900; done &
wait
