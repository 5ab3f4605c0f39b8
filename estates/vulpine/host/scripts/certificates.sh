#!/bin/bash
# Gets the certificate of each domain, renews it thirty days before its end, and gives nginx what is new. Runs twice a day, and may be
# run at any time. Fails when one domain has none, or one that ends soon; the others have theirs all the same.
#   DOMAINS, CONTACT             who is asked for, and whom the authority may write to
#   CHALLENGE                    http: by a file in WEBROOT, which nginx shows; dns: by a record, with the token of TOKEN_FILE
#   CERTIFICATES                 where nginx has them: a folder for each domain
set -uo pipefail
: "${DOMAINS:?}" "${CONTACT:?}" "${CHALLENGE:?}" "${WEBROOT:?}" "${TOKEN_FILE:?}" "${CERTIFICATES:?}" "${RUNTIME_DIRECTORY:?}"
live=${LETSENCRYPT_LIVE:-/etc/letsencrypt/live}
export LC_ALL=C.UTF-8
umask 077
failed=0

say() {
  echo "certificates: $*" >&2
}

# People are told of these.
wrong() {
  say "$*"
  echo "$*" >>"$RUNTIME_DIRECTORY/problems"
  failed=1
}
rm -f "$RUNTIME_DIRECTORY/problems"

prove=(--webroot --webroot-path "$WEBROOT")
if [ "$CHALLENGE" = dns ]; then
  [ -s "$TOKEN_FILE" ] || {
    wrong "$TOKEN_FILE has no value: run make secrets ESTATE=vulpine"
    exit 1
  }
  { printf 'dns_linode_version = 4\ndns_linode_key = ' && cat "$TOKEN_FILE"; } >"$RUNTIME_DIRECTORY/linode.ini"
  prove=(--dns-linode --dns-linode-credentials "$RUNTIME_DIRECTORY/linode.ini")
fi

# Key and chain in one file take the old one's place at once; the lines that use it are there after it is.
give() {
  local folder=$CERTIFICATES/$1
  install -d -m 700 "$folder" &&
    cat "$live/$1/privkey.pem" "$live/$1/fullchain.pem" >"$folder/tls.pem.new" || return 1
  if cmp --silent "$folder/tls.pem.new" "$folder/tls.pem"; then
    rm "$folder/tls.pem.new"
  else
    mv "$folder/tls.pem.new" "$folder/tls.pem" && say "$1: nginx gets a new certificate"
  fi
  [ -s "$folder/tls.conf" ] && return
  printf '%s;\n' 'ssl_reject_handshake off' "ssl_certificate certificates/$1/tls.pem" "ssl_certificate_key certificates/$1/tls.pem" >"$folder/tls.conf.new" &&
    mv "$folder/tls.conf.new" "$folder/tls.conf"
}

for domain in $DOMAINS; do
  certbot certonly --non-interactive --agree-tos --email "$CONTACT" --no-eff-email --keep-until-expiring \
    "${prove[@]}" --cert-name "$domain" --domain "$domain" ||
    say "$domain: certbot got no certificate, and said why above; what there is goes on" # whether that is enough is asked below
  if [ -e "$live/$domain/fullchain.pem" ]; then give "$domain" || wrong "$domain: its certificate does not get to nginx"; fi
done
rm -f "$RUNTIME_DIRECTORY/linode.ini"

# By what nginx has read, and not by what is new: a reload that failed is done the next time.
newer=()
[ ! -e "$CERTIFICATES/.read" ] || newer=(-newer "$CERTIFICATES/.read")
if [ -n "$(find "$CERTIFICATES" -name 'tls.*' "${newer[@]}")" ]; then
  if ! docker container inspect nginx >/dev/null 2>&1; then
    say 'there is no nginx yet: it reads them when it starts'
  elif touch "$CERTIFICATES/.now" && docker exec nginx nginx -s reload; then
    mv "$CERTIFICATES/.now" "$CERTIFICATES/.read"
  else
    wrong 'nginx did not read them, and goes on with what it had'
  fi
fi

for domain in $DOMAINS; do
  file=$CERTIFICATES/$domain/tls.pem
  if ! [ -e "$file" ]; then
    wrong "$domain has no certificate: https does not answer there"
  elif openssl x509 -in "$file" -noout -checkend $((14 * 86400)) >/dev/null; then
    say "$domain: $(openssl x509 -in "$file" -noout -enddate)"
  else
    wrong "$domain: its certificate ends in less than 14 days, and was not renewed"
  fi
done
exit "$failed"
