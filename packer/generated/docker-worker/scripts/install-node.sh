#!/bin/bash
# Node from its release archive into /usr/local.
#   NODE_VERSION, NODE_URL, NODE_SHA256  the release, its archive and what that must hash to
set -euo pipefail
: "${NODE_VERSION:?}" "${NODE_URL:?}" "${NODE_SHA256:?an archive without a checksum is not installed}"

if [ "$(/usr/local/bin/node --version 2>/dev/null)" != "v$NODE_VERSION" ]; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  curl --silent --show-error --fail --location --retry 3 --output "$work/node.tar" "$NODE_URL"
  echo "$NODE_SHA256  $work/node.tar" | sha256sum --check --quiet
  # Files that a newer npm no longer has would stay and be loaded.
  rm -rf /usr/local/lib/node_modules/npm /usr/local/include/node
  tar --extract --file "$work/node.tar" --directory /usr/local --strip-components=1 --no-same-owner --exclude='*/*.md' --exclude='*/LICENSE'
fi

# Test
version=$(/usr/local/bin/node --print 'process.version')
if [ "$version" != "v$NODE_VERSION" ]; then
  echo "install-node: Node $version is installed, v$NODE_VERSION is wanted" >&2
  exit 1
fi
echo "node: $version, npm $(PATH=/usr/local/bin:$PATH npm --version)"
