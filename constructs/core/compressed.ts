import { gzipSync, strToU8 } from 'fflate';

/** User data as clouds take it when it is long: cloud-init unpacks it. Not by Node's: what that makes depends on its version and on the processor, and other bytes are other machines. */
export function compressed(text: string): Uint8Array {
  return gzipSync(strToU8(text), { level: 9, mtime: 0 });
}
