import { ExitCode, Failure } from '../failure.ts';
import { compactLine } from './compact-line.ts';
import { type FilterOptions, logFilter } from './log-filter.ts';
import { type LogRecord, parseLogRecord } from './log-record.ts';
import { openLogSource } from './open-log-source.ts';

export interface ObserveOptions extends FilterOptions {
  readonly follow: boolean;
  /** So many matching records of the past at most. */
  readonly last: number;
  /** Only records that ended after this time, µs since the epoch. */
  readonly sinceUs?: number;
  readonly output: 'compact' | 'json';
  /** Address of a `flowloom run`, where no broker is named. */
  readonly url: string;
}

/** Records of the past that are looked through for those that match. */
const lookedThrough = 100_000;

/** Prints flow and request logs that match. Returns the exit code. */
export async function observe(options: ObserveOptions): Promise<ExitCode> {
  const matches = usable(() => logFilter(options));
  const wanted = (record: LogRecord) => record.end_us >= (options.sinceUs ?? 0) && matches(record);
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  process.stdout.on('error', () => stop.abort()); // head has seen enough
  const { source, close } = await openLogSource(options.url);
  const print = (record: LogRecord) => {
    const text =
      options.output === 'json' ? JSON.stringify(record) : compactLine(record, process.stdout.hasColors?.() ?? false);
    if (!stop.signal.aborted) process.stdout.write(`${text}\n`);
  };
  try {
    const past = options.follow && options.sinceUs === undefined && options.last === 0;
    const lines = source.lines({ follow: options.follow, last: past ? 0 : lookedThrough, signal: stop.signal });
    await (options.follow ? follow(lines, wanted, print) : printLast(lines, wanted, print, options.last));
  } finally {
    await close();
  }
  return ExitCode.ok;
}

async function follow(
  lines: AsyncIterable<string>,
  wanted: (record: LogRecord) => boolean,
  print: (record: LogRecord) => void,
): Promise<void> {
  for await (const line of lines) {
    const record = parseLogRecord(line);
    if (record && wanted(record)) print(record);
  }
}

/** In the order of their times. */
async function printLast(
  lines: AsyncIterable<string>,
  wanted: (record: LogRecord) => boolean,
  print: (record: LogRecord) => void,
  last: number,
): Promise<void> {
  const found: LogRecord[] = [];
  await follow(lines, wanted, (record) => found.push(record));
  found.sort((a, b) => a.end_us - b.end_us);
  for (const record of found.slice(-last)) print(record);
}

function usable<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw new Failure((error as Error).message, ExitCode.usage);
  }
}
