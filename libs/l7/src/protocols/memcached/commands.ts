/** How a command line of the text protocol is built (memcached, doc/protocol.txt). */
export const CommandKind = {
  storage: 0,
  retrieval: 1,
  touchRetrieval: 2,
  keyed: 3,
  plain: 4,
  meta: 5,
  metaStorage: 6,
} as const;
export type CommandKind = (typeof CommandKind)[keyof typeof CommandKind];

const byKind: Readonly<Record<keyof typeof CommandKind, string>> = {
  storage: 'set add replace append prepend cas',
  retrieval: 'get gets',
  touchRetrieval: 'gat gats',
  keyed: 'delete incr decr touch',
  plain: 'stats flush_all version verbosity quit shutdown slabs lru lru_crawler watch cache_memlimit misbehave mn',
  meta: 'mg md ma me',
  metaStorage: 'ms',
};

const kinds = new Map<string, CommandKind>(
  Object.entries(byKind).flatMap(([kind, names]) =>
    names.split(' ').map((name) => [name, CommandKind[kind as keyof typeof CommandKind]] as const),
  ),
);

export const kindOf = (command: string): CommandKind | undefined => kinds.get(command);

/** Operations of the binary protocol by opcode (doc/protocol-binary.txt), as the text protocol calls them. */
const operations = (
  'get set add replace delete increment decrement quit flush getq noop version getk getkq append prepend stat setq addq ' +
  'replaceq deleteq incrementq decrementq quitq flushq appendq prependq verbosity touch gat gatq'
).split(' ');
const others: Readonly<Record<number, string>> = {
  32: 'sasl_list_mechs',
  33: 'sasl_auth',
  34: 'sasl_step',
  35: 'gatk',
  36: 'gatkq',
};

export const operationName = (opcode: number): string => operations[opcode] ?? others[opcode] ?? `op_${opcode}`;

export const isQuietOperation = (opcode: number): boolean => operationName(opcode).endsWith('q');
