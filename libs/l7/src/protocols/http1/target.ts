import { foldPath } from '../../endpoint/fold-path.ts';
import type { L7Options } from '../../options.ts';
import { maskQuery } from '../../privacy/query.ts';

/** Request target in its parts (RFC 9112 3.2). */
export interface Target {
  /** Host of an absolute URI, else ''. */
  readonly host: string;
  /** Path and query, secrets masked; of CONNECT host and port. */
  readonly resource: string;
  readonly endpoint: string;
}

const MAX_CACHED = 4096;

/** Takes targets apart; those seen lately are remembered, as most requests repeat. */
export class Targets {
  readonly #options: L7Options;
  readonly #known = new Map<string, Target>();

  constructor(options: L7Options) {
    this.#options = options;
  }

  get(target: string, method: string): Target {
    const known = this.#known.get(target);
    if (known !== undefined) return known;
    const split = method === 'CONNECT' ? { host: '', resource: target, endpoint: target } : this.#split(target);
    if (this.#known.size >= MAX_CACHED) this.#known.clear();
    this.#known.set(target, split);
    return split;
  }

  #split(target: string): Target {
    const absolute = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(target);
    const host = absolute ? absolute[1].replace(/^.*@/, '') : '';
    const rest = absolute ? target.slice(absolute[0].length) : target;
    const hash = rest.indexOf('#');
    const [path, query] = cut(hash < 0 ? rest : rest.slice(0, hash), '?');
    const shown = path || '/';
    const masked = query === null ? '' : `?${maskQuery(query, this.#options.privacy.maskedQueryParameters)}`;
    return { host, resource: (shown + masked).slice(0, this.#options.maxTextLength), endpoint: foldPath(shown) };
  }
}

function cut(text: string, separator: string): [string, string | null] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, null] : [text.slice(0, at), text.slice(at + 1)];
}
