import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { ExportResult, OtlpExporter } from './exporter.ts';
import { readExportResponse } from './partial-success.ts';
import { RunningExports } from './running-exports.ts';
import type { ExportSettings } from './settings.ts';

const compress = promisify(gzip);

/** OTLP/HTTP 1.x, "Failures": the statuses after which a client may send the same request again. */
const retryableStatuses = new Set([429, 502, 503, 504]);

/** An answer is a few bytes; more than this is not read. */
const MAX_RESPONSE_BYTES = 64 * 1024;

/** OTLP over HTTP, binary protobuf. */
export class HttpOtlpExporter implements OtlpExporter {
  readonly #settings: ExportSettings;
  readonly #secure: boolean;
  readonly #agent: HttpAgent;
  readonly #running = new RunningExports();

  constructor(settings: ExportSettings) {
    this.#settings = settings;
    this.#secure = settings.endpoint.protocol === 'https:';
    this.#agent = this.#secure
      ? new HttpsAgent({ keepAlive: true, ...settings.tls })
      : new HttpAgent({ keepAlive: true });
  }

  export(request: Uint8Array): Promise<ExportResult> {
    return this.#running.run(() => this.#send(request));
  }

  async close(): Promise<void> {
    await this.#running.close();
    this.#agent.destroy();
  }

  async #send(request: Uint8Array): Promise<ExportResult> {
    const { gzip: zipped, headers } = this.#settings;
    const body = zipped ? await compress(request) : request;
    const allHeaders = {
      ...headers,
      'content-type': 'application/x-protobuf',
      'content-length': body.length,
      ...(zipped && { 'content-encoding': 'gzip' }),
    };
    return new Promise((resolve) => {
      const send = this.#secure ? httpsRequest : httpRequest;
      const call: ClientRequest = send(this.#settings.endpoint, {
        method: 'POST',
        agent: this.#agent,
        headers: allHeaders,
        timeout: this.#settings.timeoutMs,
      });
      call.on('response', (response) => resolve(readResponse(response)));
      call.on('timeout', () => call.destroy(new Error('timeout')));
      call.on('error', (error) => resolve({ kind: 'retryable', reason: error.message || 'connection failed' }));
      call.end(body);
    });
  }
}

async function readResponse(response: IncomingMessage): Promise<ExportResult> {
  const status = response.statusCode ?? 0;
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      if ((size += chunk.length) <= MAX_RESPONSE_BYTES) chunks.push(chunk);
    }
  } catch {
    // The status has come: what it says stands also where the body is cut.
  }
  if (status >= 200 && status < 300) return readExportResponse(Buffer.concat(chunks));
  const reason = `HTTP ${status}`;
  if (status === 404) return { kind: 'unsupported', reason };
  if (!retryableStatuses.has(status)) return { kind: 'failed', reason };
  return { kind: 'retryable', reason, retryAfterMs: retryAfter(response.headers['retry-after']) };
}

/** Seconds or an HTTP date (RFC 9110 10.2.3). */
function retryAfter(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return ms >= 0 ? ms : undefined;
}
