#!/bin/bash
# Python from source where pyenv would put it, and a virtualenv `moshi` beside it; all of it belongs to the user moshi.
#   PYTHON_VERSION, PYTHON_URL, PYTHON_SHA256  the release, its source archive and what that must hash to
#   PYTHON_CONFIGURE_OPTS                      options of ./configure (default: as fast as it gets, a long build)
set -euo pipefail
: "${PYTHON_VERSION:?}" "${PYTHON_URL:?}" "${PYTHON_SHA256:?a source archive without a checksum is not built}"

versions=/home/moshi/.pyenv/versions
prefix=$versions/$PYTHON_VERSION
virtualenv=$prefix/envs/moshi

build() {
  local work
  read -ra options <<<"${PYTHON_CONFIGURE_OPTS:---enable-optimizations --with-lto}"
  work=$(mktemp -d "$versions/.build.XXXXXX")
  # shellcheck disable=SC2064 # the folder of now
  trap "rm -rf '$work'" EXIT
  curl --silent --show-error --fail --location --retry 3 --output "$work/python.tar" "$PYTHON_URL"
  echo "$PYTHON_SHA256  $work/python.tar" | sha256sum --check --quiet
  mkdir "$work/source"
  tar --extract --file "$work/python.tar" --directory "$work/source" --strip-components=1
  cd "$work/source"
  ./configure --quiet --prefix="$prefix" "${options[@]}" >"$work/log" 2>&1 || { tail -n 40 "$work/log" && false; }
  make --silent --jobs="$(nproc)" >"$work/log" 2>&1 || { tail -n 40 "$work/log" && false; }
  # Moved into place in one step: a build that was interrupted leaves nothing that looks like a Python.
  # pip comes later: it would write down where it was staged.
  make --silent install ENSUREPIP=no DESTDIR="$work/root" >"$work/log" 2>&1 || { tail -n 40 "$work/log" && false; }
  cd /
  rm -rf "$prefix" "$work/root$prefix"/lib/python*/test
  mv "$work/root$prefix" "$prefix"
}

install -d -o moshi -g moshi /home/moshi/.pyenv "$versions"
if [ ! -x "$prefix/bin/python3" ]; then
  build
fi
if [ ! -x "$prefix/bin/pip3" ]; then
  "$prefix/bin/python3" -m ensurepip >/dev/null
fi
if [ ! -x "$virtualenv/bin/python" ]; then
  "$prefix/bin/python3" -m venv "$virtualenv"
fi
ln -sfn "$virtualenv" "$versions/moshi"
chown -R moshi:moshi "$versions"

# Test
"$prefix/bin/pip3" --version >/dev/null
runuser -u moshi -- "$versions/moshi/bin/python" - "$PYTHON_VERSION" "$prefix" <<'PYTHON'
import bz2, ctypes, lzma, os, readline, sqlite3, ssl, sys, uuid, zlib  # each is left out silently when its library is missing
import pip

wanted, prefix = sys.argv[1:]
version = '.'.join(map(str, sys.version_info[:3]))
assert version == wanted, f'Python {version} was built, {wanted} is wanted'
assert sys.version_info >= (3, 11), 'the moshi package needs Python 3.11'
assert os.path.realpath(sys.prefix) == f'{prefix}/envs/moshi', f'{sys.prefix} is not the virtualenv'
assert ssl.create_default_context().verify_mode == ssl.CERT_REQUIRED
PYTHON
if [ -n "$(find "$versions" ! -user moshi -print -quit)" ]; then
  echo "install-python: not everything below $versions belongs to moshi" >&2
  exit 1
fi
echo "python: $PYTHON_VERSION in $prefix, virtualenv $versions/moshi"
