const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** Older days are shown with their year: about two months. */
const WITH_YEAR_MS = 5e9;

/** Such as `Nov 03`, or `Nov 03, 2023` when that is long ago. UTC; empty: no such day. */
export function day(milliseconds: number, now: number): string {
  const date = new Date(milliseconds);
  if (Number.isNaN(date.getTime())) return '';
  const short = `${MONTHS[date.getUTCMonth()]} ${String(date.getUTCDate()).padStart(2, '0')}`;
  return now - milliseconds >= WITH_YEAR_MS ? `${short}, ${date.getUTCFullYear()}` : short;
}

/** Such as 999, 1.3K, 12M. */
export function count(value: number): string {
  const [unit, letter] = value >= 1e9 ? [1e9, 'B'] : value >= 1e6 ? [1e6, 'M'] : value >= 1e3 ? [1e3, 'K'] : [1, ''];
  return unit === 1 ? String(value) : `${Math.round((value / unit) * 10) / 10}${letter}`;
}

/** @param minutes A film's length. */
export function runTime(minutes: number): string {
  return `${Math.floor(minutes / 60)}h ${minutes % 60}m`;
}

/** A film as it is named in titles; a year of 0 is none. */
export function filmName(name: string, year: number | null | undefined): string {
  return year ? `${name} (${year})` : name;
}
