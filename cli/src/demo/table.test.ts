import { expect, it } from 'vitest';
import { table } from './table.ts';

it('makes columns as wide as their widest cell, with numbers to the right', () => {
  expect(
    table(
      ['name', 'n'],
      [
        ['shop', 7],
        ['a', 1200],
      ],
    ),
  ).toEqual(['name  n', 'shop     7', 'a     1200']);
});

it('leaves no space at the end of a line', () => {
  expect(table(['client', 'at'], [['edge', '']])).toEqual(['client  at', 'edge']);
});
