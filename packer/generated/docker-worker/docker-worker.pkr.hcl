# Written by `make images-hcl` from packer/images. What is changed here is overwritten.

packer {
  required_version = ">= 1.12.0"

  required_plugins {
    googlecompute = {
      source  = "github.com/hashicorp/googlecompute"
      version = ">= 1.1.6, < 2.0.0"
    }
  }
}

variable "project" {
  type        = string
  description = "Project that the image is baked and kept in"
  default     = "docker-worker"
}

variable "zone" {
  type        = string
  description = "Zone of the machine that it is baked on"
  default     = "us-west1-a"
}

variable "parent" {
  type        = string
  description = "Image that it starts from"
  default     = "debian-12-bookworm-v20251209"
}

variable "version" {
  type        = string
  description = "Last part of the image's name; null is the time"
  default     = null
}

variable "commit" {
  type        = string
  description = "Commit of this repository that it is made from"
  default     = "unknown"
}

locals {
  version = coalesce(var.version, formatdate("YYYYMMDD-hhmmss", timestamp()))
  parent  = var.parent
}

source "googlecompute" "image" {
  project_id   = var.project
  zone         = var.zone
  machine_type = "e2-standard-4"
  network      = "default"
  disk_size    = 10
  disk_type    = "pd-ssd"
  labels = {
    bakes = "docker-worker"
  }
  metadata = {
    block-project-ssh-keys = "TRUE"
    enable-oslogin         = "FALSE"
  }
  ssh_username                    = "packer"
  disable_default_service_account = true
  source_image                    = var.parent
  source_image_project_id         = ["debian-cloud"]
  image_name                      = "docker-worker-${local.version}"
  image_family                    = "docker-worker"
  image_description               = "Docker 20.10.24 and the worker agent on Debian 12"
  image_labels = {
    commit = var.commit
    image  = "docker-worker"
    parent = local.parent
  }
}

build {
  sources = ["source.googlecompute.image"]

  provisioner "file" {
    sources     = ["${path.root}/files/worker.js"]
    destination = "/tmp/"
    generated   = true
  }

  provisioner "shell" {
    script           = "${path.root}/scripts/install-base.sh"
    environment_vars = ["BASE_PACKAGES=ca-certificates curl"]
    execute_command  = "sudo env {{ .Vars }} bash '{{ .Path }}'"
    timeout          = "45m"
  }

  provisioner "shell" {
    script           = "${path.root}/scripts/install-docker.sh"
    environment_vars = ["DOCKER_VERSION=20.10.24"]
    execute_command  = "sudo env {{ .Vars }} bash '{{ .Path }}'"
    timeout          = "45m"
  }

  provisioner "shell" {
    script = "${path.root}/scripts/install-node.sh"
    environment_vars = [
      "NODE_VERSION=22.23.3",
      "NODE_URL=https://nodejs.org/dist/v22.23.3/node-v22.23.3-linux-x64.tar.gz",
      "NODE_SHA256=1084aa36196bba4c3a5e69a1ee388a6e4ff729dad09445fbcd434b28fe3c24af",
    ]
    execute_command = "sudo env {{ .Vars }} bash '{{ .Path }}'"
    timeout         = "45m"
  }

  provisioner "shell" {
    script          = "${path.root}/scripts/install-cloud-init.sh"
    execute_command = "sudo env {{ .Vars }} bash '{{ .Path }}'"
    timeout         = "45m"
  }

  provisioner "shell" {
    script = "${path.root}/scripts/install-ops-agent.sh"
    environment_vars = [
      "OPS_AGENT_MAJOR=2",
      "OPS_AGENT_REPOSITORY=https://packages.cloud.google.com/apt",
      "OPS_AGENT_KEY_URL=https://packages.cloud.google.com/apt/doc/apt-key.gpg",
      "OPS_AGENT_KEY_FINGERPRINT=35BAA0B33E9EB396F59CA838C0BA5CE6DC6315A3",
    ]
    execute_command = "sudo env {{ .Vars }} bash '{{ .Path }}'"
    timeout         = "45m"
  }

  provisioner "shell" {
    script           = "${path.root}/scripts/install-worker.sh"
    environment_vars = ["AGENT=/tmp/worker.js"]
    execute_command  = "sudo env {{ .Vars }} bash '{{ .Path }}'"
    timeout          = "45m"
  }

  post-processor "manifest" {
    output     = "${path.root}/manifest.json"
    strip_path = true
    custom_data = {
      commit = var.commit
      family = "docker-worker"
      parent = build.SourceImageName
    }
  }
}
