#!/bin/bash
# Debian's mirrors by https: what the packages are signed for says nothing about who sees them, and these machines have no other way out.
#   APT_FOLDER  (default: /etc/apt)
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
folder=${APT_FOLDER:-/etc/apt}
# cloud-init must not write them anew.
if [ -d /etc/cloud/cloud.cfg.d ]; then echo 'apt: { preserve_sources_list: true }' >/etc/cloud/cloud.cfg.d/90-egf2-apt.cfg; fi
find "$folder" -type f \( -name '*.list' -o -name '*.sources' \) -exec sed --in-place --regexp-extended '/^[^#]/s,http://,https://,' {} +
packages ca-certificates curl # what the next steps download with

# Test
if plain=$(grep --recursive --include='*.list' --include='*.sources' --extended-regexp '^[^#]*http://' "$folder"); then fail "a mirror is still asked in the clear: $plain"; fi
echo "mirrors: by https"
