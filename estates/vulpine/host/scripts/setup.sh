#!/bin/bash
# Sets a host up: admin's login, ssh, upgrades by itself, the Docker engine. Runs once, at the first start; may be run again at any time:
# what is there already stays. Ends in its own test.
#   ADMIN                        admin's user name; gets the keys that root has
#   FOLDERS                      root's folders that containers mount
#   PACKAGES                     Debian packages beside the engine's
#   UNITS                        units of systemd that start now, and with the host
#   DOCKER_MAJOR, DOCKER_KEY_FINGERPRINT
#   DOCKER_REPOSITORY            (default: Docker's own)
set -euo pipefail
: "${ADMIN:?}" "${FOLDERS:?}" "${PACKAGES:?}" "${UNITS:?}" "${DOCKER_MAJOR:?}" "${DOCKER_KEY_FINGERPRINT:?}"
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
repository=${DOCKER_REPOSITORY:-https://download.docker.com/linux/debian}

fail() {
  echo "setup: $*" >&2
  exit 1
}

# Admin logs in by key, and root does not log in any more.
if ! id -u "$ADMIN" >/dev/null 2>&1; then useradd --create-home --shell /bin/bash "$ADMIN"; fi
home=$(getent passwd "$ADMIN" | cut -d: -f6)
install -d -m 700 -o "$ADMIN" -g "$ADMIN" "$home/.ssh"
if [ ! -s "$home/.ssh/authorized_keys" ]; then
  [ -s /root/.ssh/authorized_keys ] || fail 'root has no keys: nobody could log in'
  install -m 600 -o "$ADMIN" -g "$ADMIN" /root/.ssh/authorized_keys "$home/.ssh/authorized_keys"
fi
printf '%s ALL=(ALL) NOPASSWD: ALL\n' "$ADMIN" >/etc/sudoers.d/90-admin.new
chmod 440 /etc/sudoers.d/90-admin.new
visudo --check --quiet --file=/etc/sudoers.d/90-admin.new
mv /etc/sudoers.d/90-admin.new /etc/sudoers.d/90-admin
sshd -t
systemctl reload ssh

# Forwarding turns router advertisements off, and with them the host's own way out: accept_ra = 2 keeps it.
sysctl --quiet --system

apt-get update --quiet --quiet -o Acquire::Retries=5
# shellcheck disable=SC2086 # a list of words
apt-get install --quiet --quiet --yes --no-install-recommends -o Acquire::Retries=5 $PACKAGES

# The engine of Docker's own packages: Debian's has no routed IPv6.
install -d -m 755 /etc/apt/keyrings
curl --silent --show-error --fail --location --proto-redir =https --retry 5 --max-time 120 --output /etc/apt/keyrings/docker.asc "$repository/gpg"
GNUPGHOME=$(mktemp -d)
export GNUPGHOME
trap 'rm -rf "$GNUPGHOME"' EXIT
gpg --batch --quiet --import /etc/apt/keyrings/docker.asc
keys=$(gpg --batch --with-colons --list-keys | awk -F: '$1 == "pub" { wanted = 1 } $1 == "fpr" && wanted { print $10; wanted = 0 }')
[ "$keys" = "$DOCKER_KEY_FINGERPRINT" ] || fail "$repository/gpg is not Docker's key: do not trust it before you know why"
# shellcheck source=/dev/null
codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
echo "deb [signed-by=/etc/apt/keyrings/docker.asc] $repository $codename stable" >/etc/apt/sources.list.d/docker.list
printf 'Package: docker-ce docker-ce-cli\nPin: version 5:%s.*\nPin-Priority: 1001\n' "$DOCKER_MAJOR" >/etc/apt/preferences.d/docker
apt-get update --quiet --quiet -o Acquire::Retries=5
apt-get install --quiet --quiet --yes --no-install-recommends -o Acquire::Retries=5 docker-ce docker-ce-cli containerd.io
usermod --append --groups docker "$ADMIN"
systemctl --quiet enable --now docker.service unattended-upgrades.service

# What containers mount is there before they are, and root's.
for folder in $FOLDERS; do install -d -m 700 "$folder"; done
for file in /etc/tmpfiles.d/vulpine-*.conf; do [ ! -e "$file" ] || systemd-tmpfiles --create "$file"; done

systemctl daemon-reload
for unit in $UNITS; do systemctl --quiet enable --now "$unit"; done

# Test
version=$(docker version --format '{{.Server.Version}}')
[ "${version%%.*}" = "$DOCKER_MAJOR" ] || fail "Docker $version is installed, $DOCKER_MAJOR is wanted"
docker info --format '{{.LoggingDriver}}' | grep --quiet '^json-file$'
[ "$(sysctl --values net.ipv6.conf.all.forwarding)" = 1 ] || fail 'IPv6 is not forwarded'
sudo --user="$ADMIN" sudo --non-interactive true
sudo --user="$ADMIN" --login docker version >/dev/null
sshd -T | grep --quiet '^permitrootlogin no$'
sshd -T | grep --quiet '^passwordauthentication no$'
for unit in docker.service unattended-upgrades.service $UNITS; do systemctl --quiet is-enabled "$unit" || fail "$unit is not enabled"; done
echo "host: Docker $version"
