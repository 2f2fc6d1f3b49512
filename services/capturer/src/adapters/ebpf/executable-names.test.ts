import { expect, it } from 'vitest';
import { ExecutableNames, namesInKernel } from './executable-names.ts';

it('names a process whose main thread has a name of its own by its executable', () => {
  const names = new ExecutableNames();
  expect(names.nameOf(process.pid, 'MainThread')).toBe('node');
  expect(names.nameOf(process.pid, 'gunicorn')).toBe('gunicorn');
});

it('leaves the name where the process has ended', () => {
  const names = new ExecutableNames();
  expect(names.nameOf(2 ** 22 + 1, 'MainThread')).toBe('MainThread');
});

it('keeps what was found until the process ends', () => {
  const names = new ExecutableNames();
  expect(names.nameOf(process.pid, 'MainThread')).toBe('node');
  names.forget(process.pid);
  expect(names.nameOf(process.pid, 'MainThread')).toBe('node');
});

it('finds Node.js under both of its names', () => {
  expect(namesInKernel('node')).toEqual(['node', 'MainThread']);
  expect(namesInKernel('nginx')).toEqual(['nginx']);
});
