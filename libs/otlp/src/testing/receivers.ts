import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { Server, ServerCredentials, status } from '@grpc/grpc-js';

/** What a receiver was sent, and what it answers to the next requests (then: success). */
export interface Receiver {
  readonly url: string;
  readonly received: { body: Buffer; headers: Record<string, unknown>; path: string }[];
  readonly answers: Answer[];
  close(): Promise<void>;
}
type Done = (error: { code: number } | null, response?: Buffer) => void;
export type Answer = { fail: keyof typeof failures } | { body: Uint8Array };

const failures = {
  retryable: { http: 503, grpc: status.UNAVAILABLE },
  permanent: { http: 400, grpc: status.INVALID_ARGUMENT },
  unsupported: { http: 404, grpc: status.UNIMPLEMENTED },
};

export async function httpReceiver(): Promise<Receiver> {
  const received: Receiver['received'] = [];
  const answers: Answer[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const raw = Buffer.concat(chunks);
    const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw;
    received.push({ body, headers: request.headers, path: request.url ?? '' });
    const answer = answers.shift();
    if (answer && 'fail' in answer) response.writeHead(failures[answer.fail].http).end();
    else response.writeHead(200).end(answer?.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received, answers, close };
}

export async function grpcReceiver(): Promise<Receiver> {
  const received: Receiver['received'] = [];
  const answers: Answer[] = [];
  const server = new Server();
  const same = (bytes: Buffer): Buffer => bytes;
  for (const [service, signal] of [
    ['trace.v1.TraceService', 'traces'],
    ['metrics.v1.MetricsService', 'metrics'],
  ]) {
    const path = `/opentelemetry.proto.collector.${service}/Export`;
    const shape = { requestStream: false, responseStream: false } as const;
    const codecs = {
      requestSerialize: same,
      requestDeserialize: same,
      responseSerialize: same,
      responseDeserialize: same,
    };
    server.addService(
      { export: { path, ...shape, ...codecs } },
      {
        export: (call: { request: Buffer; metadata: { getMap(): Record<string, unknown> } }, done: Done) => {
          received.push({ body: call.request, headers: call.metadata.getMap(), path: `/v1/${signal}` });
          const answer = answers.shift();
          if (answer && 'fail' in answer) done({ code: failures[answer.fail].grpc });
          else done(null, Buffer.from(answer?.body ?? []));
        },
      },
    );
  }
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  return { url: `http://127.0.0.1:${port}`, received, answers, close: async () => server.forceShutdown() };
}
