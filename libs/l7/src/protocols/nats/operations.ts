/** Operations of the client protocol: which side sends them, and the place of the payload's size from the end. */
export interface Operation {
  readonly name: string;
  readonly fromServer: boolean | null;
  /** Sizes stand at the end of the line: 0 none, 1 of the payload, 2 of the headers and of headers and payload. */
  readonly sizes: 0 | 1 | 2;
}

const list: readonly Operation[] = [
  { name: 'INFO', fromServer: true, sizes: 0 },
  { name: 'CONNECT', fromServer: false, sizes: 0 },
  { name: 'PUB', fromServer: false, sizes: 1 },
  { name: 'HPUB', fromServer: false, sizes: 2 },
  { name: 'SUB', fromServer: false, sizes: 0 },
  { name: 'UNSUB', fromServer: false, sizes: 0 },
  { name: 'MSG', fromServer: true, sizes: 1 },
  { name: 'HMSG', fromServer: true, sizes: 2 },
  { name: 'PING', fromServer: null, sizes: 0 },
  { name: 'PONG', fromServer: null, sizes: 0 },
  { name: '+OK', fromServer: true, sizes: 0 },
  { name: '-ERR', fromServer: true, sizes: 0 },
];

const byName = new Map(list.map((operation) => [operation.name, operation]));

/** Names are of either case. */
export const operationOf = (word: string): Operation | undefined =>
  word.length <= 7 ? byName.get(word.toUpperCase()) : undefined;
