import { expect, test } from 'vitest';
import { budgetCheck } from './budget-check.ts';

const found = (cpus: number) => budgetCheck({ cpus, burstS: 20, burstRequestsPerS: 5000 }, 4).run();

test('says what a capturer takes of a busy node', () => {
  expect(found(0.4)).toMatchObject({ status: 'ok', detail: expect.stringContaining('0.4 of 4 CPUs') });
  expect(found(0.4)).toMatchObject({ detail: expect.stringContaining('20 s, at most 5000 requests a second') });
});

test('warns of a budget that hardly lets anything be seen, and says what to do', () => {
  expect(found(0.045)).toMatchObject({ status: 'lacking', remedy: expect.stringContaining('CPU_BUDGET=0.1') });
});

test('has nothing to say where there is no budget', () => {
  expect(found(0)).toMatchObject({ status: 'skipped' });
});
