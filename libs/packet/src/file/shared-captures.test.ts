import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { zstdDecompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { CaptureReader } from './capture-reader.ts';

/** Captures of other projects with what TShark 4.0 reads from them; not part of the repository. */
const folder = fileURLToPath(new URL('../../../../../shared/pcaps/formats/', import.meta.url));
const isThere = existsSync(folder);
const names = isThere ? readdirSync(folder).filter((name) => /\.(pcap|pcapng|zst)$/.test(name)) : [];
const captures = names.filter((name) => existsSync(`${folder}${name}.truth.jsonl`));

/** TShark cannot read its link type. */
const UNREADABLE = 'libpcap__brcm-tag.pcap';
/** Its packets have times before the epoch, which TShark shows as 2^64 µs less. */
const NEGATIVE_TIMES = 'pcapplusplus__pcapng-example.pcapng.zst';

interface Truth {
  'frame.time_epoch'?: string;
  'frame.cap_len': string;
  'frame.len': string;
  'frame.encap_type'?: string;
}

function truthOf(name: string): Truth[] {
  const lines = readFileSync(`${folder}${name}.truth.jsonl`, 'utf8').split('\n').filter(Boolean);
  // TShark counts custom blocks as frames: they have no link type.
  return lines.map((line) => JSON.parse(line) as Truth).filter((row) => row['frame.encap_type'] !== undefined);
}

describe.skipIf(!isThere)('the captures of ../shared (skipped where absent)', () => {
  test.each(captures.filter((name) => name !== UNREADABLE))(
    '%s: times to the ns and lengths as TShark reads them',
    (name) => {
      const file = readFileSync(folder + name);
      const reader = new CaptureReader();
      reader.push(name.endsWith('.zst') ? zstdDecompressSync(file) : file);
      for (const [i, row] of truthOf(name).entries()) {
        expect(reader.next(), `frame ${i + 1}`).toBe(true);
        const { timeUs, nanosPastUs, capturedBytes, wireBytes } = reader.frame;
        expect([capturedBytes, wireBytes].map(String)).toEqual([row['frame.cap_len'], row['frame.len']]);
        const time = row['frame.time_epoch'];
        if (time === undefined || (name === NEGATIVE_TIMES && timeUs < 0)) continue;
        expect(BigInt(timeUs) * 1000n + BigInt(nanosPastUs)).toBe(BigInt(time.replace('.', '')));
      }
      expect(reader.next()).toBe(false);
      reader.end();
      expect(reader.error).toBeNull();
    },
  );
});
