import { existsSync, renameSync } from 'node:fs';
import { CaptureFile } from '@flowloom/capturer';
import { Packet, PacketDecoder, shareOf } from '@flowloom/packet';
import { CaptureWriter } from './capture-file.ts';

/** Splits a capture into so many files by the hash of the flow, as PACKET_FANOUT does with live packets. Made once, then kept. */
export async function splitByFlow(file: string, parts: number): Promise<string[]> {
  const paths = Array.from({ length: parts }, (_, part) => file.replace(/\.pcap$/, `-${part + 1}-of-${parts}.pcap`));
  if (paths.every((path) => existsSync(path))) return paths;
  const writers = paths.map((path) => new CaptureWriter(`${path}.part`));
  const capture = new CaptureFile(file);
  const decoder = new PacketDecoder();
  const packet = new Packet();
  while (await capture.fill()) {
    while (capture.reader.next()) {
      const { bytes, start, capturedBytes, wireBytes, timeUs, linkType } = capture.reader.frame;
      decoder.decode(packet, bytes, start, capturedBytes, wireBytes, timeUs, linkType);
      writers[shareOf(packet, parts)].write(timeUs, bytes.subarray(start, start + capturedBytes), wireBytes);
    }
  }
  capture.close();
  for (const [part, writer] of writers.entries()) {
    writer.close();
    renameSync(`${paths[part]}.part`, paths[part]);
  }
  return paths;
}
