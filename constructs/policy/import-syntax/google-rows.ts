import type { Importable } from './syntax';

export const page = (name: string) => `https://registry.terraform.io/providers/hashicorp/google/6.50.0/docs/resources/${name}#import`;

export const row = (name: string, id: string, find: string, remark?: string): Importable => ({
  id,
  find: `gcloud ${find} --project={project}`,
  source: page(name),
  ...(remark && { remark }),
});
