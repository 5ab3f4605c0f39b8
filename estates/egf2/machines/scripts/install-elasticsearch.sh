#!/bin/bash
# Elasticsearch with its EC2 plugin and the Java that it runs on, from their archives. Its elasticsearch.yml is in /etc/egf2/elasticsearch already.
#   ROLE            data, or client: holds nothing, passes on what this machine asks
#   NODES           how many of the cluster must be seen before it counts as up
#   DATA            where a data node keeps its data
#   MEMORY_PERCENT  of the machine's memory, for its heap
#   HEAP_MIN_MB     its heap at least
#   ELASTICSEARCH_VERSION, _URL, _SHA256; CLOUD_AWS_URL, _SHA256; JAVA_VERSION, _URL, _SHA256
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=lib.sh
. "$here/lib.sh"
: "${ROLE:?}" "${NODES:?}" "${MEMORY_PERCENT:?}" "${HEAP_MIN_MB:?}" "${ELASTICSEARCH_VERSION:?}" "${JAVA_VERSION:?}"
config=/etc/egf2/elasticsearch
home=/opt/elasticsearch-$ELASTICSEARCH_VERSION
java=/opt/java-$JAVA_VERSION
packages ca-certificates curl python3
getent passwd elasticsearch >/dev/null || useradd --system --no-create-home --home-dir "$home" --shell /usr/sbin/nologin elasticsearch

# unpacked URL SHA256 FOLDER: whole, or not at all.
unpacked() {
  [ -d "$3" ] && return
  local work
  work=$(mktemp -d /opt/unpack.XXXXXX)
  fetch "$1" "$2" "$work/archive"
  mkdir "$work/content"
  tar --extract --file "$work/archive" --directory "$work/content" --strip-components=1 --no-same-owner
  chmod 755 "$work/content"
  mv "$work/content" "$3"
  rm -rf "$work"
}
unpacked "${JAVA_URL:?}" "${JAVA_SHA256:?}" "$java"
unpacked "${ELASTICSEARCH_URL:?}" "${ELASTICSEARCH_SHA256:?}" "$home"
if [ ! -d "$home/plugins/cloud-aws" ]; then
  plugin=$(mktemp --suffix=.zip)
  fetch "${CLOUD_AWS_URL:?}" "${CLOUD_AWS_SHA256:?}" "$plugin"
  JAVA_HOME=$java "$home/bin/plugin" install --batch "file://$plugin" >/dev/null
  rm "$plugin"
fi

heap=$(percent_of_memory "$MEMORY_PERCENT")
heap=$((heap < HEAP_MIN_MB ? HEAP_MIN_MB : heap))
cp "$home/config/logging.yml" "$config/logging.yml"
install --directory --owner=elasticsearch --group=elasticsearch --mode=750 /var/log/elasticsearch "${DATA:-/var/lib/elasticsearch}"
echo 'vm.max_map_count = 262144' >/etc/sysctl.d/60-egf2-elasticsearch.conf
sysctl --quiet --load=/etc/sysctl.d/60-egf2-elasticsearch.conf

cat >/etc/systemd/system/egf2-instance-metadata.service <<UNIT
[Unit]
Description=EC2's metadata for Elasticsearch, which does not speak version 2 of it
After=network-online.target
StartLimitIntervalSec=0

[Service]
ExecStart=/usr/bin/python3 -I $here/instance-metadata.py --port 1338 --user elasticsearch
DynamicUser=yes
Restart=always
RestartSec=5
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
PrivateDevices=yes
CapabilityBoundingSet=
MemoryMax=64M

[Install]
WantedBy=multi-user.target
UNIT
cat >/etc/systemd/system/egf2-elasticsearch.service <<UNIT
[Unit]
Description=Elasticsearch, $ROLE node
Wants=network-online.target egf2-instance-metadata.service
After=network-online.target egf2-instance-metadata.service
${DATA:+RequiresMountsFor=$DATA}
StartLimitIntervalSec=0

[Service]
Environment=JAVA_HOME=$java ES_HEAP_SIZE=${heap}m
Environment="ES_JAVA_OPTS=-Dcom.amazonaws.sdk.ec2MetadataServiceEndpointOverride=http://127.0.0.1:1338"
ExecStart=$home/bin/elasticsearch -Des.path.conf=$config -Des.path.logs=/var/log/elasticsearch
User=elasticsearch
Group=elasticsearch
Restart=always
RestartSec=10
# Java ends with 143 when it is asked to end.
SuccessExitStatus=143
LimitNOFILE=65536
NoNewPrivileges=yes
ProtectSystem=strict
ReadWritePaths=/var/log/elasticsearch ${DATA:-/var/lib/elasticsearch}
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
CapabilityBoundingSet=

[Install]
WantedBy=multi-user.target
UNIT
starts egf2-instance-metadata.service
starts egf2-elasticsearch.service

# Test
up() {
  curl --silent --fail --max-time 5 'http://127.0.0.1:9200/' | grep --quiet "\"number\" : \"$ELASTICSEARCH_VERSION\"" &&
    curl --silent --fail --max-time 20 "http://127.0.0.1:9200/_cluster/health?wait_for_nodes=>=$NODES&timeout=10s" | grep --quiet '"timed_out":false'
}
wait_for 900 up || fail "no cluster of $NODES nodes within 15 minutes: journalctl -u egf2-elasticsearch says why"
echo "elasticsearch: $ELASTICSEARCH_VERSION, $ROLE node with a heap of $heap MB, $NODES nodes seen"
