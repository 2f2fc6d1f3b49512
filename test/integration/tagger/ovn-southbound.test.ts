import { setTimeout as sleep } from 'node:timers/promises';
import { createCertificates, missing, type OvnCentral, ovnMissing, startOvn, titled } from '@flowloom/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { followSouthbound } from '../../../services/tagger/src/adapters/ovn/southbound-source.ts';
import type { KubernetesObject } from '../../../services/tagger/src/core/kubernetes/objects.ts';
import { build, flowloom } from '../../e2e/harness/flowloom.ts';

const reason = ovnMissing() ?? (await missing('openssl'));
const certificates = reason ? undefined : createCertificates();
const tls = { ca: certificates?.ca, cert: certificates?.client.certificate, key: certificates?.client.key };

/** What Kube-OVN writes to the northbound database; northd makes the keys. */
describe.skipIf(reason)(titled("OVN's southbound database, with its northd", reason), () => {
  let ovn: OvnCentral;
  let stop: AbortController;
  let running: Promise<void>;
  let objects: Map<string, KubernetesObject>;
  const failed = vi.fn();
  beforeAll(async () => {
    build();
    ovn = await startOvn(certificates);
    await ovn.nbctl('ls-add', 'red-net', '--', 'lr-add', 'red');
  });
  afterAll(() => ovn?.stop());
  afterEach(async () => {
    stop.abort();
    await running;
  });

  function follow(...addresses: string[]): void {
    stop = new AbortController();
    objects = new Map();
    failed.mockClear();
    const target = {
      put: (object: KubernetesObject) => void objects.set(object.uid, object),
      removed: (uid: string) => void objects.delete(uid),
    };
    const wait = (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal });
    const listener = { works: () => {}, failed };
    running = followSouthbound({ addresses, tls }, target, { listener, sleep: wait }, stop.signal);
  }
  const addPort = (pod: string) =>
    ovn.nbctl(
      ...['lsp-add', 'red-net', `${pod}.shop`, '--'],
      ...['set', 'logical_switch_port', `${pod}.shop`, `external_ids:pod=shop/${pod}`, 'external_ids:vendor=kube-ovn'],
    );
  const keyOf = async (table: string, condition: string) =>
    Number(await ovn.sbctl('--bare', '--columns=tunnel_key', 'find', table, condition));
  const named = (name: string) => [...objects.values()].find((object) => object.name === name);
  const portsOf = (pod: string) => [...objects.values()].filter(({ spec }) => spec.podName === pod);
  const portIsKnown = (pod: string) => vi.waitFor(() => expect(portsOf(pod)).toHaveLength(1), 5000);

  it.each(['tcp', 'ssl'] as const)('tells networks and ports over %s, as they come and go', async (scheme) => {
    follow(ovn[scheme]);
    const pod = `${scheme}-1`;
    await addPort(pod);
    await portIsKnown(pod);
    expect(named('switch red-net')?.spec.key).toBe(await keyOf('datapath_binding', 'external_ids:name=red-net'));
    expect(named('router red')?.spec.key).toBe(await keyOf('datapath_binding', 'external_ids:name=red'));
    const [port] = portsOf(pod);
    expect(port.spec).toMatchObject({ namespace: 'shop', datapath: named('switch red-net')!.uid });
    expect(port.spec.key).toBe(await keyOf('port_binding', `logical_port=${pod}.shop`));
    await ovn.nbctl('lsp-del', `${pod}.shop`);
    await vi.waitFor(() => expect(portsOf(pod)).toEqual([]), 5000);
    expect(failed).not.toHaveBeenCalled();
  });

  it('is found again, at another of its servers too, with what has changed meanwhile', async () => {
    await addPort('before');
    follow('tcp:127.0.0.1:1', ovn.tcp);
    await portIsKnown('before');
    expect(failed).toHaveBeenCalledWith(
      expect.objectContaining({ message: expect.stringMatching(/^tcp:127\.0\.0\.1:1: .*ECONNREFUSED/) }),
    );
    await ovn.kill();
    await sleep(100);
    expect(portsOf('before')).toHaveLength(1);
    await ovn.startAgain();
    await ovn.nbctl('lsp-del', 'before.shop');
    await addPort('after');
    await portIsKnown('after');
    expect(portsOf('before')).toEqual([]);
  });

  it('is not believed where another authority has signed its certificate', async () => {
    follow(ovn.ssl);
    const other = createCertificates();
    const wrong = { addresses: [ovn.ssl], tls: { ...tls, ca: other.ca } };
    const refused = Promise.withResolvers<Error>();
    const listener = { works: () => {}, failed: refused.resolve };
    const end = new AbortController();
    const target = { put: () => {}, removed: () => {} };
    const wait = (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal });
    const following = followSouthbound(wrong, target, { listener, sleep: wait }, end.signal);
    expect((await refused.promise).message).toMatch(/certificate/);
    end.abort();
    await following;
  });

  it('is asked by the doctor at each of its servers', async () => {
    follow(ovn.tcp);
    await addPort('seen');
    const env = (...addresses: string[]) => ({ FLOWLOOM_TAGGER_OVN_SOUTHBOUND: addresses.join(',') });
    const found = await flowloom(['doctor', '--only', 'ovn'], { env: env(ovn.tcp) });
    expect(found.stdout).toMatch(/ok +ovn +tcp:\S+: 2 networks, \d+ ports of pods/);
    const missed = await flowloom(['doctor', '--only', 'ovn'], { env: env(ovn.tcp, 'tcp:127.0.0.1:1') });
    expect([missed.code, missed.stdout]).toEqual([
      1,
      expect.stringMatching(/LACKING +ovn +tcp:127\.0\.0\.1:1: .*ECONNREFUSED/),
    ]);
  });

  it('is answered when it asks whether the follower is still there', async () => {
    follow(ovn.tcp);
    await vi.waitFor(() => expect(named('switch red-net')).toBeDefined(), 5000);
    // It asks after 1 s; a connection that does not answer is closed after 2.
    await sleep(2500);
    await addPort('late');
    await portIsKnown('late');
    expect(failed).not.toHaveBeenCalled();
  });
});
