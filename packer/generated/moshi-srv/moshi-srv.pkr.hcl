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
  description = "Image that it starts from; null is the newest of family python3"
  default     = null
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

variable "moshi_version" {
  type        = string
  description = "Version of the package moshi; '' is the newest that is published"
  default     = ""
}

locals {
  version = coalesce(var.version, formatdate("YYYYMMDD-hhmmss", timestamp()))
  parent  = coalesce(var.parent, "python3")
}

source "googlecompute" "image" {
  project_id   = var.project
  zone         = var.zone
  machine_type = "e2-standard-4"
  network      = "default"
  disk_size    = 10
  disk_type    = "pd-ssd"
  labels = {
    bakes = "moshi-srv"
  }
  metadata = {
    block-project-ssh-keys = "TRUE"
    enable-oslogin         = "FALSE"
  }
  ssh_username            = "packer"
  service_account_email   = "artifact-reader@${var.project}.iam.gserviceaccount.com"
  scopes                  = ["https://www.googleapis.com/auth/cloud-platform"]
  source_image            = var.parent
  source_image_family     = "python3"
  source_image_project_id = [var.project]
  image_name              = "moshi-srv-${local.version}"
  image_family            = "moshi-srv"
  image_description       = "The moshi media server"
  image_labels = {
    commit = var.commit
    image  = "moshi-srv"
    parent = local.parent
  }
}

build {
  sources = ["source.googlecompute.image"]

  provisioner "file" {
    sources     = ["${path.root}/files/entrypoint.sh", "${path.root}/files/entrypoint_as_moshi.sh"]
    destination = "/tmp/"
  }

  provisioner "shell" {
    script = "${path.root}/scripts/install-moshi.sh"
    environment_vars = [
      "KEYRING_VERSION=25.7.0",
      "KEYRING_GOOGLE_VERSION=1.1.2",
      "MOSHI_VERSION=${var.moshi_version}",
      "PYPI_URL=https://us-central1-python.pkg.dev/${var.project}/pypi/simple/",
      "FILES=/tmp",
    ]
    execute_command = "sudo env {{ .Vars }} bash '{{ .Path }}'"
    timeout         = "45m"
  }

  post-processor "manifest" {
    output     = "${path.root}/manifest.json"
    strip_path = true
    custom_data = {
      commit = var.commit
      family = "moshi-srv"
      parent = build.SourceImageName
    }
  }
}
