#!/bin/bash
# The launcher, /opt/launcher.js, from the config bucket. Needs Node.
#   LAUNCHER_BUCKET, LAUNCHER_SHA256, AWS_REGION  it is launcher/<sha256>.js there
#   LAUNCHER, S3_ENDPOINT, WAIT_SECONDS  (default: /opt/launcher.js, AWS's, 120)
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
: "${LAUNCHER_BUCKET:?}" "${LAUNCHER_SHA256:?}" "${AWS_REGION:?}"
file=${LAUNCHER:-/opt/launcher.js}
object=s3://$LAUNCHER_BUCKET/launcher/$LAUNCHER_SHA256.js

is_it() { echo "$LAUNCHER_SHA256  $1" | sha256sum --check --quiet >/dev/null 2>&1; }

if ! is_it "$file"; then
  packages awscli ca-certificates
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  copy=(aws ${S3_ENDPOINT:+--endpoint-url "$S3_ENDPOINT"} --region "$AWS_REGION" s3api get-object
    --bucket "$LAUNCHER_BUCKET" --key "launcher/$LAUNCHER_SHA256.js" "$work/launcher.js")
  # The role and the endpoint's policy may be seconds younger than the machine.
  wait_for "${WAIT_SECONDS:-120}" "${copy[@]}" || fail "$object cannot be read: $("${copy[@]}" 2>&1 | tail -n 1)"
  is_it "$work/launcher.js" || fail "$object does not hash to its own name: do not trust it before you know why"
  install -m 644 "$work/launcher.js" "$file"
fi

# Test
is_it "$file" || fail "$file does not hash to $LAUNCHER_SHA256"
/usr/local/bin/node --check "$file"
echo "launcher: $LAUNCHER_SHA256"
