#!/bin/bash
# What a cluster's job does: makes its key when it has none, ships, and looks how old the newest copies are, whatever became of that.
#   VULPINE_BACKUP   settings (default: /opt/vulpine-backup/settings), with HEARTBEAT, the file with the URL, and SHIP_SECONDS, which shipping may take
set -uo pipefail
settings=${VULPINE_BACKUP:-/opt/vulpine-backup/settings}
# shellcheck source=/dev/null
. "$settings"
: "${FOLDER:?}" "${HEARTBEAT:?}" "${SHIP_SECONDS:?}"
programs=$(dirname "$(readlink -f "$0")")
umask 077
mkdir -p "$FOLDER" || exit 1

# It never leaves the disk, and is not made anew when a run ends in the middle of this.
if [ ! -s "$FOLDER/key" ]; then
  rm -f "$FOLDER/key.new" "$FOLDER/key.new.pub"
  ssh-keygen -q -t ed25519 -N '' -C vulpine-backup -f "$FOLDER/key.new" &&
    mv "$FOLDER/key.new.pub" "$FOLDER/key.pub" && mv "$FOLDER/key.new" "$FOLDER/key" || exit 1
fi
ln -sfn "$HEARTBEAT" "$FOLDER/HEARTBEAT_URL" || exit 1

status=0
if ! timeout --kill-after=30 "$SHIP_SECONDS" "$programs/ship.sh"; then
  status=1
  echo "backup: nothing was shipped; the off-site host must know this job's key: $(cat "$FOLDER/key.pub")" >&2
fi
"$programs/check.sh" || status=1
exit "$status"
