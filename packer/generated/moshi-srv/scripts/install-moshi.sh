#!/bin/bash
# The moshi server from the project's package registry into the virtualenv `moshi`, and what starts it.
#   PYPI_URL                                 address of the registry's simple index
#   MOSHI_VERSION                            which moshi (default: the newest)
#   KEYRING_VERSION, KEYRING_GOOGLE_VERSION  what signs in to the registry as the machine's service account
#   FILES                                    folder with entrypoint.sh and entrypoint_as_moshi.sh (default: /tmp/moshi)
#   SERVICE_ACCOUNT                          named when the registry refuses (default: asked from the metadata server)
set -euo pipefail
: "${PYPI_URL:?}" "${KEYRING_VERSION:?}" "${KEYRING_GOOGLE_VERSION:?}"
files=${FILES:-/tmp/moshi}
home=/home/moshi
bin=$home/.pyenv/versions/moshi/bin

# Without a terminal pip asks the keyring only when told to.
export HOME=$home PIP_NO_INPUT=1 PIP_KEYRING_PROVIDER=import PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_PROGRESS_BAR=off
as_moshi() { (cd "$home" && runuser -u moshi -- "$@"); }

service_account() {
  echo "${SERVICE_ACCOUNT:-$(curl --silent --fail --max-time 5 --header 'Metadata-Flavor: Google' \
    http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/email || echo 'of this machine')}"
}

# The address may carry a password: what is shown never does.
registry=$(sed -E 's#//[^/@]*@#//#' <<<"$PYPI_URL")

work=$(as_moshi mktemp -d)
trap 'rm -rf "$work"' EXIT

as_moshi "$bin/pip" install --quiet "keyring==$KEYRING_VERSION" "keyrings.google-artifactregistry-auth==$KEYRING_GOOGLE_VERSION"
as_moshi "$bin/keyring" --list-backends | grep --quiet --fixed-strings GooglePythonAuth

# moshi comes from our registry alone: were it one index of two, a package of that name on the public one could win.
# Only at -vv does pip say what the registry answered.
if ! as_moshi "$bin/pip" download -vv --no-deps --only-binary :all: --index-url "$PYPI_URL" --dest "$work" \
  "moshi${MOSHI_VERSION:+==$MOSHI_VERSION}" >"$work/log" 2>&1; then
  if grep --quiet --extended-regexp '\b(401|403) (Client )?Error' "$work/log"; then
    echo "install-moshi: $registry refused service account $(service_account): it needs roles/artifactregistry.reader on that repository" >&2
  else
    grep '^ *ERROR' "$work/log" >&2 || tail -n 20 "$work/log" >&2
    echo "install-moshi: no moshi ${MOSHI_VERSION:-} from $registry: was it published? (make publish)" >&2
  fi
  exit 1
fi
wheel=$(find "$work" -name 'moshi-*.whl')
as_moshi "$bin/pip" install --quiet --force-reinstall --no-deps "$wheel"
as_moshi "$bin/pip" install --quiet "${wheel}[server]"

install -o moshi -g moshi -m 755 "$files/entrypoint.sh" "$files/entrypoint_as_moshi.sh" "$home"
install -o moshi -g moshi -m 644 /dev/stdin "$home/main.py" <<'PYTHON'
from moshi.api.core import app  # noqa: F401  gunicorn runs main:app
PYTHON

# Test
version=$(as_moshi "$bin/python" -c 'import importlib.metadata as m; print(m.version("moshi"))')
if [ "$version" != "${MOSHI_VERSION:-$version}" ]; then
  echo "install-moshi: moshi $version is installed, $MOSHI_VERSION is wanted" >&2
  exit 1
fi
as_moshi "$bin/pip" check
as_moshi "$bin/python" -c 'import main; assert callable(main.app)'
as_moshi "$bin/gunicorn" --version >/dev/null
as_moshi test -x "$home/entrypoint_as_moshi.sh"
echo "moshi: $version"
