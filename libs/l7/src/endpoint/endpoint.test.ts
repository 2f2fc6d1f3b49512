import { describe, expect, it } from 'vitest';
import { EndpointLimit, OTHER } from './endpoint-limit.ts';
import { foldPath } from './fold-path.ts';
import { sqlEndpoint } from './sql-summary.ts';

describe('foldPath', () => {
  it.each([
    ['/users/42?x=1', '/users/{id}'],
    ['/v1/orders/550e8400-e29b-41d4-a716-446655440000/items', '/v1/orders/{id}/items'],
    ['/blob/deadbeef01', '/blob/{id}'],
    ['/mail/a%40b.org', '/mail/{id}'],
    ['/api/v2/health', '/api/v2/health'],
    ['/decade/facade', '/decade/facade'],
    ['/', '/'],
  ])('%s becomes %s', (path, folded) => expect(foldPath(path)).toBe(folded));

  it('cuts endless paths', () => expect(foldPath('/a'.repeat(100)).length).toBeLessThan(40));
});

describe('sqlEndpoint', () => {
  it.each([
    ['select * from "app"."users" u where id = ?', 'SELECT app.users'],
    ['INSERT INTO t (a) VALUES (?)', 'INSERT t'],
    ['UPDATE `a`.`b` SET x = ?', 'UPDATE a.b'],
    ['DELETE FROM x', 'DELETE x'],
    ['CREATE TABLE IF NOT EXISTS y (id int)', 'CREATE y'],
    ['BEGIN', 'BEGIN'],
    ['SELECT ?', 'SELECT'],
  ])('%s is counted as %s', (sql, endpoint) => expect(sqlEndpoint(sql)).toBe(endpoint));
});

describe('EndpointLimit', () => {
  it('puts what is beyond the cap into one bucket, for each protocol', () => {
    const limit = new EndpointLimit(2);
    expect(['a', 'b', 'c', 'a'].map((endpoint) => limit.limit('http', endpoint))).toEqual(['a', 'b', OTHER, 'a']);
    expect(limit.limit('dns', 'c')).toBe('c');
  });
});
