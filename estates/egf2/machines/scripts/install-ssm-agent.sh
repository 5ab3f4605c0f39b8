#!/bin/bash
# Session Manager's agent: a shell, and commands, without ssh. Debian's images do not bring it, nor does Debian have it. No checksum is
# published, and the key that signs it is another one every other year: it comes by TLS from AWS, which runs the machine itself.
#   SSM_AGENT_VERSION, AWS_REGION
#   SSM_AGENT_SITE  where its versions lie (default: the region's own bucket of AWS)
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
: "${SSM_AGENT_VERSION:?}" "${AWS_REGION:?}"
url=${SSM_AGENT_SITE:-https://s3.$AWS_REGION.amazonaws.com/amazon-ssm-$AWS_REGION}/$SSM_AGENT_VERSION/debian_amd64/amazon-ssm-agent.deb

installed() { dpkg-query --show --showformat='${Version}' amazon-ssm-agent 2>/dev/null; }
is_it() { [ "${1%%-*}" = "$SSM_AGENT_VERSION" ]; }

if ! is_it "$(installed)"; then
  packages ca-certificates curl
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  curl --silent --show-error --fail --location --proto-redir =https --retry 5 --max-time 300 --output "$work/agent.deb" "$url" ||
    fail "$url cannot be downloaded: does the network's endpoint of S3 admit that bucket?"
  is_it "$(dpkg-deb --field "$work/agent.deb" Version)" || fail "$url is not version $SSM_AGENT_VERSION"
  dpkg --install "$work/agent.deb" >/dev/null
fi
starts amazon-ssm-agent.service

# Test
is_it "$(installed)" || fail "version $(installed) is installed instead of $SSM_AGENT_VERSION"
systemctl --quiet is-active amazon-ssm-agent.service || fail 'it does not run: journalctl -u amazon-ssm-agent says why'
echo "ssm-agent: $SSM_AGENT_VERSION"
