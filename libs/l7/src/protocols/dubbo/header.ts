import { u16be, u32be } from '../../bytes/numbers.ts';

export const HEADER_BYTES = 16;
const MAGIC = 0xdabb;
/** Longest body believed: Dubbo's own limit is 8 MiB, and can be raised. */
const MAX_BODY = 256 * 1024 * 1024;

/** Ids of the serializations that are read. */
export const Serialization = { hessian2: 2, fastjson: 6, kryo: 8, fastjson2: 23 } as const;

/** Status of a response, with the name that Dubbo gives it. */
export const statusNames: Record<number, string> = {
  20: 'OK',
  25: 'SERIALIZATION_ERROR',
  30: 'CLIENT_TIMEOUT',
  31: 'SERVER_TIMEOUT',
  35: 'CHANNEL_INACTIVE',
  40: 'BAD_REQUEST',
  50: 'BAD_RESPONSE',
  60: 'SERVICE_NOT_FOUND',
  70: 'SERVICE_ERROR',
  80: 'SERVER_ERROR',
  90: 'CLIENT_ERROR',
  100: 'SERVER_THREADPOOL_EXHAUSTED_ERROR',
};

/** Codes that say the client is at fault. */
export const clientErrors: ReadonlySet<number> = new Set([30, 40, 90]);

/**
 *     magic (16) = 0xdabb, request (1), two way (1), event (1), serialization (5), status (8)
 *     request id (64), body length (32), body          Dubbo protocol, "Protocol details"
 */
export class DubboHeader {
  isRequest = false;
  isTwoWay = false;
  /** A heartbeat, or that a server goes away. */
  isEvent = false;
  serialization = 0;
  status = 0;
  bodyBytes = 0;

  /** False if these 16 bytes are no header. */
  read(bytes: Uint8Array, at: number): boolean {
    if (u16be(bytes, at) !== MAGIC) return false;
    const flags = bytes[at + 2];
    this.isRequest = (flags & 0x80) !== 0;
    this.isTwoWay = (flags & 0x40) !== 0;
    this.isEvent = (flags & 0x20) !== 0;
    this.serialization = flags & 0x1f;
    this.status = bytes[at + 3];
    this.bodyBytes = u32be(bytes, at + 12);
    if (this.serialization === 0 || this.bodyBytes > MAX_BODY) return false;
    return this.isRequest || this.status in statusNames;
  }
}
