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
const headerBytes = 14 + 20 + 20;
let nowUs = 1_704_067_200e6;

/** A TCP connection between 10.0.0.1 and 10.0.0.2 as Ethernet frames in a file, a microsecond apart. */
export class TcpTalk {
  readonly #writer: CaptureWriter;
  readonly #ports: readonly [number, number];
  readonly #next = [1, 1];

  constructor(writer: CaptureWriter, clientPort: number, serverPort: number) {
    this.#writer = writer;
    this.#ports = [clientPort, serverPort];
  }

  open(): void {
    this.#send(0, syn);
    this.#send(1, syn | ack);
    this.#send(0, ack);
  }

  exchange({ request, response }: Answered): void {
    this.#send(0, psh | ack, request);
    this.#send(1, psh | ack, response);
  }

  close(): void {
    this.#send(0, fin | ack);
    this.#send(1, fin | ack);
    this.#send(0, ack);
  }

  #send(side: 0 | 1, flags: number, payload: Uint8Array = new Uint8Array()): void {
    const frame = Buffer.alloc(headerBytes + payload.length);
    frame.writeUInt16BE(0x0800, 12);
    frame[5] = side === 0 ? 2 : 1;
    frame[11] = side === 0 ? 1 : 2;
    frame.set([0x45, 0], 14);
    frame.writeUInt16BE(40 + payload.length, 16);
    frame.set([0, 0, 0x40, 0, 64, 6], 18);
    frame.set([10, 0, 0, side === 0 ? 1 : 2, 10, 0, 0, side === 0 ? 2 : 1], 26);
    frame.writeUInt16BE(this.#ports[side], 34);
    frame.writeUInt16BE(this.#ports[1 - side], 36);
    frame.writeUInt32BE(this.#next[side], 38);
    frame.writeUInt32BE(flags & ack ? this.#next[1 - side] : 0, 42);
    frame.set([0x50, flags, 0xff, 0xff], 46);
    frame.set(payload, headerBytes);
    this.#writer.write(nowUs++, frame, frame.length);
    const consumed = payload.length + (flags & (syn | fin) ? 1 : 0);
    this.#next[side] = (this.#next[side] + consumed) >>> 0;
  }
}
