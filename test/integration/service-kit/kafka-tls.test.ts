import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { busConfig, loadConfig, openBus } from '@flowloom/service-kit';
import { type Certificates, createCertificates, KafkaBroker, kafkaMissing, missing, titled } from '@flowloom/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const reason = (await kafkaMissing()) ?? (await missing('openssl'));

describe.skipIf(reason)(titled('a broker that asks its clients for a certificate', reason), () => {
  const folder = mkdtempSync(join(tmpdir(), 'flowloom-kafka-tls-'));
  let broker: KafkaBroker;
  beforeAll(async () => {
    const certificates = createCertificates();
    broker = await KafkaBroker.start({ security: { certificates, clientCertificate: true } });
    save('known', certificates);
    save('stranger', createCertificates());
  });
  afterAll(async () => {
    await broker?.remove();
    rmSync(folder, { recursive: true });
  });

  const path = (name: string) => join(folder, name);
  function save(name: string, { ca, client }: Certificates): void {
    for (const [end, text] of Object.entries({ ca, crt: client.certificate, key: client.key })) {
      writeFileSync(path(`${name}.${end}`), text);
    }
  }

  async function open(env: Record<string, string>) {
    const all = {
      KAFKA_BROKERS: broker.address,
      FLOWLOOM_KAFKA_CONNECT_TIMEOUT_MS: '1000',
      FLOWLOOM_KAFKA_TLS: 'true',
      ...env,
    };
    return openBus(loadConfig([busConfig], { env: all }).of(busConfig), { clientId: 'test', onEvent: () => {} });
  }
  /** What comes of a use of the bus. */
  async function use(env: Record<string, string>): Promise<string> {
    const bus = await open(env);
    try {
      return String(await bus.partitions('absent'));
    } catch (error) {
      const { code, message } = error as Error & { code?: string };
      // So says a broker that is talked to.
      return code === 'TOPIC_UNKNOWN' ? 'works' : message;
    } finally {
      await bus.close();
    }
  }
  const ca = { FLOWLOOM_KAFKA_TLS_CA_FILE: path('known.ca') };
  const client = (name: string) => ({
    FLOWLOOM_KAFKA_TLS_CERTIFICATE_FILE: path(`${name}.crt`),
    FLOWLOOM_KAFKA_TLS_KEY_FILE: path(`${name}.key`),
  });

  test('takes the one that its authority signed, and no other', async () => {
    expect(await use({ ...ca, ...client('known') })).toBe('works');
    const refused = await Promise.all([use(ca), use({ ...ca, ...client('stranger') })]);
    for (const said of refused) expect(said).toMatch(/certificate|alert|closed/i);
  });

  test('is itself not taken from another authority', async () => {
    const other = { FLOWLOOM_KAFKA_TLS_CA_FILE: path('stranger.ca') };
    expect(await use({ ...other, ...client('known') })).toMatch(/certificate/i);
  });

  test('settings that do not fit together are told before anything is connected', async () => {
    const { FLOWLOOM_KAFKA_TLS_CERTIFICATE_FILE, FLOWLOOM_KAFKA_TLS_KEY_FILE } = client('known');
    await expect(open({ FLOWLOOM_KAFKA_TLS_CERTIFICATE_FILE })).rejects.toThrow(/^FLOWLOOM_KAFKA_TLS_KEY_FILE: /m);
    await expect(open({ FLOWLOOM_KAFKA_TLS_KEY_FILE })).rejects.toThrow(/^FLOWLOOM_KAFKA_TLS_CERTIFICATE_FILE: /m);
    await expect(open({ ...client('known'), FLOWLOOM_KAFKA_TLS: 'false' })).rejects.toThrow(/^FLOWLOOM_KAFKA_TLS: /m);
    await expect(open(client('absent'))).rejects.toThrow(/CERTIFICATE_FILE: cannot be read: ENOENT/);
  });
});
