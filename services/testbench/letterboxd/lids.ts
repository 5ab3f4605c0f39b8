const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** Letterboxd's id number `n`: a greater number is a newer id, as `compareLids` of the contracts orders them. */
export function lidOf(n: number): string {
  let lid = '';
  for (let rest = n; rest > 0; rest = Math.floor((rest - 1) / DIGITS.length)) lid = `${DIGITS[(rest - 1) % DIGITS.length]}${lid}`;
  return lid;
}
