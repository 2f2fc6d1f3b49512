import { describe, expect, it } from 'vitest';
import { TextCache } from '../../../bytes/text-cache.ts';
import { HpackDecoder } from './decoder.ts';
import { decodeHuffman } from './huffman.ts';
import { staticTable } from './static-table.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');

function decode(decoder: HpackDecoder, block: string, wants: (name: string) => boolean = () => true): string[] | null {
  const fields: string[] = [];
  const bytes = hex(block);
  const sink = { wants, header: (name: string, value: string) => fields.push(`${name}: ${value}`) };
  return decoder.decode(bytes, 0, bytes.length, sink) ? fields : null;
}

const newDecoder = () => new HpackDecoder(new TextCache());
const GET_EXAMPLE = [':method: GET', ':scheme: http', ':path: /', ':authority: www.example.com'];

describe('HPACK', () => {
  it('has the static table of appendix A', () => {
    expect(staticTable.length).toBe(62);
    expect([16, 31, 58, 61].map((index) => staticTable[index].name)).toEqual([
      'accept-encoding',
      'content-type',
      'user-agent',
      'www-authenticate',
    ]);
  });

  it('decodes the requests of RFC 7541 C.4, which share a table', () => {
    const decoder = newDecoder();
    expect(decode(decoder, '8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff')).toEqual(GET_EXAMPLE);
    expect(decode(decoder, '8286 84be 5886 a8eb 1064 9cbf')).toEqual([...GET_EXAMPLE, 'cache-control: no-cache']);
    expect(decode(decoder, '8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf')).toEqual([
      ':method: GET',
      ':scheme: https',
      ':path: /index.html',
      ':authority: www.example.com',
      'custom-key: custom-value',
    ]);
  });

  it('decodes the responses of RFC 7541 C.6, whose table is too small for them', () => {
    const decoder = newDecoder();
    decoder.table.resize(256);
    expect(
      decode(
        decoder,
        '4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3',
      ),
    ).toEqual([
      ':status: 302',
      'cache-control: private',
      'date: Mon, 21 Oct 2013 20:13:21 GMT',
      'location: https://www.example.com',
    ]);
    expect(decode(decoder, '4883 640e ffc1 c0bf')?.[0]).toBe(':status: 307');
    const last = decode(
      decoder,
      '88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07',
    );
    expect(last?.[0]).toBe(':status: 200');
    expect(last?.[5]).toBe('set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1');
  });

  it('leaves out fields that it cannot know after a pick-up, and knows those sent since', () => {
    const decoder = newDecoder();
    decoder.table.forget();
    expect(decode(decoder, '82 86 84 be')).toEqual(GET_EXAMPLE.slice(0, 3));
    expect(decode(decoder, '82 41 8c f1e3 c2e5 f23a 6ba0 ab90 f4ff')).toContain(GET_EXAMPLE[3]);
    expect(decode(decoder, '82 be c0')).toEqual([GET_EXAMPLE[0], GET_EXAMPLE[3]]);
  });

  it('keeps no text of fields that no one wants', () => {
    const decoder = newDecoder();
    decode(decoder, '82 41 8c f1e3 c2e5 f23a 6ba0 ab90 f4ff', (name) => name === ':method');
    expect(decoder.table.get(0)).toEqual({ name: '', value: '' });
  });

  it.each([
    ['an index of 0', '80'],
    ['an integer without end', 'ff ffff ffff ffff'],
    ['a text beyond the block', '41 8c f1e3'],
    ['Huffman code with an end of string in it', '41 84 ffff ffff'],
  ])('refuses %s', (_, block) => expect(decode(newDecoder(), block)).toBeNull());

  it('bounds its table, whatever size is asked for', () => {
    const decoder = newDecoder();
    decode(decoder, '3f ffff 7f'); // 2 MB
    const field = `40 01 61 7f 81 07 ${'62'.repeat(1024)}`; // added: a = 1,024 times b
    for (let i = 0; i < 200; i++) decode(decoder, field);
    expect(decoder.table.get(50)).toBeDefined();
    expect(decoder.table.get(70)).toBeUndefined();
  });

  it('counts decoded text beyond its buffer', () => {
    const into = new Uint8Array(2);
    expect(decodeHuffman(into, hex('f1e3c2e5f23a6ba0ab90f4ff'), 0, 12)).toBe(15);
    expect(Buffer.from(into).toString()).toBe('ww');
  });
});
