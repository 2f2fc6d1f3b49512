import { expect, it } from 'vitest';
import type { ExportResult } from './exporter.ts';
import { RunningExports } from './running-exports.ts';

it('closes when the exports under way have ended, and begins none afterwards', async () => {
  const exports = new RunningExports();
  const { promise, resolve } = Promise.withResolvers<ExportResult>();
  const first = exports.run(() => promise);
  let closed = false;
  const closing = exports.close().then(() => (closed = true));
  expect(await exports.run(() => promise)).toEqual({ kind: 'failed', reason: 'closed' });
  expect(closed).toBe(false);
  resolve({ kind: 'ok' });
  await closing;
  expect(await first).toEqual({ kind: 'ok' });
});
