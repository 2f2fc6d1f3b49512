import { u16be } from '../../bytes/numbers.ts';

/**
 * Header of 12 bytes (RFC 1035 4.1.1):
 *
 *     ID | QR Opcode(4) AA TC RD RA Z AD CD RCODE(4) | QDCOUNT | ANCOUNT | NSCOUNT | ARCOUNT
 */
export const HEADER_BYTES = 12;

export const idOf = (bytes: Uint8Array, at: number): number => u16be(bytes, at);
export const isResponse = (bytes: Uint8Array, at: number): boolean => (bytes[at + 2] & 0x80) !== 0;
export const opcodeOf = (bytes: Uint8Array, at: number): number => (bytes[at + 2] >> 3) & 15;
export const rcodeOf = (bytes: Uint8Array, at: number): number => bytes[at + 3] & 15;
export const questionsOf = (bytes: Uint8Array, at: number): number => u16be(bytes, at + 4);
export const answersOf = (bytes: Uint8Array, at: number): number => u16be(bytes, at + 6);
export const authoritiesOf = (bytes: Uint8Array, at: number): number => u16be(bytes, at + 8);
export const additionalOf = (bytes: Uint8Array, at: number): number => u16be(bytes, at + 10);
