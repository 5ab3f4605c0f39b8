export type ChangeKind = 'created' | 'changed' | 'moved' | 'imported' | 'forgotten' | 'destroyed' | 'replaced';

/** One thing that a plan would do. */
export interface Change {
  readonly kind: ChangeKind;
  readonly address: string;
  /** Terraform type, for example `google_firestore_database`. */
  readonly type: string;
  /** Where a moved resource was, the id of an imported one, or which arguments force a replacement. */
  readonly detail?: string;
}

interface ResourceChange {
  readonly address: string;
  readonly previous_address?: string;
  readonly mode: 'managed' | 'data';
  readonly type: string;
  readonly change: {
    readonly actions: readonly string[];
    readonly importing?: { readonly id?: string };
    readonly replace_paths?: readonly (readonly (string | number)[])[];
  };
}

/** The changes in the output of `terraform show -json <plan>`, in its order. A resource that is moved *and* changed is listed twice. */
export function changesOf(plan: unknown): Change[] {
  const { resource_changes: changes = [] } = Object(plan) as { resource_changes?: readonly ResourceChange[] };
  return changes
    .filter(({ mode }) => mode === 'managed')
    .flatMap(({ address, previous_address: from, type, change }) => {
      const kind = kindOf(change.actions);
      const forced = change.replace_paths?.map((path) => path.join('.')).join(', ');
      return [
        ...(from ? [{ kind: 'moved', address, type, detail: `from ${from}` } as const] : []),
        ...(change.importing ? [{ kind: 'imported', address, type, ...(change.importing.id && { detail: change.importing.id }) } as const] : []),
        ...(kind ? [{ kind, address, type, ...(kind === 'replaced' && forced && { detail: `because of ${forced}` }) }] : []),
      ];
    });
}

function kindOf(actions: readonly string[]): ChangeKind | undefined {
  const has = (action: string) => actions.includes(action);
  if (has('create')) return has('delete') || has('forget') ? 'replaced' : 'created';
  if (has('delete')) return 'destroyed';
  if (has('forget')) return 'forgotten';
  return has('update') ? 'changed' : undefined;
}

/** Addresses whose destruction `prevent_destroy` stopped, from Terraform's error text. */
export function preventedIn(errorText: string): string[] {
  return [...errorText.matchAll(/Resource\s+(\S+)\s+has\s+lifecycle\.prevent_destroy\s+set/g)].map(([, address = '']) => address);
}

/** Whether `prevent_destroy` is all that Terraform complains about. */
export function onlyPrevented(errorText: string): boolean {
  return !/^Error: (?!Instance cannot be destroyed)/m.test(errorText);
}
