#!/bin/bash
# After a run of a unit of systemd: tells people when it failed, and once when it is well again.
#   told.sh WHAT        as ExecStopPost; problems that the run has written to its runtime directory are said, too
set -euo pipefail
: "${SERVICE_RESULT:?}" "${STATE_DIRECTORY:?}" "${RUNTIME_DIRECTORY:?}"
alert=$(dirname "$(readlink -f "$0")")/alert.sh
if [ "$SERVICE_RESULT" = success ]; then exec "$alert" "$STATE_DIRECTORY/alert" ok; fi
said=
if [ -s "$RUNTIME_DIRECTORY/problems" ]; then said=$(sed -z 's/\n$//; s/\n/; /g' "$RUNTIME_DIRECTORY/problems"); fi
exec "$alert" "$STATE_DIRECTORY/alert" bad "$1: ${said:-it ended with $SERVICE_RESULT}"
