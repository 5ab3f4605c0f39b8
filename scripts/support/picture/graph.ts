import type { Kind } from './kinds';

/** What a picture shows, before anybody knows where. */
export interface Graph {
  readonly groups: readonly Group[];
  readonly nodes: readonly Node[];
  readonly edges: readonly Edge[];
}

/** A stack. */
export interface Group {
  readonly id: string;
  readonly title: string;
  /** Below the title: what it runs on. */
  readonly subtitle?: string;
}

export interface Node {
  readonly id: string;
  /** Its stack; nothing for what is outside. */
  readonly group?: string;
  readonly kind: Kind;
  readonly title: string;
  readonly what: string;
  /** How many of the same. */
  readonly count: number;
  /** Terraform refuses to destroy it. */
  readonly isProtected: boolean;
}

export interface Edge {
  readonly from: string;
  readonly to: string;
  /** Empty: says nothing. */
  readonly label: string;
}
