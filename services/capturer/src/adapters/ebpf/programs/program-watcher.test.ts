import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { ProgramWatcher } from './program-watcher.ts';

test('looks at a program again when it has had time to load its libraries, also where nothing else begins', async () => {
  const looked: number[] = [];
  const watcher = new ProgramWatcher([{ fit: ({ pid }) => looked.push(pid), ended: () => {} }]);
  await watcher.start();
  expect(looked).toContain(process.ppid); // all that run by now
  const child = spawn('sleep', ['10']);
  const looks = () => looked.filter((pid) => pid === child.pid).length;
  try {
    watcher.began(child.pid!);
    await expect.poll(looks, { timeout: 2000 }).toBeGreaterThan(2);
  } finally {
    watcher.stop();
    child.kill();
  }
});

test('looks at a program that begins before those that have run for long, however long a look takes', async () => {
  const looked: number[] = [];
  const slowly = ({ pid }: { pid: number }) => {
    looked.push(pid);
    for (const endMs = performance.now() + 15; performance.now() < endMs; );
  };
  const children = Array.from({ length: 12 }, () => spawn('sleep', ['10']));
  const watcher = new ProgramWatcher([{ fit: slowly, ended: () => {} }]);
  try {
    void watcher.start();
    watcher.began(children[11].pid!);
    await expect.poll(() => looked, { timeout: 2000 }).toContain(children[11].pid);
    expect(looked).not.toContain(children[10].pid);
  } finally {
    watcher.stop();
    for (const child of children) child.kill();
  }
});
