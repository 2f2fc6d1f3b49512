import type { CaptureWriter } from './capture-file.ts';

/** What a client sends at once, and what answers it: one segment each. */
export interface Answered {
  readonly request: Uint8Array;
  readonly response: Uint8Array;
}

export const httpExchange: Answered = {
  request: Buffer.from(
    'GET /api/v1/users/42?page=2 HTTP/1.1\r\nHost: shop.example.com\r\nUser-Agent: wrk/4.2\r\nAccept: */*\r\n' +
      'traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n\r\n',
  ),
  response: Buffer.from(
    'HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Sat, 21 Nov 2026 05:00:00 GMT\r\nContent-Type: text/html\r\n' +
      'Content-Length: 10\r\nConnection: keep-alive\r\n\r\n0123456789',
  ),
};

export const redisPipeline: Answered = {
  request: Buffer.from('*3\r\n$3\r\nSET\r\n$16\r\nkey:000000000042\r\n$3\r\nabc\r\n'.repeat(16)),
  response: Buffer.from('+OK\r\n'.repeat(16)),
};

const [fin, syn, psh, ack] = [1, 2, 8, 16];
const ethernetAndIp = 14 + 20;
const [tcpBytes, udpBytes] = [20, 8];
const [TCP, UDP] = [6, 17];
/** IPv4's longest packet, less the headers. */
export const MAX_PAYLOAD = 65_535 - 20 - tcpBytes;
let nowUs = 1_704_067_200e6;

/** Ethernet and IPv4 around so many bytes, which are left open: between 10.0.0.2, the server, and the client of that number. */
function packet(side: 0 | 1, client: number, protocol: number, bytes: number): Buffer {
  const frame = Buffer.alloc(ethernetAndIp + bytes);
  frame.writeUInt16BE(0x0800, 12);
  frame[5] = side === 0 ? 2 : 1;
  frame[11] = side === 0 ? 1 : 2;
  frame.set([0x45, 0], 14);
  frame.writeUInt16BE(20 + bytes, 16);
  frame.set([0, 0, 0x40, 0, 64, protocol], 18);
  const address = (10 << 24) | client;
  const server = (10 << 24) | 2;
  frame.writeUInt32BE(side === 0 ? address : server, 26);
  frame.writeUInt32BE(side === 0 ? server : address, 30);
  return frame;
}

/** A datagram, as an Ethernet frame in a file. */
export function writeDatagram(
  writer: CaptureWriter,
  side: 0 | 1,
  client: number,
  ports: readonly [number, number],
  payload: Uint8Array,
): void {
  const frame = packet(side, client, UDP, udpBytes + payload.length);
  frame.writeUInt16BE(ports[side], ethernetAndIp);
  frame.writeUInt16BE(ports[1 - side], ethernetAndIp + 2);
  frame.writeUInt16BE(udpBytes + payload.length, ethernetAndIp + 4);
  frame.set(payload, ethernetAndIp + udpBytes);
  writer.write(nowUs++, frame, frame.length);
}

/** A TCP connection to 10.0.0.2 as Ethernet frames in a file, a microsecond apart. */
export class TcpTalk {
  readonly #writer: CaptureWriter;
  readonly #ports: readonly [number, number];
  readonly #client: number;
  readonly #next = [1, 1];

  /** @param client the lower 24 bits of the client's address: 10.0.0.1 without */
  constructor(writer: CaptureWriter, clientPort: number, serverPort: number, client = 1) {
    this.#writer = writer;
    this.#client = client;
    this.#ports = [clientPort, serverPort];
  }

  open(): void {
    this.#send(0, syn);
    this.#send(1, syn | ack);
    this.#send(0, ack);
  }

  exchange({ request, response }: Answered): void {
    this.say(0, request);
    this.say(1, response);
  }

  say(side: 0 | 1, payload: Uint8Array): void {
    this.#send(side, psh | ack, payload);
  }

  close(): void {
    this.#send(0, fin | ack);
    this.#send(1, fin | ack);
    this.#send(0, ack);
  }

  #send(side: 0 | 1, flags: number, payload: Uint8Array = new Uint8Array()): void {
    const frame = packet(side, this.#client, TCP, tcpBytes + payload.length);
    frame.writeUInt16BE(this.#ports[side], 34);
    frame.writeUInt16BE(this.#ports[1 - side], 36);
    frame.writeUInt32BE(this.#next[side], 38);
    frame.writeUInt32BE(flags & ack ? this.#next[1 - side] : 0, 42);
    frame.set([0x50, flags, 0xff, 0xff], 46);
    frame.set(payload, ethernetAndIp + tcpBytes);
    this.#writer.write(nowUs++, frame, frame.length);
    const consumed = payload.length + (flags & (syn | fin) ? 1 : 0);
    this.#next[side] = (this.#next[side] + consumed) >>> 0;
  }
}
