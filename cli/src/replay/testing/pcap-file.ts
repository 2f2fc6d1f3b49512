/** A pcap file (draft-ietf-opsawg-pcap) of Ethernet frames, `stepUs` apart. */
export function pcapFile(frames: readonly Uint8Array[], startUs: number, stepUs = 1000): Buffer {
  const head = Buffer.alloc(24);
  head.writeUInt32LE(0xa1b2c3d4, 0);
  head.writeUInt16LE(2, 4);
  head.writeUInt16LE(4, 6);
  head.writeUInt32LE(65_535, 16);
  head.writeUInt32LE(1, 20);
  const records = frames.flatMap((bytes, i) => {
    const record = Buffer.alloc(16);
    const us = startUs + i * stepUs;
    record.writeUInt32LE(Math.floor(us / 1e6), 0);
    record.writeUInt32LE(us % 1e6, 4);
    record.writeUInt32LE(bytes.length, 8);
    record.writeUInt32LE(bytes.length, 12);
    return [record, bytes];
  });
  return Buffer.concat([head, ...records]);
}
