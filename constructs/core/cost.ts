/** Something that costs money. */
export interface Cost {
  readonly what: string;
  /** US dollars a month; undefined: no price of it is noted. */
  readonly monthly: number | undefined;
  readonly remark?: string;
}

/** What an estate costs a month, by list prices. */
export interface CostEstimate {
  /** These add up. */
  readonly items: readonly Cost[];
  /** What one may compare with; not part of the sum. */
  readonly beside?: readonly Cost[];
  /** What is paid by use, or too small to count. */
  readonly notCounted: string;
}
