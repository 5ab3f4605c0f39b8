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

/** A line of a bill, before it is a sum. */
export interface BillLine {
  readonly what: string;
  /** US dollars a month for one; undefined: no price of it is noted. */
  readonly each: number | undefined;
  /** How many. */
  readonly amount: number;
}

/** What one set-up of an estate costs a month. */
export interface Bill<Line extends BillLine = BillLine> {
  /** What is there all month. */
  readonly fixed: readonly Line[];
  /** What is paid by use, as assumed. */
  readonly byUse: readonly Line[];
}

/** What an estate would cost a month in each of several set-ups, side by side. */
export interface CostComparison {
  readonly setups: readonly string[];
  /** The set-up that the config says. */
  readonly configured: string;
  /** What is there all month. */
  readonly lines: readonly ComparedCost[];
  /** What is paid by use: by figures that are assumed, and said in the table. */
  readonly byUse: readonly ComparedCost[];
  readonly notes: readonly string[];
  readonly notCounted: string;
}

export interface ComparedCost {
  readonly what: string;
  /** US dollars a month for one; undefined: no price of it is noted. */
  readonly each: number | undefined;
  /** How many, by set-up. */
  readonly amounts: readonly number[];
  readonly remark?: string;
}
