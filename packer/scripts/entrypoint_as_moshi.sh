#!/bin/bash
# The media server in the foreground, as the user moshi: systemd runs this (entrypoint.sh) and restarts it.
set -eu

cd /home/moshi
# shellcheck source=/dev/null
. /home/moshi/.pyenv/versions/moshi/bin/activate
# One worker, one thread: a call's audio and its state live in the memory of one process.
exec gunicorn main:app --bind :8080 --workers 1 --threads 1 --timeout 30 --worker-class uvicorn.workers.UvicornWorker
