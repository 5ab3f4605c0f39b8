import { OverwriteType, PermissionFlagsBits } from 'discord-api-types/v10';

export type Permission = keyof typeof PermissionFlagsBits;

export interface Overwrite {
  /** Of a member or role; the guild's own id is everyone's role. */
  readonly id: string;
  readonly type: OverwriteType;
  readonly allow: bigint;
  readonly deny: bigint;
}

export const EVERYTHING = Object.values(PermissionFlagsBits).reduce((all, bit) => all | bit, 0n);

export const bits = (permissions: readonly Permission[]): bigint => permissions.reduce((all, name) => all | PermissionFlagsBits[name], 0n);

export const has = (held: bigint, permission: Permission): boolean => (held & PermissionFlagsBits[permission]) !== 0n;

/** What everyone may do in a guild, unless it is said otherwise. */
export const EVERYONE: readonly Permission[] = [
  'ViewChannel',
  'SendMessages',
  'SendMessagesInThreads',
  'EmbedLinks',
  'ReadMessageHistory',
  'UseExternalEmojis',
  'UseApplicationCommands',
];

/** Exactly these for one member in one channel. */
export const exactly = (memberId: string, permissions: readonly Permission[]): Overwrite => ({
  id: memberId,
  type: OverwriteType.Member,
  allow: bits(permissions),
  deny: EVERYTHING & ~bits(permissions),
});

/** Discord's rule: everyone, then roles, then the member; administrators and owners may do everything. */
export function permissionsIn(options: {
  readonly guildId: string;
  readonly everyone: bigint;
  readonly own: bigint;
  readonly roleId: string;
  readonly memberId: string;
  readonly isOwner: boolean;
  /** Of the channel; a thread has its parent's. */
  readonly overwrites: readonly Overwrite[];
}): bigint {
  const { guildId, everyone, own, roleId, memberId, isOwner, overwrites } = options;
  let held = everyone | own;
  if (isOwner || has(held, 'Administrator')) return EVERYTHING;
  for (const id of [guildId, roleId, memberId]) {
    const overwrite = overwrites.find((one) => one.id === id);
    if (overwrite) held = (held & ~overwrite.deny) | overwrite.allow;
  }
  return held;
}
