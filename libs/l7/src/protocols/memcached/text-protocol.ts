import { type Direction, opposite } from '../../direction.ts';
import type { View } from '../../engine/view.ts';
import { type ConversationContext, Parse } from '../../protocol.ts';
import type { Exchange } from '../../session/exchange.ts';
import type { RequestId } from '../../session/session.ts';
import { CommandKind, kindOf } from './commands.ts';
import { Line } from './line.ts';
import { type Asked, passQuiet } from './quiet.ts';
import { textStatus } from './statuses.ts';

const END_OF_LINE = 2;
const line = new Line();
/** Lines of which more follow, up to END. */
const listLines = new Set(['VALUE', 'STAT', 'ITEM', 'PREFIX']);
const replyWords = new Set(
  (
    'VALUE STAT ITEM PREFIX END STORED NOT_STORED EXISTS NOT_FOUND DELETED TOUCHED OK RESET VERSION ERROR CLIENT_ERROR SERVER_ERROR ' +
    'BUSY BADCLASS NOSPARE NOTFULL UNSAFE SAME HD VA EN NF NS EX MN ME'
  ).split(' '),
);
/** What a quiet meta command leaves unsaid (doc/protocol.txt, flag q). */
const unsaid: Readonly<Record<string, string>> = { mg: 'EN', ms: 'HD', md: 'HD', ma: 'HD' };

/** Reads one line of the text protocol, with the data block behind it. With an id (UDP) requests are paired by it, else by order. */
export function readText(context: ConversationContext, direction: Direction, view: View, id?: RequestId): number {
  line.read(view.bytes, view.start, view.end);
  if (line.bytes < 0) return Parse.lost;
  if (line.bytes === 0) return view.missing > 0 ? Parse.lost : Parse.needMore;
  const word = line.words[0] ?? '';
  const kind = kindOf(word);
  if (kind !== undefined) return command(context, direction, view, kind, id);
  if (replyWords.has(word) || /^\d+$/.test(word)) return reply(context, direction, view, word, id);
  if (context.session.queued(opposite(direction)) > 0 || !/^[a-z_]+$/.test(word)) return Parse.lost;
  return command(context, direction, view, CommandKind.plain, id); // the server will call it an ERROR
}

function command(
  { session, options }: ConversationContext,
  direction: Direction,
  view: View,
  kind: CommandKind,
  id: RequestId | undefined,
): number {
  const { words } = line;
  const [name] = words;
  let length = line.bytes;
  if (kind === CommandKind.storage || kind === CommandKind.metaStorage) {
    const data = line.count(kind === CommandKind.storage ? 4 : 2);
    if (data >= 0) length += data + END_OF_LINE;
  }
  const unanswered = words.at(-1) === 'noreply' || name === 'quit';
  const exchange = session.ask(!unanswered, direction, view, length, id);
  exchange.version = 'text';
  exchange.request_type = exchange.endpoint = name;
  exchange.request_resource = show(kind, words, options.privacy.showValues).slice(0, options.maxTextLength);
  const isMeta = kind === CommandKind.meta || kind === CommandKind.metaStorage;
  exchange.note = { command: name, opaque: 0, quiet: isMeta && words.slice(2).includes('q') } satisfies Asked;
  if (unanswered) session.finish(exchange);
  return length;
}

/** Command and keys; amounts are values. */
function show(kind: CommandKind, words: readonly string[], showValues: boolean): string {
  if (showValues || kind === CommandKind.plain || kind === CommandKind.retrieval) return words.join(' ');
  if (kind === CommandKind.touchRetrieval) return [words[0], ...words.slice(2)].join(' ');
  return words.slice(0, 2).join(' ');
}

function reply(
  { session }: ConversationContext,
  direction: Direction,
  view: View,
  word: string,
  id: RequestId | undefined,
): number {
  const client = opposite(direction);
  if (id === undefined) passQuiet(session, client, (asked) => word !== 'MN' && word !== unsaid[asked.command]);
  let length = line.bytes;
  const data = word === 'VALUE' ? line.count(3) : word === 'VA' ? line.count(1) : -1;
  if (data >= 0) length += data + END_OF_LINE;
  // Of a list that nobody asked for, as far as was seen, only the END is a record.
  if (listLines.has(word) && session.open(client, id) === undefined) return length;
  const exchange = session.response(direction, view, length, id);
  exchange.version = 'text';
  if (data >= 0) exchange.rows_affected++;
  if (listLines.has(word)) return length;
  describe(exchange, word);
  session.finish(exchange);
  return length;
}

function describe(exchange: Exchange, word: string): void {
  const isCount = /^\d+$/.test(word);
  exchange.response_code = isCount ? 'OK' : word;
  exchange.response_status = textStatus(word);
  if (exchange.response_status !== 'ok') exchange.response_exception = line.words.slice(1).join(' ') || word;
  else if (word === 'VERSION') exchange.response_result = line.words[1] ?? '';
}
