import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type DetailedPeerCertificate } from 'node:tls';
import {
  createCertificates,
  eventually,
  freePorts,
  KafkaBroker,
  type KubernetesServer,
  kafkaMissing,
  missing,
  type RedisServer,
  startKubernetes,
  startRedis,
  titled,
} from '@flowloom/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pcapFile } from '../../../cli/src/replay/testing/pcap-file.ts';
import { tcpTalk } from '../../../cli/src/replay/testing/tcp-talk.ts';
import { type KubernetesObject, namespace, objectsOf, template } from '../../../k8s/helm.ts';
import { Container, emptyDir, filesDir } from './container.ts';
import { buildImage, type OciImage } from './oci-image.ts';
import { containerOf, type NodeParts } from './pod.ts';
import { createRights, tokenOf } from './rights.ts';

const needs = ['root', 'mmdebstrap', 'buildah', 'runc', 'helm', 'kube-apiserver', 'etcd', 'redis-server', 'openssl'];
const reason = (await missing(...needs)) ?? (await kafkaMissing());
const noEbpf = existsSync('/sys/kernel/btf/vmlinux') ? undefined : 'the kernel has no BTF';

/** The image of the project's script, in containers as the chart's pods describe them, beside real servers. */
describe.skipIf(reason)(titled('the image', reason), () => {
  const folder = mkdtempSync(join(tmpdir(), 'flowloom-image-'));
  const running: Container[] = [];
  let image: OciImage;
  beforeAll(() => {
    image = buildImage(folder);
  });
  afterAll(async () => {
    await Promise.all(running.map((container) => container.end('SIGKILL')));
    rmSync(folder, { recursive: true, force: true });
  });

  function start(options: ConstructorParameters<typeof Container>[2]): Container {
    const container = new Container(image, folder, options);
    running.push(container);
    return container;
  }
  async function run(...args: string[]) {
    const container = start({ args });
    return { code: await container.ended(), stdout: container.stdout, stderr: container.stderr };
  }

  it('is small, and has neither a shell nor anything of the machine that built it', () => {
    expect(image.archiveBytes).toBeLessThan(80e6);
    expect(readdirSync(join(image.rootfs, 'usr/bin')).sort()).toEqual(['flowloom', 'node']);
    expect(readdirSync(join(image.rootfs, 'etc')).sort()).toEqual(['group', 'nsswitch.conf', 'passwd']);
    expect(existsSync(join(image.rootfs, 'bin'))).toBe(false);
  });

  it('runs the command as a user without rights, on a read-only root', async () => {
    expect(image.uid).toBe(65_532);
    const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
    expect(await run('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
    expect((await run('--help')).stdout).toContain('flowloom replay');
    expect((await run('--nonsense')).code).toBe(2);
  });

  it('replays a capture', async () => {
    const capture = pcapFile(
      tcpTalk(80, [
        ['client', 'GET /a HTTP/1.1\r\nHost: x\r\n\r\n'],
        ['server', 'HTTP/1.1 204 No Content\r\n\r\n'],
      ]),
      1_700_000_000_000_000,
    );
    const input = filesDir(folder, {});
    writeFileSync(join(input, 'a.pcap'), capture);
    const out = emptyDir(folder);
    const mounts = { '/mnt': { source: input, readOnly: true }, '/tmp': { source: out, readOnly: false } };
    const replay = start({ args: ['replay', '/mnt/a.pcap', '--out', '/tmp/out'], mounts });
    expect(await replay.ended(), replay.stderr).toBe(0);
    expect(replay.stdout).toMatch(/5 packets, 1 flow, 1 request/);
    const [request] = readFileSync(join(out, 'out/request-logs.ndjson'), 'utf8').split('\n');
    expect(JSON.parse(request)).toMatchObject({ protocol: 'http', request_resource: '/a', response_code: '204' });
  });

  describe('in the pods of the chart', () => {
    let kafka: KafkaBroker;
    let redis: RedisServer;
    let kubernetes: KubernetesServer;
    let objects: readonly KubernetesObject[];
    let node: NodeParts;
    const ports: Record<string, number> = {};
    const redisPassword = 's3cret,:@/';
    beforeAll(async () => {
      // As in a company: TLS by an authority of its own in both directions, logins, and passwords that are no part of an address.
      const certificates = createCertificates();
      const login = { username: 'flowloom', password: 'k4fka' };
      [kafka, redis, kubernetes] = await Promise.all([
        KafkaBroker.start({ security: { certificates, login, clientCertificate: true } }),
        startRedis({ certificates, password: redisPassword }),
        startKubernetes(),
      ]);
      const names = ['capturer', 'tagger', 'aggregator', 'tracer'];
      for (const [i, port] of (await freePorts(names.length)).entries()) ports[names[i]] = port;
      // All are on this machine's network: each needs a port of its own.
      const ownPorts = names.slice(1).map((name) => `${name}.settings.FLOWLOOM_HTTP_PORT=${ports[name]}`);
      objects = objectsOf(
        await template(
          [],
          [
            `kafka.brokers={${kafka.address}}`,
            `redis.urls={${redis.url}}`,
            'kafka.tls.enabled=true',
            'kafka.tls.clientSecret=kafka-client',
            'kafka.sasl.mechanism=scram-sha-512',
            'kafka.sasl.secret=kafka-login',
            'redis.passwordSecret=redis-auth',
            'trustedCA.secret=company-ca',
            `capturer.httpPort=${ports.capturer}`,
            'capturer.interfaces={lo}',
            ...ownPorts,
          ],
        ),
      );
      await kubernetes.call('POST', '/api/v1/namespaces', { metadata: { name: namespace } });
      await createRights(kubernetes, objects);
      const { hostname, port } = new URL(kubernetes.url);
      node = {
        folder,
        nodeName: 'node-7',
        secrets: {
          'kafka-login': login,
          'kafka-client': { 'tls.crt': certificates.client.certificate, 'tls.key': certificates.client.key },
          'redis-auth': { password: redisPassword },
          'company-ca': { 'ca.crt': certificates.ca },
        },
        serviceAccount: {
          token: await tokenOf(kubernetes, namespace, 'flowloom-tagger'),
          'ca.crt': await authorityOf(kubernetes.url),
          namespace,
        },
        kubernetesService: { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port },
      };
    });
    afterAll(async () => {
      await Promise.all(running.map((container) => container.end('SIGKILL')));
      await Promise.all([kafka?.remove(), redis?.stop(), kubernetes?.stop()]);
    });

    const object = (kind: string, name: string) =>
      objects.find((each) => each.kind === kind && each.metadata.name === `flowloom-${name}`)!;
    const page = (name: string, path: string) => fetch(`http://127.0.0.1:${ports[name]}${path}`);

    async function readiness(name: string): Promise<unknown> {
      return (await page(name, '/readyz').catch(() => undefined))?.json();
    }
    async function startService(kind: string, name: string, without?: string): Promise<Container> {
      const options = containerOf(object(kind, name), node);
      const capabilities = options.capabilities?.filter((each) => each !== without);
      const container = start({ ...options, capabilities });
      await eventually(
        async () => container.hasEnded || JSON.stringify(await readiness(name)) === '{"status":"ok","reasons":[]}',
        `${name} is ready`,
      ).catch(async (error) => {
        throw new Error(`${error.message}: ${JSON.stringify(await readiness(name))}\n${container.stderr}`);
      });
      return container;
    }

    it.each([
      ['DaemonSet', 'capturer'],
      ['Deployment', 'tagger'],
      ['Deployment', 'aggregator'],
      ['Deployment', 'tracer'],
    ])('%s %s becomes ready and is alive', async (kind, name) => {
      const container = await startService(kind, name);
      expect(container.hasEnded, container.stderr).toBe(false);
      expect((await page(name, '/livez')).status).toBe(200);
      expect(container.stderr).not.toMatch(/"level":"(error|fatal)"/);
    });

    it('the capturer captures', async () => {
      await eventually(async () => {
        const metrics = await (await page('capturer', '/metrics')).text();
        return Number(/^flowloom_capturer_packets_total\S* (\d+)/m.exec(metrics)?.[1] ?? 0) > 0;
      }, 'packets');
    });

    it('passes the test of the release', async () => {
      const test = objects.find(({ kind }) => kind === 'Pod')!;
      const options = containerOf(test, node);
      // On this machine's network the names of Services lead nowhere.
      const args = options.args.map((arg) =>
        arg.replace(/flowloom-(\w+):9464/, (_, name: string) => `127.0.0.1:${ports[name]}`),
      );
      const doctor = start({ ...options, args });
      expect(await doctor.ended(), doctor.stdout + doctor.stderr).toBe(0);
      expect(doctor.stdout.match(/^ {2}ok /gm)).toHaveLength(6);
    });

    it('has the metrics that the alerts and the scaling of the chart ask for', async () => {
      const pages = await Promise.all(Object.keys(ports).map(async (name) => (await page(name, '/metrics')).text()));
      const there = new Set([...pages.join('\n').matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name));
      const sets = [
        'monitoring.prometheusRule.enabled=true',
        'tracer.autoscaling.mode=hpa',
        'autoscaling.lagMetric=true',
      ];
      const asked = new Set((await template([], sets)).match(/flowloom_[a-z0-9_]+/g));
      expect(asked.size).toBeGreaterThan(5);
      expect([...asked].filter((name) => !there.has(name))).toEqual([]);
    });

    it('tells a login that is wrong from one that is right', async () => {
      const test = objects.find(({ kind }) => kind === 'Pod')!;
      const { env, ...options } = containerOf(test, node);
      const wrong = { FLOWLOOM_KAFKA_SASL_PASSWORD: 'wrong', FLOWLOOM_REDIS_PASSWORD: 'wrong' };
      const doctor = start({ ...options, env: { ...env, ...wrong }, args: ['doctor', '--only', 'kafka,redis'] });
      expect(await doctor.ended()).toBe(1);
      expect(doctor.stdout).toMatch(/LACKING +kafka +.*[Aa]uthentication/);
      expect(doctor.stdout).toMatch(/LACKING +redis +.*WRONGPASS/);
    });

    it('ends in an orderly way', async () => {
      const services = running.filter((container) => !container.hasEnded);
      expect(services).toHaveLength(4);
      expect(await Promise.all(services.map((container) => container.end()))).toEqual([0, 0, 0, 0]);
    });

    it.skipIf(noEbpf)(titled('sees system calls', noEbpf), async () => {
      const { env, ...options } = containerOf(object('DaemonSet', 'capturer'), node);
      const insist = (without?: string, more = {}) =>
        start({
          ...options,
          env: { ...env, FLOWLOOM_CAPTURER_EBPF: 'on', ...more },
          capabilities: options.capabilities?.filter((each) => each !== without),
        });
      const capturer = insist();
      await eventually(() => capturer.hasEnded || capturer.stderr.includes('syscallsStarted'), 'eBPF');
      expect(await capturer.end(), capturer.stderr).toBe(0);
      expect(capturer.stderr).not.toContain('tlsUnseen');
      const wantsTls = insist('none', { FLOWLOOM_CAPTURER_EBPF_TLS: 'true' });
      await eventually(
        () => wantsTls.hasEnded || /CAP_SYS_ADMIN.*capturer\.ebpf\.tls/.test(wantsTls.stderr),
        'a warning',
      );
      expect(await wantsTls.end()).toBe(0);
      for (const capability of ['BPF', 'PERFMON']) {
        const lesser = insist(capability);
        expect(await lesser.ended()).toBe(1);
        expect(lesser.stderr).toContain(`CAP_${capability}`);
      }
    });

    it('needs NET_RAW to capture', async () => {
      const container = await startService('DaemonSet', 'capturer', 'NET_RAW');
      expect(await container.ended()).toBe(1);
      expect(container.stderr).toMatch(/CAP_NET_RAW|root/);
    });

    it('needs SYS_NICE to capture before others run, and says so', async () => {
      const options = containerOf(object('DaemonSet', 'capturer'), node);
      const doctor = (capabilities?: readonly string[]) =>
        start({ ...options, capabilities, args: ['doctor', '--only', 'node', '--no-ebpf'] });
      expect(await doctor(options.capabilities).ended()).toBe(0);
      const lesser = doctor(options.capabilities?.filter((name) => name !== 'SYS_NICE'));
      expect(await lesser.ended()).toBe(1);
      expect(lesser.stdout).toMatch(/LACKING +priority/);
    });
  });
});

/** The certificate of the authority that signed a server's, as PEM. */
function authorityOf(address: string): Promise<string> {
  const { hostname, port } = new URL(address);
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false }, () => {
    const { issuerCertificate }: DetailedPeerCertificate = socket.getPeerCertificate(true);
    const lines = issuerCertificate.raw.toString('base64').match(/.{1,64}/g) ?? [];
    resolve(`-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`);
    socket.end();
  });
  socket.on('error', reject);
  return promise;
}
