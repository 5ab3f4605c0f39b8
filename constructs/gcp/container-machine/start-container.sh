#!/bin/bash
# Starts one container of this machine and stays until it ends, as its systemd unit says. What is missing is named in one
# line on standard error and waited for, for ever: a secret without a value, an image, the registry, Docker, the metadata server.
# Container-Optimized OS has no more than this uses: bash, coreutils, sed, curl, docker.
set -uo pipefail
export LC_ALL=C # lengths are in bytes
umask 077

: "${CONTAINER:?}" "${IMAGE:?}" "${MEMORY_MB:?}" "${ESTATE:?}"
run=${RUNTIME_DIRECTORY:?is made by systemd, in memory}
folder=${CONTAINER_FOLDER:-/etc/container-machine}
metadata=${METADATA_URL:-http://metadata.google.internal}
secret_manager=${SECRET_MANAGER_URL:-https://secretmanager.googleapis.com}
log_driver=${LOG_DRIVER:-gcplogs}
registry=${IMAGE%%/*}
secrets=$run/secrets.env
export DOCKER_CONFIG=$run/docker # also keeps the registry's token in memory
delay=1

# problem WHAT WHICH STATUS MEND: a line to alert on.
problem() {
  printf 'container=%s problem=%s which=%s status="%s" mend="%s" retry_seconds=%d\n' "$CONTAINER" "$1" "$2" "$3" "$4" "$delay" >&2
}

# What a program complains of, in one line that fits between quotes.
complaint() {
  local line
  line=$(printf '%s\n' "$1" | sed -n '/[Ee]rror/{p;q}')
  printf '%s' "${line:-$1}" | tr '"\t\r\n' "'   " | cut -c 1-300
}

# get URL: sets status (000: nobody answers) and body. The request's header comes from standard input: arguments stand in ps.
get() {
  local answer
  answer=$(curl --silent --max-time 10 --header @- --write-out '\n%{http_code}' "$1")
  status=${answer##*$'\n'}
  body=${answer%$'\n'*}
  [ "$status" = 200 ]
}

# The container ends, with the time that it needs; one that has not started does not.
end() {
  docker stop -t 15 "$CONTAINER" >/dev/null 2>&1
  docker rm --force "$CONTAINER" 2>&1
}

# Nothing of this name is left, whatever a killed start left running.
remove_left_over() {
  local found answer=''
  for _ in {1..10}; do
    if ! found=$(docker ps --all --quiet --filter "name=^/$CONTAINER\$" 2>&1); then
      problem docker engine "$(complaint "$found")" 'wait until it runs; if it stays so, replace the machine'
      return 1
    fi
    [ -z "$found" ] && return
    answer=$(end)
    sleep 0.2 # it may be going already
  done
  problem left-over "$CONTAINER" "$(complaint "$answer")" 'if it stays so, replace the machine'
  return 1
}

fetch_token() {
  local url=$metadata/computeMetadata/v1/instance/service-accounts/default/token
  token=''
  if get "$url" < <(printf 'Metadata-Flavor: Google\n'); then
    token=$(printf '%s\n' "$body" | sed -n 's/.*"access_token" *: *"\([^"]*\)".*/\1/p')
  fi
  [ -n "$token" ] && return
  problem token metadata-server "$status" 'give the machine a service account with the scope cloud-platform'
  return 1
}

# Docker takes nothing but UTF-8, and when it refuses it prints the bytes.
is_utf8() {
  local rest next='[\x80-\xbf]'
  rest=$(printf %s "$1" | sed -E -z "
    s/[\xc2-\xdf]$next|\xe0[\xa0-\xbf]$next|[\xe1-\xec\xee\xef]$next$next|\xed[\x80-\x9f]$next/ /g
    s/\xf0[\x90-\xbf]$next$next|[\xf1-\xf3]$next$next$next|\xf4[\x80-\x8f]$next$next/ /g" |
    tr -d '\0-\177')
  [ -z "$rest" ]
}

# fetch_secret VARIABLE SECRET: adds a line to the file that Docker reads.
fetch_secret() {
  local data value bytes mend="make secrets ESTATE=$ESTATE"
  if ! get "$secret_manager/v1/$2/versions/latest:access" < <(printf 'Authorization: Bearer %s\n' "$token"); then
    case $status in
    401 | 403) mend="let the machine's service account read it: deploy the estate's grants" ;;
    400 | 404) ;; # it has no version, or its newest is disabled
    *) mend='wait until Secret Manager answers' ;;
    esac
    problem secret "$2" "$status" "$mend"
    return 1
  fi
  data=$(printf '%s\n' "$body" | sed -n 's/.*"data" *: *"\([^"]*\)".*/\1/p')
  bytes=$(printf %s "$data" | base64 --decode 2>/dev/null | wc -c)
  { value=$(printf %s "$data" | base64 --decode && printf .); } 2>/dev/null
  value=${value%.}
  if [ "${#value}" != "$bytes" ] || ! is_utf8 "$value"; then
    problem secret-value "$2" 'is not text' "$mend"
    return 1
  fi
  value=${value%$'\n'}
  value=${value%$'\r'}
  if [ "${#value}" -gt 65000 ]; then # Docker reads lines of 64 KiB, and its complaint would name none
    problem secret-value "$2" 'is too long: a container can be given 65000 bytes' "$mend"
    return 1
  fi
  case $value in
  '') problem secret-value "$2" 'is empty' "$mend" ;;
  *[$'\r\n']*) problem secret-value "$2" 'has a line break, which an environment file cannot carry' "$mend" ;;
  *) printf '%s=%s\n' "$1" "$value" >>"$secrets" && return ;;
  esac
  return 1
}

