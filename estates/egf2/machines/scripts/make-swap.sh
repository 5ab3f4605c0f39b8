#!/bin/bash
# A swap file: 1 GB of memory is not enough to install the services' dependencies.
#   SWAP_MB    its size
#   SWAP_FILE  where it is (default: /swapfile)
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
: "${SWAP_MB:?}"
file=${SWAP_FILE:-/swapfile}
bytes=$((SWAP_MB * 1024 * 1024))

in_use() { swapon --show=NAME --noheadings | grep --quiet --line-regexp --fixed-strings "$file"; }

if [ "$(stat --format %s "$file" 2>/dev/null)" != "$bytes" ]; then
  if in_use; then swapoff "$file"; fi
  rm -f "$file"
  (umask 077 && fallocate --length "$bytes" "$file")
fi
chmod 600 "$file"
if ! in_use; then
  [ "$(blkid --probe --output value --match-tag TYPE "$file" || true)" = swap ] || mkswap "$file" >/dev/null
  swapon "$file"
fi
grep --quiet "^$file " /etc/fstab || echo "$file none swap sw 0 0" >>/etc/fstab
# Only what is not in use goes there.
echo 'vm.swappiness = 10' >/etc/sysctl.d/60-egf2-swap.conf
sysctl --quiet --load=/etc/sysctl.d/60-egf2-swap.conf

# Test
size=$(swapon --show=NAME,SIZE --bytes --noheadings | awk -v file="$file" '$1 == file { print $2 }')
[ "${size:-0}" -ge $((bytes - 65536)) ] || fail "$file has ${size:-0} bytes in use, $bytes are wanted"
echo "swap: $SWAP_MB MB in $file"
