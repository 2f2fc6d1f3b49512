const LINK_TYPE_ETHERNET = 1;
const FRAME_BYTES = 60;

/** A pcap file (little-endian, microseconds) of so many UDP datagrams of one flow, one a millisecond. */
export function udpCapture(packets: number): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(65_535, 16);
  header.writeUInt32LE(LINK_TYPE_ETHERNET, 20);
  return Buffer.concat([header, ...Array.from({ length: packets }, (_, i) => record(i))]);
}

/** Bytes of the file up to the middle of the packet `index`. */
export function cutWithin(index: number): number {
  return 24 + index * (16 + FRAME_BYTES) + 40;
}

function record(index: number): Buffer {
  const bytes = Buffer.alloc(16 + FRAME_BYTES);
  bytes.writeUInt32LE(1_700_000_000, 0);
  bytes.writeUInt32LE(index * 1000, 4);
  bytes.writeUInt32LE(FRAME_BYTES, 8);
  bytes.writeUInt32LE(FRAME_BYTES, 12);
  const ethernet = '020000000002' + '020000000001' + '0800';
  // IPv4 (RFC 791 3.1): 46 bytes in all, UDP, 10.0.0.1 to 10.0.0.2; UDP (RFC 768): port 4000 to 4001, 26 bytes.
  const ip = '4500002e' + '00004000' + '40110000' + '0a000001' + '0a000002';
  bytes.write(`${ethernet}${ip}0fa00fa1001a0000`, 16, 'hex');
  return bytes;
}
