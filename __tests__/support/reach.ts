import { parse, resourcesOf } from './synth';

const RULES = ['aws_vpc_security_group_egress_rule', 'aws_vpc_security_group_ingress_rule'];
/** Says who comes in at a rule; the provider takes one of them. */
const ENDS = ['cidr_ipv4', 'cidr_ipv6', 'prefix_list_id', 'referenced_security_group_id'];

/** Throws when a stack opens something in a way that {@link Reach} does not read: what is overlooked would count as closed. */
export function refuseHiddenWays(json: string | undefined, hasRules: boolean): void {
  for (const [type, resources] of Object.entries(parse(json).resource ?? {})) {
    const isGroup = type === 'aws_security_group' || type === 'aws_default_security_group';
    const isRule =
      /security_group.*_rules?(_exclusive)?$|_sg_attachment$|security_group_association$|security_group_vpc_association$/.test(type) &&
      !(hasRules && RULES.includes(type));
    if (isRule) throw new Error(`a way that this cannot read: ${type}`);
    for (const { ingress, egress } of isGroup ? Object.values(resources) : []) {
      if (ingress !== undefined || egress !== undefined) throw new Error(`a way that this cannot read: a rule inside of ${type}`);
    }
    if (type === 'aws_security_group' && !hasRules) throw new Error('a group that is not in the stack of the rules');
  }
}

/** Who may talk to whom, read from the security group rules of one stack: a way is open when one end lets it out and the other lets it in. */
export class Reach {
  private readonly ways: readonly { readonly from: string; readonly to: string; readonly port: string }[];

  constructor(json: string | undefined) {
    refuseHiddenWays(json, true);
    const groups = parse(json).resource?.aws_security_group ?? {};
    const names = new Map(Object.entries(groups).map(([key, { name }]) => [`\${aws_security_group.${key}.id}`, String(name).replace(/^egf2-/, '')]));
    const end = (rule: Record<string, unknown>) => (rule.cidr_ipv4 === '0.0.0.0/0' ? 'internet' : this.known(names, rule.referenced_security_group_id));
    const rules = (type: string) =>
      resourcesOf(json, type).map((rule) => {
        const ends = ENDS.filter((end) => rule[end] !== undefined);
        if (ends.length !== 1) throw new Error(`a rule that this cannot read: ${JSON.stringify(rule)}`);
        if (rule.ip_protocol === '-1') return { own: this.known(names, rule.security_group_id), other: end(rule), port: 'all' };
        if (rule.ip_protocol !== 'tcp' || rule.from_port !== rule.to_port) throw new Error(`a rule that this cannot read: ${JSON.stringify(rule)}`);
        return { own: this.known(names, rule.security_group_id), other: end(rule), port: `${rule.from_port}` };
      });
    const out = rules('aws_vpc_security_group_egress_rule').map(({ own, other, port }) => ({ from: own, to: other, port }));
    const into = rules('aws_vpc_security_group_ingress_rule').map(({ own, other, port }) => ({ from: other, to: own, port }));
    const has = (list: typeof out, { from, to, port }: (typeof out)[number]) => list.some((way) => way.from === from && way.to === to && way.port === port);
    const halfOpen = [...out.filter((way) => way.to !== 'internet' && !has(into, way)), ...into.filter((way) => way.from !== 'internet' && !has(out, way))];
    if (halfOpen.length > 0) throw new Error(`open on one end only: ${JSON.stringify(halfOpen)}`);
    this.ways = [...out, ...into.filter((way) => way.from === 'internet')];
  }

  /** `group:port`, without the way to the Internet. */
  from(group: string): string[] {
    return this.ways
      .filter((way) => way.from === group && way.to !== 'internet')
      .map(({ to, port }) => `${to}:${port}`)
      .sort();
  }

  /** `group:port` of who may come. */
  to(group: string): string[] {
    return this.ways
      .filter((way) => way.to === group)
      .map(({ from, port }) => `${from}:${port}`)
      .sort();
  }

  private known(names: ReadonlyMap<string, string>, reference: unknown): string {
    const name = names.get(String(reference));
    if (!name) throw new Error(`a group that is not in the stack: ${reference}`);
    return name;
  }
}
