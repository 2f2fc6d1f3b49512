import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { createInterface } from 'node:readline';
import { ConfigError } from '@flowloom/service-kit/config';
import type { KubeConfig } from '@kubernetes/client-node';

/** An answer of the API that is no success. */
export class KubernetesError extends Error {
  override readonly name = 'KubernetesError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export interface CallOptions {
  readonly method?: 'GET' | 'POST' | 'PUT';
  readonly body?: unknown;
  readonly accept?: string;
  readonly signal?: AbortSignal;
  /** Of a watch: called once the server has accepted it. */
  readonly onOpen?: () => void;
}

const callTimeoutMs = 30_000;
/** A watch sends a bookmark about every minute; when nothing at all comes for longer, its connection is dead. */
const silenceMs = 90_000;
const maxErrorBytes = 4096;

/**
 * Calls of the Kubernetes API with the credentials of a kubeconfig or a service account. Client-node knows those; its
 * typed calls make an object of every field, which 10,000 pods do not need.
 */
export class KubernetesApi {
  readonly #config: KubeConfig;

  constructor(config: KubeConfig) {
    this.#config = config;
  }

  /** As kubectl finds it: KUBECONFIG, the user's file, or the service account of the pod. Loads client-node only now. Throws a `ConfigError`. */
  static async fromEnvironment(): Promise<KubernetesApi> {
    const { KubeConfig } = await import('@kubernetes/client-node');
    const config = new KubeConfig();
    try {
      config.loadFromDefault();
    } catch (error) {
      throw new ConfigError([`KUBECONFIG: cannot be used: ${(error as Error).message}`]);
    }
    return new KubernetesApi(config);
  }

  /** Where it is: `https://10.96.0.1:443`. */
  get server(): string {
    return this.#config.getCurrentCluster()?.server ?? '';
  }

  /** The answer as JSON. Throws a `KubernetesError` for a status that is no success. */
  async json(path: string, options: CallOptions = {}): Promise<unknown> {
    const response = await this.#send(path, options, callTimeoutMs);
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    return JSON.parse(Buffer.concat(chunks).toString());
  }

  /** The lines of a watch as they come; ends when the server ends it. */
  async *lines(path: string, options: CallOptions): AsyncGenerator<string> {
    const response = await this.#send(path, options, silenceMs);
    options.onOpen?.();
    try {
      yield* createInterface(response);
    } finally {
      response.destroy();
    }
  }

  async #send(path: string, options: CallOptions, timeoutMs: number): Promise<IncomingMessage> {
    const cluster = this.#config.getCurrentCluster();
    if (!cluster) throw new Error('the kubeconfig names no cluster');
    const { method = 'GET', body, accept = 'application/json', signal } = options;
    const url = new URL(cluster.server.replace(/\/$/, '') + path);
    const settings: RequestOptions = { method, signal, timeout: timeoutMs };
    await this.#config.applyToHTTPSOptions(settings);
    const content = body === undefined ? {} : { 'content-type': 'application/json' };
    settings.headers = { ...settings.headers, ...content, accept, 'user-agent': 'flowloom-tagger' };
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const request = (url.protocol === 'http:' ? httpRequest : httpsRequest)(url, settings, resolve);
    request.on('error', reject);
    request.on('timeout', () => request.destroy(new Error(`the API server said nothing for ${timeoutMs} ms`)));
    request.end(body === undefined ? undefined : JSON.stringify(body));
    const response = await promise;
    if (response.statusCode! >= 300) throw await errorOf(response, path);
    return response;
  }
}

async function errorOf(response: IncomingMessage, path: string): Promise<KubernetesError> {
  let text = '';
  for await (const chunk of response) {
    text += String(chunk);
    if (text.length > maxErrorBytes) break;
  }
  const message = /"message":"((?:[^"\\]|\\.)*)"/.exec(text)?.[1] ?? text.slice(0, 200);
  return new KubernetesError(response.statusCode!, `${path.split('?')[0]}: ${response.statusCode} ${message}`);
}
