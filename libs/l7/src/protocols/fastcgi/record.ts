import { u16be } from '../../bytes/numbers.ts';

export const RECORD_HEADER_BYTES = 8;
export const RecordType = {
  beginRequest: 1,
  abortRequest: 2,
  endRequest: 3,
  params: 4,
  stdin: 5,
  stdout: 6,
  stderr: 7,
  data: 8,
  getValues: 9,
  getValuesResult: 10,
  unknownType: 11,
} as const;

/**
 *     version (8) = 1, type (8), requestId (16), contentLength (16), paddingLength (8), reserved (8)
 *     content, padding                                                        FastCGI specification 3.3
 */
export class RecordHeader {
  type = 0;
  id = 0;
  contentBytes = 0;
  /** With header and padding. */
  totalBytes = 0;

  /** False if these eight bytes are no such header. */
  read(bytes: Uint8Array, at: number): boolean {
    this.type = bytes[at + 1];
    this.id = u16be(bytes, at + 2);
    this.contentBytes = u16be(bytes, at + 4);
    this.totalBytes = RECORD_HEADER_BYTES + this.contentBytes + bytes[at + 6];
    if (bytes[at] !== 1 || this.type < RecordType.beginRequest || this.type > RecordType.unknownType) return false;
    if (bytes[at + 7] !== 0) return false;
    const isManagement = this.type >= RecordType.getValues;
    if (isManagement !== (this.id === 0)) return false;
    const isFixed = this.type === RecordType.beginRequest || this.type === RecordType.endRequest;
    return !isFixed || this.contentBytes === 8;
  }
}
