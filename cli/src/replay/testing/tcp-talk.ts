const SYN = 0x02;
const PSH = 0x08;
const ACK = 0x10;
const client = { mac: '020000000001', address: '0a000001', port: 40_000, firstSeq: 1000 };
const server = { mac: '020000000002', address: '0a000002', firstSeq: 9000 };

/** What one side says, in order. */
export type Said = readonly [side: 'client' | 'server', bytes: string | Buffer];

/** Ethernet frames of a TCP connection from 10.0.0.1 to 10.0.0.2 (RFC 791 3.1, RFC 9293 3.1): handshake, then what is said. */
export function tcpTalk(serverPort: number, said: readonly Said[]): Buffer[] {
  const seq = { client: client.firstSeq, server: server.firstSeq };
  const segment = (side: 'client' | 'server', flags: number, data: Uint8Array): Buffer => {
    const isClient = side === 'client';
    const [from, to] = isClient ? [client, server] : [server, client];
    const tcp = Buffer.alloc(20);
    tcp.writeUInt16BE(isClient ? client.port : serverPort, 0);
    tcp.writeUInt16BE(isClient ? serverPort : client.port, 2);
    tcp.writeUInt32BE(seq[side], 4);
    tcp.writeUInt32BE(flags & ACK ? seq[isClient ? 'server' : 'client'] : 0, 8);
    tcp.writeUInt16BE(0x5000 | flags, 12);
    tcp.writeUInt16BE(65_535, 14);
    seq[side] += data.length + (flags & SYN ? 1 : 0);
    const length = (40 + data.length).toString(16).padStart(4, '0');
    const ip = `4500${length}0000000040060000${from.address}${to.address}`;
    return Buffer.concat([Buffer.from(`${to.mac}${from.mac}0800${ip}`, 'hex'), tcp, data]);
  };
  const none = new Uint8Array(0);
  return [
    segment('client', SYN, none),
    segment('server', SYN | ACK, none),
    segment('client', ACK, none),
    ...said.map(([side, bytes]) => segment(side, PSH | ACK, Buffer.from(bytes))),
  ];
}
