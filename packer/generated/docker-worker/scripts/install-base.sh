#!/bin/bash
# What every image starts from: package sources that answer, and the packages that later scripts build upon.
#   BASE_PACKAGES  packages to install (default: what it takes to build Python from source)
#   APT_MIRROR     roots of Debian mirrors, tried in this order; setting it replaces the sources of the source image
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive

packages=(
  build-essential ca-certificates curl libbz2-dev libffi-dev liblzma-dev libncurses-dev libreadline-dev
  libsqlite3-dev libssl-dev pkg-config uuid-dev xz-utils zlib1g-dev
)
if [ -n "${BASE_PACKAGES:-}" ]; then
  read -ra packages <<<"$BASE_PACKAGES"
fi
# shellcheck source=/dev/null
codename=$(. /etc/os-release && echo "$VERSION_CODENAME")

# Prints the sources line of the first mirror that has the suite.
source_of() { # path below the mirror, suite
  local mirror
  for mirror in ${APT_MIRROR:-http://deb.debian.org http://archive.debian.org}; do
    if /usr/lib/apt/apt-helper download-file "$mirror/$1/dists/$2/Release" "$probe/Release" >/dev/null 2>&1; then
      # An archived release is signed but no longer renewed: its date says nothing.
      echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg check-valid-until=no] $mirror/$1 $2 main"
      return
    fi
  done
  echo "install-base: no mirror serves $1 $2: set APT_MIRROR to one that does" >&2
  return 1
}

replace_sources() {
  probe=$(mktemp -d)
  chmod 755 "$probe" # apt downloads as a user of its own
  {
    source_of debian "$codename"
    source_of debian-security "$codename-security"
  } >"$probe/sources.list"
  rm -f /etc/apt/sources.list.d/debian.sources
  install -m 644 "$probe/sources.list" /etc/apt/sources.list
  rm -rf "$probe"
  apt-get update --quiet --quiet
}

if [ -n "${APT_MIRROR:-}" ]; then
  replace_sources
elif ! apt-get update --quiet --quiet; then
  # Debian 11 left long-term support in August 2026; one day the mirrors drop it and only the archive has it.
  if [ "$codename" != bullseye ]; then
    echo "install-base: apt-get update failed on $codename" >&2
    exit 1
  fi
  replace_sources
fi

apt-get install --quiet --quiet --yes --no-install-recommends "${packages[@]}"

# Test
for package in "${packages[@]}"; do
  status=$(dpkg-query --show --showformat='${db:Status-Status}' "$package")
  if [ "$status" != installed ]; then
    echo "install-base: $package is $status" >&2
    exit 1
  fi
done
echo "base: ${#packages[@]} packages installed on Debian $codename"
