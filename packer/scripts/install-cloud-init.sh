#!/bin/bash
# cloud-init, which reads user data from Google's metadata server and leaves network and disks to the image.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive

apt-get update --quiet --quiet
apt-get install --quiet --quiet --yes --no-install-recommends cloud-init
cat >/etc/cloud/cloud.cfg.d/90-google.cfg <<'YAML'
# Only this source is asked: searching for all of them costs seconds at every boot.
datasource_list: [GCE]
# Google's guest agent configures the interfaces.
network: { config: disabled }
YAML

# Test
version=$(cloud-init --version 2>&1)
systemctl --quiet is-enabled cloud-init.service cloud-config.service cloud-final.service
python3 - <<'PYTHON'
from cloudinit import util

config = util.read_conf_d('/etc/cloud/cloud.cfg.d')
assert config['datasource_list'] == ['GCE'], config
assert config['network'] == {'config': 'disabled'}, config
PYTHON
echo "cloud-init: $version"
