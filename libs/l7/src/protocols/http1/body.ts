import type { Head } from './head.ts';

export const Framing = { length: 0, chunked: 1, untilClose: 2 } as const;
export type Framing = (typeof Framing)[keyof typeof Framing];

export interface Body {
  framing: Framing;
  /** Bytes behind the head; 0 where they are not known beforehand. */
  length: number;
}

const body: Body = { framing: Framing.length, length: 0 };

/**
 * How long the body of a message is (RFC 9112 6.3). The result is re-used.
 *
 * @param method of the request that a response answers, '' if not known
 */
export function bodyOf(head: Head, method: string): Body {
  body.framing = Framing.length;
  body.length = 0;
  if (!head.isRequest && hasNoBody(head.status, method)) return body;
  if (head.chunked) body.framing = Framing.chunked;
  else if (head.contentLength >= 0) body.length = head.contentLength;
  else if (!head.isRequest) body.framing = Framing.untilClose;
  return body;
}

function hasNoBody(status: number, method: string): boolean {
  return (
    status < 200 || status === 204 || status === 304 || method === 'HEAD' || (method === 'CONNECT' && status < 300)
  );
}
