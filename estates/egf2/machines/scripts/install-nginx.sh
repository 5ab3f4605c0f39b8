#!/bin/bash
# nginx from Debian, as the single entry point. Its configuration is in /etc/egf2/nginx.conf already.
#   CHECK_URL     where it answers on this machine, such as http://127.0.0.1
#   CERTIFICATES  files that must be there before, when it speaks TLS
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
: "${CHECK_URL:?}"
for file in ${CERTIFICATES:-}; do
  [ -s "$file" ] || fail "$file is missing: put certificate and key there, then run this again"
done
packages nginx-light curl
/usr/sbin/nginx -t -q -c /etc/egf2/nginx.conf
install -m 644 /etc/egf2/nginx.conf /etc/nginx/nginx.conf
rm -f /etc/nginx/sites-enabled/default
/usr/sbin/nginx -t -q
systemctl --quiet enable nginx.service
systemctl reload-or-restart nginx.service

# Test
status() { curl --silent --insecure --output /dev/null --max-time 5 --write-out '%{http_code}' "$CHECK_URL$1"; }
answers() { [ "$(status /)" != 000 ]; }
wait_for 30 answers || fail "nothing answers on $CHECK_URL: journalctl -u nginx says why"
for path in / /v1/internal/session /v1/internal/send_email /v1/graph/../internal; do
  code=$(curl --silent --insecure --path-as-is --output /dev/null --max-time 5 --write-out '%{http_code}' "$CHECK_URL$path")
  case $code in 400 | 404) ;; *) fail "$path is answered with $code: nothing but the public paths may be reached" ;; esac
done
echo "nginx: $(/usr/sbin/nginx -v 2>&1 | sed 's/.*: //'), answers on $CHECK_URL"
