#!/bin/bash
# The system user that the media server runs as. Nobody logs in as moshi.
set -euo pipefail

if ! getent passwd moshi >/dev/null; then
  useradd --system --create-home --home-dir /home/moshi --shell /usr/sbin/nologin --comment 'moshi media server' moshi
fi
chmod 755 /home/moshi # the start script, which is root, and the health checks look into it

# Test
IFS=: read -r _ _ uid _ _ home shell < <(getent passwd moshi)
if [ "$uid" -ge 1000 ] || [ "$home" != /home/moshi ] || [ "$shell" != /usr/sbin/nologin ]; then
  echo "create-moshi-user: there is another moshi: uid $uid, home $home, shell $shell" >&2
  exit 1
fi
runuser -u moshi -- test -w /home/moshi
echo "user: moshi, uid $uid, $home"
