/** What somebody needs who deploys moshi's stacks: by each, what it is for. No basic role among them. */
export const TERRAFORM_ROLES: Readonly<Record<string, string>> = {
  'roles/artifactregistry.admin': 'the package repository',
  'roles/certificatemanager.owner': 'certificates',
  'roles/compute.admin': 'network, machines, load balancer',
  'roles/datastore.owner': 'Firestore',
  'roles/dns.admin': 'the zone and its records',
  'roles/iam.roleAdmin': 'the roles of the delivery',
  'roles/iam.serviceAccountAdmin': 'accounts',
  'roles/iam.serviceAccountUser': 'machines that run as those accounts',
  'roles/iam.workloadIdentityPoolAdmin': "GitHub's federation",
  'roles/identityplatform.admin': 'Firebase Auth',
  'roles/resourcemanager.projectIamAdmin': 'grants on the project',
  'roles/serviceusage.serviceUsageAdmin': 'APIs',
  'roles/storage.admin': 'buckets',
};