fetch_secrets() {
  local variable secret failed=0
  : >"$secrets"
  while read -r variable secret; do
    fetch_secret "$variable" "$secret" || failed=1
  done <"$folder/$CONTAINER.secrets"
  return "$failed"
}

log_in() {
  local answer
  answer=$(printf %s "$token" | timeout 60 docker login --username oauth2accesstoken --password-stdin "$registry" 2>&1) && return
  problem registry "$registry" "$(complaint "$answer")" "let the machine's service account read the registry, and wait until it answers"
  return 1
}

pull() {
  local answer
  answer=$(timeout 900 docker pull --quiet "$IMAGE" 2>&1) || {
    problem image "$IMAGE" "$(complaint "$answer")" "push the image under this tag: the delivery of $ESTATE does"
    return 1
  }
  rm -rf "$DOCKER_CONFIG"
  docker image prune --force >/dev/null 2>&1 # what lost its tag to a newer image; what has one is left to the other containers
  return 0
}

# Docker reads the files now, not when the container starts, so that the values can go. The machine's health check makes the
# image's superfluous, which would start a process twice a minute.
create() {
  local answer options=(
    --name "$CONTAINER" --pull never --rm --no-healthcheck
    --network host
    --memory "${MEMORY_MB}m" --memory-swap "${MEMORY_MB}m"
    --env-file "$folder/$CONTAINER.env" --env-file "$secrets"
    --log-driver "$log_driver"
    --read-only --tmpfs /tmp
    --cap-drop ALL --security-opt no-new-privileges
  )
  answer=$(docker create "${options[@]}" "$IMAGE" 2>&1) && return
  problem container "$CONTAINER" "$(complaint "$answer")" 'see the line above: Docker cannot make the container'
  return 1
}

attempt() {
  remove_left_over && fetch_token && fetch_secrets && log_in && pull && create
}

until attempt; do
  rm -f "$secrets"
  sleep "$delay"
  delay=$((delay < 30 ? delay * 2 : 60))
done
rm -f "$secrets"
printf 'container=%s starts image=%s\n' "$CONTAINER" "$IMAGE" >&2
# docker start does not always pass a signal on
trap 'end >/dev/null' TERM
docker start --attach "$CONTAINER" >/dev/null & # it logs through its driver
wait "$!"
