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
  default     = "moshi-3"
}

variable "zone" {
  type        = string
  description = "Zone of the machine that it is baked on"
  default     = "us-central1-c"
}

variable "parent" {
  type        = string
  description = "Image that it starts from"
  default     = "debian-11-bullseye-v20251209"
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
    bakes = "debian11-python3"
  }
  metadata = {
    block-project-ssh-keys = "TRUE"
    enable-oslogin         = "FALSE"
  }
  ssh_username                    = "packer"
  disable_default_service_account = true
  source_image                    = var.parent
  source_image_project_id         = ["debian-cloud"]
  image_name                      = "python3-${local.version}"
  image_family                    = "python3"
  image_description               = "Debian 11, Python 3.11.16 and the user moshi"
  image_labels = {
    commit = var.commit
    image  = "debian11-python3"
    parent = local.parent
  }
}

build {
  sources = ["source.googlecompute.image"]

  provisioner "shell" {
    script          = "${path.root}/scripts/install-base.sh"
    execute_command = "sudo env {{ .Vars }} bash '{{ .Path }}'"
    timeout         = "45m"
  }

  provisioner "shell" {
    script          = "${path.root}/scripts/create-moshi-user.sh"
    execute_command = "sudo env {{ .Vars }} bash '{{ .Path }}'"
    timeout         = "45m"
  }

  provisioner "shell" {
    script = "${path.root}/scripts/install-python.sh"
    environment_vars = [
      "PYTHON_VERSION=3.11.16",
      "PYTHON_URL=https://www.python.org/ftp/python/3.11.16/Python-3.11.16.tar.xz",
      "PYTHON_SHA256=91bcdebfdde239a003ae93738a7fce0f9230fee5c4bc2b86f6e6e8c6f98aabe8",
    ]
    execute_command = "sudo env {{ .Vars }} bash '{{ .Path }}'"
    timeout         = "45m"
  }

  post-processor "manifest" {
    output     = "${path.root}/manifest.json"
    strip_path = true
    custom_data = {
      commit = var.commit
      family = "python3"
      parent = build.SourceImageName
    }
  }
}
