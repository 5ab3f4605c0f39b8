#!/bin/bash
# The Docker engine from Debian's packages, started at boot.
#   DOCKER_VERSION  upstream version; Debian's newest revision of it is taken
set -euo pipefail
: "${DOCKER_VERSION:?}"
export DEBIAN_FRONTEND=noninteractive

apt-get update --quiet --quiet
apt-get install --quiet --quiet --yes --no-install-recommends "docker.io=$DOCKER_VERSION*" ca-certificates
# Containers that write much must not fill the disk of a machine that nobody looks at, and one goes on when the engine restarts.
install -d /etc/docker
cat >/etc/docker/daemon.json <<'JSON'
{ "log-driver": "json-file", "log-opts": { "max-size": "50m", "max-file": "3" }, "live-restore": true }
JSON
systemctl enable containerd.service docker.service

# Test
version=$(dockerd --version | sed -E 's/^Docker version ([0-9.]+).*/\1/')
if [ "$version" != "$DOCKER_VERSION" ]; then
  echo "install-docker: Docker $version is installed, $DOCKER_VERSION is wanted" >&2
  exit 1
fi
docker --version >/dev/null
containerd --version >/dev/null
runc --version >/dev/null
getent group docker >/dev/null
systemctl --quiet is-enabled containerd.service docker.service
echo "docker: $version"
