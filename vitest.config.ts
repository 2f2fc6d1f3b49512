import { defineConfig } from 'vitest/config';

const waits = { testTimeout: 120_000, hookTimeout: 600_000 };
/** What these see is the whole machine: nothing else may run beside them. */
const watching = ['test/integration/capturer/**/*.test.ts', 'test/integration/doctor.test.ts'];

/**
 * Four suites: `unit` beside the code, `integration` against real servers, which mostly waits for them, `machine` against the kernel, and
 * `e2e` against the built command.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          testTimeout: 30_000,
          maxWorkers: '100%',
          include: ['{libs,services}/*/src/**/*.test.ts', 'cli/src/**/*.test.ts', 'test/laboratory/**/*.test.ts'],
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          exclude: watching,
          maxWorkers: 2,
          ...waits,
        },
      },
      { test: { name: 'machine', include: watching, fileParallelism: false, ...waits } },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 900_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
