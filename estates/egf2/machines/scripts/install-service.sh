#!/bin/bash
# One service of EGF2 in /opt/egf2, from one commit of its repository, with its unit enabled. Needs Node.
#   SERVICE       its name
#   REPOSITORY    https address of its repository
#   COMMIT        the commit, in full: git verifies what it gets by it
#   DEPENDENCIES  name@specification ...: what package.json names is installed like this instead, when no package-lock.json pins it
#   SERVICES_FOLDER  (default: /opt/egf2)
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
: "${SERVICE:?}" "${REPOSITORY:?}" "${COMMIT:?}"
user=egf2-$SERVICE
folder=${SERVICES_FOLDER:-/opt/egf2}/$SERVICE
wanted="$COMMIT ${DEPENDENCIES:-}"
export PATH=/usr/local/bin:$PATH
packages ca-certificates git

for name in egf2-build "$user"; do
  getent passwd "$name" >/dev/null || useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin "$name"
done

# as_builder COMMAND...: what comes from elsewhere is not unpacked by root.
as_builder() {
  runuser --user egf2-build -- env HOME="$work/home" npm_config_cache="$work/npm" npm_config_update_notifier=false GIT_TERMINAL_PROMPT=0 "$@"
}

install_dependencies() {
  local item name exact=() options=(--omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error)
  if [ -e package-lock.json ]; then
    as_builder npm ci "${options[@]}"
    return
  fi
  for item in ${DEPENDENCIES:-}; do
    name=${item%@*}
    case $item in *@git+*) name=${item%%@git+*} ;; esac
    [ "$(as_builder npm pkg get "dependencies.$name")" != '{}' ] || continue
    case ${item#"$name"@} in
    [0-9]*)
      as_builder npm pkg delete "dependencies.$name"
      exact+=("$item")
      ;;
    *) as_builder npm pkg set "dependencies.$name=${item#"$name"@}" ;;
    esac
  done
  # Nothing newer than the commit: the same tree as on the day that it was written, and tomorrow.
  as_builder npm install --no-package-lock --before="$(as_builder git log -1 --format=%cI)" "${options[@]}"
  # An exact version is named because nothing of that day will do: npm refuses it together with --before.
  if [ "${#exact[@]}" -gt 0 ]; then as_builder npm install --no-package-lock --save-exact "${options[@]}" "${exact[@]}"; fi
}

if [ "$(cat "$folder/.installed" 2>/dev/null)" != "$wanted" ]; then
  mkdir -p "$(dirname "$folder")"
  work=$(mktemp -d "$folder.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  chmod 755 "$work"
  install --directory --owner=egf2-build "$work/source" "$work/home" "$work/npm"
  cd "$work/source"
  as_builder git init --quiet
  as_builder git fetch --quiet --depth 1 "$REPOSITORY" "$COMMIT" || fail "$REPOSITORY has no commit $COMMIT that can be read from here"
  as_builder git -c advice.detachedHead=false checkout --quiet FETCH_HEAD
  [ "$(as_builder git rev-parse HEAD)" = "$COMMIT" ] || fail "$REPOSITORY answered with another commit than $COMMIT"
  [ -e index.js ] || fail "$REPOSITORY has no index.js at $COMMIT: is it the service $SERVICE?"
  install_dependencies
  rm -rf .git
  echo "$wanted" >.installed
  chown --recursive root:root .
  chmod --recursive u=rwX,go=rX .
  cd /
  rm -rf "$folder"
  mv "$work/source" "$folder"
fi

# Test
/usr/local/bin/node --check "$folder/index.js"
if runuser --user "$user" -- test -w "$folder/index.js"; then fail "$user may write its own program"; fi
runuser --user "$user" -- test -r "$folder/index.js" || fail "$user cannot read its program"
starts "$user.service"
systemctl --quiet is-enabled "$user.service"
echo "$SERVICE: $COMMIT in $folder"
