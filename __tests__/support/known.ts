export type Block = Readonly<Record<string, unknown>>;

/** Throws for what is not among the names: what a model overlooks would count as closed. */
export function known(block: Block, ...names: readonly string[]): void {
  const other = Object.keys(block).find((name) => name !== '//' && !names.includes(name));
  if (other !== undefined) throw new Error(`a way that this cannot read: ${other} in ${JSON.stringify(block)}`);
}
