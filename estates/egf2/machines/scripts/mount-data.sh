#!/bin/bash
# The volume that holds the data, mounted. It is formatted when it is empty to its last sign, and never otherwise.
#   DEVICE  the name that it is attached by, such as /dev/sdf
#   FOLDER  where it is mounted
#   ATTACH_SECONDS  how long to wait for it (default: 600)
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
: "${DEVICE:?}" "${FOLDER:?}"
packages e2fsprogs nvme-cli

# Prints the kernel's name of the volume: the same, xvd for sd, or an NVMe device that says in its vendor's bytes what it is attached as.
find_volume() {
  local device name
  for device in "$DEVICE" "/dev/xvd${DEVICE#/dev/sd}"; do
    if [ -b "$device" ]; then
      echo "$device"
      return
    fi
  done
  for device in /dev/nvme*n1; do
    [ -b "$device" ] || continue
    name=$(nvme id-ctrl --raw-binary "$device" 2>/dev/null | tail --bytes=+3073 | head --bytes=32 | tr -d '\0 ') || continue
    if [ "/dev/${name#/dev/}" = "$DEVICE" ]; then
      echo "$device"
      return
    fi
  done
  return 1
}

wait_for "${ATTACH_SECONDS:-600}" find_volume || fail "no volume is attached as $DEVICE: attach it, then run this again"
volume=$(find_volume)

# Whatever leaves a sign counts: a file system, a partition table, LVM, an encrypted volume.
signs=$(wipefs --no-act --noheadings --output TYPE "$volume" | sort --unique | paste --serial --delimiters ' ')
if [ -z "$signs" ]; then
  cmp --quiet --bytes=$((16 * 1024 * 1024)) "$volume" /dev/zero ||
    fail "$volume holds no file system, but it is not empty: look what it is, nothing was written"
  mkfs.ext4 -q -m 1 -L egf2-data "$volume"
elif [ "$signs" != ext4 ]; then
  fail "$volume holds $signs and not ext4: look what it is, nothing was written"
fi

uuid=$(blkid --probe --output value --match-tag UUID "$volume")
# Without the volume the machine starts all the same, and its databases do not: they would fill the root's disk.
line="UUID=$uuid $FOLDER ext4 defaults,noatime,nofail 0 2"
if ! grep --quiet --line-regexp --fixed-strings "$line" /etc/fstab; then
  sed --in-place "\\# $FOLDER ext4 #d" /etc/fstab
  echo "$line" >>/etc/fstab
  systemctl daemon-reload
fi
mkdir -p "$FOLDER"
# By its device: told of a UUID that is not known yet, mount does nothing and calls that well, for that is what nofail means.
mountpoint --quiet "$FOLDER" || mount --types ext4 --options noatime "$volume" "$FOLDER"
resize2fs "$volume" >/dev/null # a volume that was made larger

# Test
mounted=$(findmnt --noheadings --output MAJ:MIN --mountpoint "$FOLDER" | tr -d ' ' || true)
[ "$mounted" = "$(stat --format %Hr:%Lr "$volume")" ] || fail "$FOLDER is ${mounted:-nothing}, $volume is wanted"
probe=$(mktemp --tmpdir="$FOLDER" .writable.XXXXXX)
rm "$probe"
echo "data: $volume, $uuid, in $FOLDER"
