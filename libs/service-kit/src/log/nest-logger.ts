import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';

/** Nest's own messages in our log: its start-up chatter as `debug`, its warnings and errors as they are. */
export class NestLogger implements LoggerService {
  readonly #log: Logger;

  constructor(log: Logger) {
    this.#log = log;
  }

  log(message: unknown, ...rest: unknown[]): void {
    this.#write('debug', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.#write('warn', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.#write('error', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.#write('fatal', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.#write('trace', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.#write('trace', message, rest);
  }

  /** Nest passes the context last, and for errors the stack before it. */
  #write(level: 'trace' | 'debug' | 'warn' | 'error' | 'fatal', message: unknown, rest: unknown[]): void {
    const fields = { nest: rest.at(-1), stack: rest.length > 1 ? rest[0] : undefined };
    if (message instanceof Error) this.#log[level]({ ...fields, err: message }, message.message);
    else this.#log[level](fields, String(message));
  }
}
