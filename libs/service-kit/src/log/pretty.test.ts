import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { prettyLine } from './pretty.ts';

test('shows time of day, level, service, message and the other fields', () => {
  const json = JSON.stringify({
    level: 'warn',
    time: '2026-01-02T03:04:05.678Z',
    service: 'tagger',
    event: 'lookupFailed',
    reason: 'redis is away',
    count: 3,
    topic: 'flows.raw',
    msg: 'no tags',
  });
  expect(stripVTControlCharacters(prettyLine(json))).toBe(
    '03:04:05.678 warn  tagger no tags reason="redis is away" count=3 topic=flows.raw\n',
  );
});

test('shows the stack of an error below its line', () => {
  const json = JSON.stringify({
    level: 'error',
    time: '',
    service: 'tagger',
    msg: 'failed',
    err: { stack: 'Error: x\n at y' },
  });
  expect(stripVTControlCharacters(prettyLine(json))).toContain('tagger failed\nError: x\n at y\n');
});
