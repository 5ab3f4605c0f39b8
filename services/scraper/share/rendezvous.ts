/**
 * Whose a key is, of those who are there: the highest score wins. Everybody comes to the same answer without asking, and when one
 * leaves, only its own keys move.
 */
export function ownerOf(key: string, members: readonly string[]): string | undefined {
  let owner: string | undefined;
  let best = -1;
  for (const member of members) {
    const score = hash(`${member}\n${key}`);
    if (score > best || (score === best && member < (owner as string))) {
      owner = member;
      best = score;
    }
  }
  return owner;
}

/** FNV-1a, its bits then mixed as MurmurHash does: names that differ in one letter are far apart. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
