/** The record at which a reader stands; filled in place by `next()`, valid until the next call. */
export class Frame {
  /** Memory of the reader. */
  bytes: Uint8Array = new Uint8Array(0);
  start = 0;
  capturedBytes = 0;
  /** Length on the wire as the file says; never less than `capturedBytes`. */
  wireBytes = 0;
  /** Time of capture in whole µs since the epoch; a record without a time has that of the one before it. */
  timeUs = 0;
  /** Nanoseconds past `timeUs`, 0 .. 999. */
  nanosPastUs = 0;
  /** LINKTYPE_ value. */
  linkType = 0;
  /** Index of the interface within its section (pcapng), of the network device (modified pcap), else 0. */
  interfaceId = 0;
}
