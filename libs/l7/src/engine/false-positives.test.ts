import { describe, expect, it } from 'vitest';
import { protocols } from '../registry.ts';
import { foreignPayloads, foreignTalk, Random, Verdicts } from '../testing/index.ts';

const STREAMS = 1000;
/** Four of a thousand are a coincidence at a rate of one in a thousand (probability 0.02); bench/false-positives.ts measures. */
const TOLERATED = 3;
const wellKnown = protocols.flatMap((protocol) => protocol.ports ?? []);

describe('bytes of no protocol', () => {
  it.each(foreignPayloads)('are hardly ever taken for one: $name over $transport', (payload) => {
    const random = new Random(7);
    const verdicts = new Verdicts();
    const wrong: string[] = [];
    for (let i = 0; i < STREAMS; i++) {
      const port = random.below(2) === 0 ? wellKnown[random.below(wellKnown.length)] : 1024 + random.below(60_000);
      const names = verdicts.of(payload.transport, [40_000, port], foreignTalk(payload, random));
      wrong.push(...names.filter((name) => !payload.right.includes(name)));
    }
    expect(wrong.length, wrong.join(' ')).toBeLessThanOrEqual(TOLERATED);
  });
});
