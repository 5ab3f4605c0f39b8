#!/bin/bash
# The systemd unit that starts the worker agent, /opt/worker/main.js. The agent is added to the image after this; until
# then the unit is enabled and does nothing. Needs Docker and Node.
set -euo pipefail

if ! getent passwd worker >/dev/null; then
  useradd --system --no-create-home --home-dir /var/lib/worker --shell /usr/sbin/nologin --comment 'worker agent' worker
fi
usermod --append --groups docker worker
install -d /opt/worker

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
runuser -u worker -- test -x /usr/local/bin/node
id --name --groups worker | grep --quiet --word-regexp docker
echo 'worker: unit enabled, starts /opt/worker/main.js once that is there'
