import { describe, expect, it } from 'vitest';
import { statusOfSqlState } from './sql-state.ts';

describe('SQLSTATE', () => {
  it('blames the client for statements, names, rights, values and constraints', () => {
    for (const state of [
      '28P01',
      '28000',
      '42601',
      '42P01',
      '42S02',
      '22P02',
      '23505',
      '23000',
      '3D000',
      '26000',
      '08P01',
    ])
      expect([state, statusOfSqlState(state)]).toEqual([state, 'client_error']);
  });

  it('blames the server for connections, lost transactions, resources, operators and itself', () => {
    for (const state of [
      '08006',
      '40001',
      '40P01',
      '53300',
      '55P03',
      '57P01',
      '57014',
      '58030',
      'XX000',
      'HY000',
      '25P03',
      '',
    ])
      expect([state, statusOfSqlState(state)]).toEqual([state, 'server_error']);
  });
});
