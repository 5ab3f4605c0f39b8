#!/bin/sh
# All that the key of a backed-up host may do here: add files to incoming, and ask what is kept.
#   receive.sh FOLDER
set -eu
umask 077
case ${SSH_ORIGINAL_COMMAND:-} in
status) exec cat "$1/status" ;;
*) exec rrsync -wo -no-del -no-lock -munge "$1/incoming" ;;
esac
