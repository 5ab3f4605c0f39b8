#!/bin/bash
# Google's ops agent (metrics and logs of the machine) from its apt repository, trusted by one pinned key.
#   OPS_AGENT_MAJOR            major version, part of the suite's name
#   OPS_AGENT_REPOSITORY       address of the apt repository
#   OPS_AGENT_KEY_URL          where its keys are
#   OPS_AGENT_KEY_FINGERPRINT  the one of them that is trusted
set -euo pipefail
: "${OPS_AGENT_MAJOR:?}" "${OPS_AGENT_REPOSITORY:?}" "${OPS_AGENT_KEY_URL:?}" "${OPS_AGENT_KEY_FINGERPRINT:?}"
export DEBIAN_FRONTEND=noninteractive

# shellcheck source=/dev/null
codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
keyring=/usr/share/keyrings/google-cloud-ops-agent.gpg

apt-get update --quiet --quiet
apt-get install --quiet --quiet --yes --no-install-recommends ca-certificates curl gnupg

GNUPGHOME=$(mktemp -d)
export GNUPGHOME
trap 'rm -rf "$GNUPGHOME"' EXIT
curl --silent --show-error --fail --location --retry 3 --output "$GNUPGHOME/keys" "$OPS_AGENT_KEY_URL"
gpg --quiet --batch --import "$GNUPGHOME/keys"
if ! gpg --quiet --batch --list-keys "$OPS_AGENT_KEY_FINGERPRINT" >/dev/null 2>&1; then
  echo "install-ops-agent: $OPS_AGENT_KEY_URL has no key $OPS_AGENT_KEY_FINGERPRINT: do not trust it before you know why" >&2
  exit 1
fi
# Only this key: whatever else the address serves may not sign for us.
gpg --quiet --batch --yes --output "$keyring" --export "$OPS_AGENT_KEY_FINGERPRINT"
chmod 644 "$keyring"

echo "deb [signed-by=$keyring] $OPS_AGENT_REPOSITORY google-cloud-ops-agent-$codename-$OPS_AGENT_MAJOR main" \
  >/etc/apt/sources.list.d/google-cloud-ops-agent.list
apt-get update --quiet --quiet
apt-get install --quiet --quiet --yes --no-install-recommends "google-cloud-ops-agent=$OPS_AGENT_MAJOR.*"

# What services say is in the journal; its own default reads files that Debian 12 does not write. Machine metrics would need another role.
install -d /etc/google-cloud-ops-agent
cat >/etc/google-cloud-ops-agent/config.yaml <<'YAML'
logging:
  receivers:
    journal: { type: systemd_journald }
  service:
    pipelines:
      default_pipeline: { receivers: [journal] }
metrics:
  service:
    pipelines:
      default_pipeline: { receivers: [] }
YAML

# Test
version=$(dpkg-query --show --showformat='${Version}' google-cloud-ops-agent)
systemctl --quiet is-enabled google-cloud-ops-agent.service
echo "ops agent: $version"
