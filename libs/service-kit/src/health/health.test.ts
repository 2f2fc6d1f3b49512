import { expect, test } from 'vitest';
import { Health } from './health.ts';

test('is ready while every component is well', () => {
  const health = new Health();
  health.component('bus').ok();
  expect(health.readiness).toEqual({ status: 'ok', reasons: [] });
});

test('is ready and says why while a component is degraded', () => {
  const health = new Health();
  health.component('redis').degraded('away since 12:00');
  health.component('bus').ok();
  expect(health.readiness).toEqual({ status: 'degraded', reasons: ['redis: away since 12:00'] });
});

test('is not ready while one component is down, and names all that are not well', () => {
  const health = new Health();
  const bus = health.component('bus');
  bus.down('no broker answers');
  health.component('redis').degraded('away');
  expect(health.readiness).toEqual({ status: 'down', reasons: ['bus: no broker answers', 'redis: away'] });
  bus.ok();
  expect(health.readiness.status).toBe('degraded');
});

test('stays alive while it is not ready, and dies only of a failure', () => {
  const health = new Health();
  health.component('bus').down('no broker answers');
  expect(health.liveness.status).toBe('ok');
  health.fail('the group fenced this member');
  health.fail('later');
  expect(health.liveness).toEqual({ status: 'down', reasons: ['the group fenced this member'] });
  expect(health.readiness.status).toBe('down');
});
