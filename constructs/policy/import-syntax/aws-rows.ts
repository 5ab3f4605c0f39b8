import type { Importable } from './syntax';

const page = (name: string) => `https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/${name}#import`;

/** Of what is the same in every region. */
export const row = (name: string, id: string, find: string, remark?: string): Importable => ({
  id,
  find: `aws ${find} --output=text`,
  source: page(name),
  ...(remark && { remark }),
});
export const regional = (name: string, id: string, find: string, remark?: string) => row(name, id, `${find} --region={region}`, remark);
