import { request } from 'node:https';
import { text as readText } from 'node:stream/consumers';

/**
 * Calls an HTTPS API whose certificate nobody signed; answers JSON, or text where the body is none. `PATCH` sends a
 * merge patch (RFC 7396). Throws for an answer that is no success.
 */
export function httpsCaller(base: string, token: string) {
  return (method: string, path: string, body?: unknown): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
      const headers = { authorization: `Bearer ${token}`, 'content-type': type };
      const call = request(base + path, { method, headers, rejectUnauthorized: false }, async (response) => {
        const text = await readText(response);
        const { statusCode = 0 } = response;
        if (statusCode >= 200 && statusCode < 300) resolve(parse(text));
        else reject(new Error(`${method} ${path}: ${statusCode} ${text.slice(0, 300)}`));
      });
      call.on('error', reject);
      call.end(body === undefined ? undefined : JSON.stringify(body));
    });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
