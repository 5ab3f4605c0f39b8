#!/bin/bash
# The worker agent, /opt/worker/main.js, and the systemd unit that starts it. Needs Docker and Node.
#   AGENT  the agent's bundle
set -euo pipefail
: "${AGENT:?}"

if ! getent passwd worker >/dev/null; then
  useradd --system --no-create-home --home-dir /var/lib/worker --shell /usr/sbin/nologin --comment 'worker agent' worker
fi
usermod --append --groups docker worker
install -d /opt/worker
install -m 644 "$AGENT" /opt/worker/main.js

# The machine lives for one task, from an image that is as new as its last bake: an upgrade in the middle would restart Docker.
systemctl mask apt-daily.timer apt-daily-upgrade.timer unattended-upgrades.service
apt-mark hold docker.io containerd runc >/dev/null

cat >/etc/systemd/system/worker.service <<'UNIT'
[Unit]
Description=Worker agent: runs the one task that this machine exists for
ConditionPathExists=/opt/worker/main.js
# Wanted, not required: an agent that finds no Docker reports that; one that was never started reports nothing.
Wants=network-online.target docker.service
After=network-online.target docker.service
StartLimitIntervalSec=0

[Service]
ExecStart=/usr/local/bin/node /opt/worker/main.js
User=worker
StateDirectory=worker
WorkingDirectory=/var/lib/worker
Environment=NODE_ENV=production
Restart=on-failure
RestartSec=5
# Google gives a preempted machine 30 seconds: the agent stops its container and reports in them.
TimeoutStopSec=25
KillMode=mixed
NoNewPrivileges=yes
ProtectSystem=full
ProtectHome=yes

[Install]
WantedBy=multi-user.target
UNIT
systemctl enable worker.service

# Test
systemd-analyze verify /etc/systemd/system/worker.service
systemctl --quiet is-enabled worker.service
if [ "$(systemctl is-enabled apt-daily-upgrade.timer)" != masked ]; then
  echo 'install-worker: upgrades are not masked' >&2
  exit 1
fi
runuser -u worker -- test -x /usr/local/bin/node
id --name --groups worker | grep --quiet --word-regexp docker
runuser -u worker -- /usr/local/bin/node /opt/worker/main.js --help >/dev/null
echo 'worker: unit enabled, starts /opt/worker/main.js'
