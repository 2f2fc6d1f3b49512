import { type Direction, opposite } from '../../direction.ts';
import { foldPath } from '../../endpoint/fold-path.ts';
import type { View } from '../../engine/view.ts';
import { type Conversation, type ConversationContext, Parse } from '../../protocol.ts';
import type { Exchange } from '../../session/exchange.ts';
import { LazyMap } from '../../session/lazy-map.ts';
import { Command } from './command.ts';
import { type CommandKind, kindOf } from './commands.ts';
import { statusOfError } from './errors.ts';
import { commandLength, commandType, frameLength, PREFIX } from './frame.ts';
import { readMetadata } from './metadata.ts';

const MAX_TOPICS = 4096;
const METADATA_SHOWN = 4096;
const SEND = 6;
const MESSAGE = 9;
const SUBSCRIBE = 4;

const command = new Command();

/**
 * Commands of either side, told apart by request id, sends by producer and sequence, the rest by kind. SEND and MESSAGE
 * name a producer or consumer, whose topic was said when it was opened.
 */
export class PulsarConversation implements Conversation {
  readonly #context: ConversationContext;
  /** By producer, and by consumer as -1 - id. */
  readonly #topics = new LazyMap<number, string>(MAX_TOPICS);
  #version = '';
  #proxyTo = '';

  constructor(context: ConversationContext) {
    this.#context = context;
  }

  parse(direction: Direction, view: View): number {
    const { bytes, start, end } = view;
    if (view.length < PREFIX) return Parse.needMore;
    const length = frameLength(bytes, start);
    if (length < 0) return Parse.lost;
    const commandEnd = start + 8 + commandLength(bytes, start);
    const type = commandType(bytes, start);
    const isMessage = type === SEND || type === MESSAGE;
    const wanted = isMessage ? Math.min(start + length, commandEnd + METADATA_SHOWN) : commandEnd;
    if (wanted > end && view.missing === 0) return Parse.needMore;
    const kind = kindOf(type);
    if (kind === undefined) return length;
    command.read(bytes, start + 8, Math.min(commandEnd, end), type, kind);
    if (kind.role === 'response') this.#answer(direction, view, length, kind);
    else {
      const exchange = this.#ask(direction, view, length, type, kind);
      if (isMessage) readMetadata(exchange, bytes, commandEnd, Math.min(wanted, end), this.#context.options);
      if (exchange.is_one_way) this.#context.session.finish(exchange);
    }
    return length;
  }

  #ask(direction: Direction, view: View, length: number, type: number, kind: CommandKind): Exchange {
    const { session } = this.#context;
    const oneWay = kind.role === 'oneWay';
    const id = idOf(kind.name);
    const exchange = session.ask(!oneWay, direction, view, length, id);
    if (command.version > 0) this.#version = String(command.version);
    if (command.proxyTo !== '') this.#proxyTo = command.proxyTo;
    exchange.request_type = kind.name;
    exchange.version = this.#version;
    exchange.request_domain = this.#proxyTo;
    exchange.protocol_request_id = idText();
    const topic = this.#topicOf(type, kind);
    exchange.request_resource = topic;
    exchange.endpoint = foldPath(topic);
    exchange.attribute('messaging.destination.subscription.name', command.subscription);
    return exchange;
  }

  #topicOf(type: number, kind: CommandKind): string {
    const isConsumer = type === SUBSCRIBE || (type >= MESSAGE && kind.name !== 'CLOSE_PRODUCER');
    const key = isConsumer ? -1 - command.peer : command.peer;
    if (command.topic === '') return command.peer < 0 ? '' : (this.#topics.get(key) ?? '');
    if (command.peer >= 0) this.#topics.set(key, command.topic);
    return command.topic;
  }

  #answer(direction: Direction, view: View, length: number, kind: CommandKind): void {
    const { session } = this.#context;
    const id = idOf(answered[kind.name] ?? '');
    if (kind.name === 'ACK_RESPONSE' && !session.open(opposite(direction), id)) return;
    const exchange = session.response(direction, view, length, id);
    exchange.protocol_request_id ||= idText();
    exchange.response_status = 'ok';
    if (command.error >= 0) {
      exchange.response_code = String(command.error);
      exchange.response_status = statusOfError(command.error);
      exchange.response_exception = command.message;
    }
    if (!exchange.has_request) exchange.request_type = answered[kind.name] ?? kind.name.replace(/_RESPONSE$/, '');
    session.finish(exchange);
  }
}

const answered: Record<string, string> = {
  CONNECTED: 'CONNECT',
  PONG: 'PING',
  SEND_RECEIPT: 'SEND',
  SEND_ERROR: 'SEND',
  PRODUCER_SUCCESS: 'PRODUCER',
};

/** Of the command just read: by sequence, by request id, or else by the name of the request. */
function idOf(request: string): string | number {
  if (command.sequence >= 0) return `${command.peer}/${command.sequence}`;
  return command.id >= 0 ? command.id : request;
}

const idText = (): string =>
  command.id >= 0 ? String(command.id) : command.sequence >= 0 ? `${command.peer}/${command.sequence}` : '';
