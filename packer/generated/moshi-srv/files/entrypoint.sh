#!/bin/sh
# Start script of a moshi media server, run as root at every boot: hands what the machine knows of itself to the server
# that the moshi-srv image brings, and keeps that server running as the user moshi.
set -eu

metadata() {
  curl --silent --show-error --fail --retry 5 --retry-connrefused --header 'Metadata-Flavor: Google' \
    "http://metadata.google.internal/computeMetadata/v1/$1"
}

project=$(metadata project/project-id)
environment=$(metadata instance/attributes/environment)

systemctl reset-failed moshi-srv.service 2>/dev/null || true
systemctl stop moshi-srv.service 2>/dev/null || true
systemd-run --unit=moshi-srv --description='moshi media server' --uid=moshi --working-directory=/home/moshi \
  --property=Restart=always --property=RestartSec=5 \
  --setenv=HOME=/home/moshi --setenv="GOOGLE_PROJECT_ID=$project" --setenv="MOSHI_ENVIRONMENT=$environment" \
  --setenv=MOSHILOGSTDOUT=1 --setenv=MOSHILOGCLOUD=1 \
  /home/moshi/entrypoint_as_moshi.sh
