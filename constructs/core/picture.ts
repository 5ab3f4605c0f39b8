import type { IConstruct } from 'constructs';

/** How a construct appears in the estate's picture, where what Terraform makes is not what people think of. */
export interface Pictured {
  /** Terraform type of what it stands for. */
  readonly type: string;
  readonly title: string;
  /** What it uses that no grant of its says, such as the network that it is in. @default nothing */
  readonly uses?: readonly IConstruct[];
}

const KEY = 'picture';

/** An account, for one, that machines run as which no stack makes: they come and go. */
export function picturedAs(construct: IConstruct, pictured: Pictured): void {
  construct.node.addMetadata(KEY, pictured);
}

/** What was said by {@link picturedAs} below `root`, by construct path. */
export function picturedBelow(root: IConstruct): ReadonlyMap<string, Pictured> {
  return new Map(
    root.node.findAll().flatMap(({ node }) => node.metadata.filter(({ type }) => type === KEY).map(({ data }) => [node.path, data as Pictured] as const)),
  );
}
