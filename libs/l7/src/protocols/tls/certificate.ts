import { X509Certificate } from 'node:crypto';
import { u24be } from '../../bytes/numbers.ts';

/** Names of a server's certificate. */
export interface CertificateNames {
  readonly subject: string;
  readonly issuer: string;
  /** End of validity, ISO 8601. */
  readonly notAfter: string;
}

const MAX_CACHED = 256;
const MAX_BYTES = 8192;
const known = new Map<string, CertificateNames | null>();

/**
 * The first certificate of a Certificate message up to TLS 1.2: `list length (24), length (24), DER` (RFC 5246 7.4.2). Null
 * if it is not whole or not X.509. Servers send the same one each time: those seen lately are remembered.
 */
export function readCertificate(bytes: Uint8Array, start: number, end: number): CertificateNames | null {
  if (end - start < 6) return null;
  const from = start + 6;
  const last = from + u24be(bytes, start + 3);
  if (last > end || last - from > MAX_BYTES) return null;
  const der = Buffer.from(bytes.subarray(from, last));
  const key = der.toString('latin1');
  let names = known.get(key);
  if (names === undefined) {
    names = parse(der);
    if (known.size >= MAX_CACHED) known.clear();
    known.set(key, names);
  }
  return names;
}

function parse(der: Buffer): CertificateNames | null {
  try {
    const certificate = new X509Certificate(der);
    const date = new Date(certificate.validTo);
    return {
      subject: oneLine(certificate.subject),
      issuer: oneLine(certificate.issuer),
      notAfter: Number.isNaN(date.getTime()) ? '' : date.toISOString(),
    };
  } catch {
    return null; // hostile, or of a kind that OpenSSL does not read
  }
}

/** Node writes one attribute a line, outermost first; RFC 4514 from the innermost on, with commas. */
const oneLine = (name: string | undefined): string => (name ?? '').split('\n').reverse().join(',').slice(0, 256);
