/** Castagnoli's polynomial, bits reversed: Google's checksum. Node has only the other CRC-32. */
const POLYNOMIAL = 0x82f63b78;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
  return crc;
});

/** CRC-32C of a stream of pieces. */
export class Crc32c {
  private crc = 0xffffffff;

  update(piece: Uint8Array): void {
    let crc = this.crc;
    for (let i = 0; i < piece.length; i++) crc = (TABLE[(crc ^ (piece[i] as number)) & 0xff] as number) ^ (crc >>> 8);
    this.crc = crc;
  }

  /** Base64 of the big-endian number, as Cloud Storage writes it. */
  digest(): string {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE((this.crc ^ 0xffffffff) >>> 0);
    return bytes.toString('base64');
  }
}
