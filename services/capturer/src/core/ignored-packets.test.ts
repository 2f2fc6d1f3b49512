import { Drop, LinkType } from '@flowloom/packet';
import { expect, test } from 'vitest';
import { IgnoredPackets } from './ignored-packets.ts';

test('are counted by place and reason, unknown link types by their names', () => {
  const ignored = new IgnoredPackets();
  ignored.add(0, Drop.arp, LinkType.ethernet);
  ignored.add(2, Drop.arp, LinkType.ethernet);
  for (const linkType of [253, 253, 300]) ignored.add(2, Drop.link_type, linkType);
  expect(ignored.of(0)).toEqual({ arp: 1 });
  expect(ignored.of(1)).toEqual({});
  expect(ignored.of(2)).toEqual({ arp: 1, 'link_type netlink': 2, 'link_type linktype-300': 1 });
  expect(ignored.total()).toEqual({ arp: 2, 'link_type netlink': 2, 'link_type linktype-300': 1 });
});

test('are no longer ignored when they were fragments that found their first one', () => {
  const ignored = new IgnoredPackets();
  for (let i = 0; i < 3; i++) ignored.add(0, Drop.fragment_held, LinkType.ethernet);
  ignored.release(0, 2);
  expect(ignored.of(0)).toEqual({ fragment_held: 1 });
  ignored.release(0, 1);
  expect(ignored.of(0)).toEqual({});
});

test('of more link types than any capture has are counted without names', () => {
  const ignored = new IgnoredPackets();
  for (let linkType = 1000; linkType < 2000; linkType++) ignored.add(0, Drop.link_type, linkType);
  const reasons = ignored.of(0);
  expect(Object.keys(reasons)).toHaveLength(65);
  expect(reasons.link_type).toBe(1000 - 64);
});
