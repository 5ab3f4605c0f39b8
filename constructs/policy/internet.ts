/** Whether an IPv4 or IPv6 range is so wide that it means everybody: `0.0.0.0/0`, `::/0`, and halves of them. */
export function isInternet(range: string): boolean {
  const prefixLength = /\/(\d+)$/.exec(range)?.[1];
  return prefixLength !== undefined && Number(prefixLength) < 8;
}
