/** Helvetica's widths, of 1000, from space to tilde. Arial's and Liberation Sans' are the same. */
const REGULAR = [
  278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584,
  556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278,
  469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260,
  334, 584,
];
const BOLD = [
  278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 333, 333, 584, 584, 584,
  611, 975, 722, 722, 722, 722, 667, 611, 778, 722, 278, 556, 722, 611, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 333, 278, 333,
  584, 556, 333, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278, 556, 278, 889, 611, 611, 611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389, 280,
  389, 584,
];
/** What the font has not among these, as wide as its widest letters. */
const WIDEST = 1015;

/** What text is written in, and as wide as these are. */
export const FONT = "Helvetica, Arial, 'Liberation Sans', sans-serif";

export interface Style {
  /** In pixels. */
  readonly size: number;
  readonly isBold?: boolean;
}

export const TITLE: Style = { size: 13, isBold: true };
export const SMALL: Style = { size: 11 };
export const HEADING: Style = { size: 18, isBold: true };

/** How wide a line is, in pixels. */
export function widthOf(text: string, { size, isBold = false }: Style): number {
  const widths = isBold ? BOLD : REGULAR;
  const units = [...text].reduce((sum, letter) => sum + (widths[(letter.codePointAt(0) as number) - 32] ?? WIDEST), 0);
  return Math.ceil((units * size) / 1000);
}
