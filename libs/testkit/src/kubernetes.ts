import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { apiserverBinary } from './build/kube-apiserver.ts';
import { httpsCaller } from './https-json.ts';
import { findCommand } from './needs.ts';
import { freePorts, isListening } from './ports.ts';
import { serverFolder, startServer, type TestServer } from './server.ts';

export interface EtcdServer extends TestServer {
  readonly url: string;
}

/** etcd with its data in a temporary folder. */
export async function startEtcd(): Promise<EtcdServer> {
  const [client, peer] = await freePorts(2);
  const url = `http://127.0.0.1:${client}`;
  const peerUrl = `http://127.0.0.1:${peer}`;
  const urls = ['--listen-client-urls', url, '--advertise-client-urls', url];
  const peers = ['--listen-peer-urls', peerUrl, '--initial-advertise-peer-urls', peerUrl];
  const flags = ['--initial-cluster', `default=${peerUrl}`, '--unsafe-no-fsync', '--log-level', 'error'];
  const server = await startServer({
    name: 'etcd',
    command: [findCommand('etcd') ?? 'etcd', '--data-dir', 'data', ...urls, ...peers, ...flags],
    ready: async () => (await fetch(`${url}/health`)).ok,
  });
  return { ...server, url };
}

/** One request as the audit log has it (audit.k8s.io/v1 Event, the part that tests read). */
export interface AuditEvent {
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly objectRef?: { readonly resource?: string; readonly apiGroup?: string; readonly namespace?: string };
  readonly responseStatus?: { readonly code: number };
}

export interface KubernetesOptions {
  /** Keeps an audit log of the metadata of every request. Default: none. */
  readonly audit?: boolean;
}

export interface KubernetesServer {
  /** `https://127.0.0.1:port`; its certificate is its own. */
  readonly url: string;
  /** Bearer token of a member of `system:masters`. */
  readonly token: string;
  /** Path of a kubeconfig for the same. */
  readonly kubeconfig: string;
  /** A kubeconfig (JSON, which is YAML) for the same server and another bearer token. */
  kubeconfigFor(token: string): string;
  /** A call to the API, as JSON. Throws for an answer that is no success. */
  call(method: string, path: string, body?: unknown): Promise<unknown>;
  /** Every request so far; empty without `audit`. A watch is there from its beginning. */
  audit(): AuditEvent[];
  /** The API server dies at once; etcd keeps what there is. `startApi` brings it back on its port. */
  killApi(): Promise<void>;
  startApi(): Promise<void>;
  /** Puts many whole objects into the cluster at once, past the API: straight into etcd. Pods and ReplicaSets only. */
  store(objects: readonly object[]): Promise<void>;
  /** Forgets the history of all changes so far: watches from before must list again. */
  compact(): Promise<void>;
  stop(): Promise<void>;
  kill(): Promise<void>;
  log(): string;
}

/** A real kube-apiserver with its etcd; no controllers, no kubelets: what is written stays as it is. */
export async function startKubernetes(options: KubernetesOptions = {}): Promise<KubernetesServer> {
  const binary = await apiserverBinary();
  const etcd = await startEtcd();
  try {
    return await startApiserver(binary, etcd, options);
  } catch (error) {
    await etcd.kill();
    throw error;
  }
}

async function startApiserver(
  binary: string,
  etcd: EtcdServer,
  { audit = false }: KubernetesOptions,
): Promise<KubernetesServer> {
  const [port] = await freePorts(1);
  const folder = serverFolder('apiserver');
  const token = crypto.randomUUID();
  const url = `https://127.0.0.1:${port}`;
  const key = join(folder, 'service-account.key');
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(join(folder, 'tokens.csv'), `${token},admin,admin,system:masters\n`);
  writeFileSync(kubeconfig, kubeconfigOf(url, token));
  writeFileSync(join(folder, 'audit-policy.json'), JSON.stringify(auditPolicy));
  execFileSync('openssl', ['genrsa', '-out', key, '2048'], { stdio: 'pipe' });
  const command = [
    binary,
    `--etcd-servers=${etcd.url}`,
    `--secure-port=${port}`,
    '--bind-address=127.0.0.1',
    '--cert-dir=certs',
    '--token-auth-file=tokens.csv',
    '--authorization-mode=RBAC',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${key}`,
    `--service-account-signing-key-file=${key}`,
    '--disable-admission-plugins=ServiceAccount',
    '--service-cluster-ip-range=10.96.0.0/16',
    ...(audit ? ['--audit-policy-file=audit-policy.json', '--audit-log-path=audit.log'] : []),
  ];
  const call = httpsCaller(url, token);
  const start = () =>
    startServer({
      name: 'kube-apiserver',
      command,
      folder,
      ready: async () => (await call('GET', '/readyz')) === 'ok',
    });
  let server = await start();
  return {
    url,
    token,
    kubeconfig,
    kubeconfigFor: (other) => kubeconfigOf(url, other),
    call,
    audit: () => (audit ? auditEvents(readFileSync(join(folder, 'audit.log'), 'utf8')) : []),
    log: () => server.log(),
    killApi: async () => {
      // Not by the server's own `kill`, which would remove its folder.
      process.kill(server.pid, 'SIGKILL');
      while (await isListening(port)) await sleep(20);
    },
    startApi: async () => {
      server = await start();
    },
    store: (objects) => storeInEtcd(etcd, objects),
    compact: () => compactEtcd(etcd),
    stop: async () => {
      await server.stop();
      await etcd.stop();
    },
    kill: async () => {
      await server.kill();
      await etcd.kill();
    },
  };
}

/** A call of etcd's JSON gateway (of its v3 gRPC API). */
async function callEtcd({ url }: EtcdServer, path: string, body: object): Promise<unknown> {
  const response = await fetch(`${url}/v3/kv/${path}`, { method: 'POST', body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`etcd, ${path}: ${await response.text()}`);
  return response.json();
}

async function compactEtcd(etcd: EtcdServer): Promise<void> {
  const { header } = (await callEtcd(etcd, 'range', { key: 'AA==', count_only: true })) as {
    header: { revision: string };
  };
  await callEtcd(etcd, 'compaction', { revision: header.revision, physical: true });
}

const etcdFolders: Readonly<Record<string, string>> = { Pod: 'pods', ReplicaSet: 'replicasets' };
/** etcd's own limit of operations in a transaction. */
const operations = 128;

/** The API server reads JSON there as well as its own protobuf. */
async function storeInEtcd(etcd: EtcdServer, objects: readonly object[]): Promise<void> {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const puts = objects.map((object) => {
    const { kind, metadata } = object as { kind: string; metadata: { namespace: string; name: string } };
    const key = `/registry/${etcdFolders[kind]}/${metadata.namespace}/${metadata.name}`;
    return { requestPut: { key: base64(key), value: base64(JSON.stringify(object)) } };
  });
  for (let n = 0; n < puts.length; n += operations) {
    await callEtcd(etcd, 'txn', { success: puts.slice(n, n + operations) });
  }
}

const auditPolicy = { apiVersion: 'audit.k8s.io/v1', kind: 'Policy', rules: [{ level: 'Metadata' }] };

/** The last line may still be being written. */
function auditEvents(log: string): AuditEvent[] {
  return log
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

function kubeconfigOf(server: string, token: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [{ name: 'test', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'admin', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'admin' } }],
  });
}
