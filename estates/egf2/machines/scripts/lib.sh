# shellcheck shell=bash
# What the steps share.
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8

fail() {
  echo "$(basename "$0" .sh): $*" >&2
  exit 1
}

# packages NAME...: from Debian, unless they are there.
packages() {
  local name missing=()
  for name; do
    [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || missing+=("$name")
  done
  [ "${#missing[@]}" = 0 ] && return
  apt-get update --quiet --quiet -o Acquire::Retries=5
  apt-get install --quiet --quiet --yes --no-install-recommends -o Acquire::Retries=5 "${missing[@]}"
}

# fetch URL SHA256 FILE: what hashes to something else is not kept.
fetch() {
  [[ $2 =~ ^[0-9a-f]{64}$ ]] || fail "$1 has no checksum: what is not verified is not installed"
  curl --silent --show-error --fail --location --proto-redir =https --retry 5 --retry-connrefused --max-time 900 --output "$3" "$1" ||
    fail "$1 cannot be downloaded: is there a way out, by a NAT gateway for instance?"
  echo "$2  $3" | sha256sum --check --quiet >/dev/null 2>&1 && return
  rm -f "$3"
  fail "$1 does not hash to $2: do not trust it before you know why"
}

# wait_for SECONDS COMMAND...: until it succeeds.
wait_for() {
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep "${POLL_SECONDS:-2}"
  done
}

# listens PORT [HOST]: somebody accepts connections there.
# shellcheck disable=SC2016
listens() { timeout 3 bash -c ': <"/dev/tcp/$1/$2"' listens "${2:-127.0.0.1}" "$1"; }

# The address that this machine has in its network.
private_address() { ip -4 route get 192.0.2.1 | sed -nE 's/.* src ([0-9.]+).*/\1/p'; }

# percent_of_memory N: in MB.
percent_of_memory() { awk -v percent="$1" '/^MemTotal:/ { printf "%d", $2 * percent / 102400 }' /proc/meminfo; }

# starts UNIT: enabled, and running what its files say now.
starts() {
  systemctl daemon-reload
  systemctl --quiet enable "$1"
  systemctl restart "$1"
}
