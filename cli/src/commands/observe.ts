import { Command, InvalidArgumentError, Option } from 'commander';

const statuses = ['ok', 'client_error', 'server_error', 'timeout', 'unknown'];

/** `flowloom observe`: flow and request lines, with the filters of `hubble observe` where they apply. */
export function observeCommand(): Command {
  const several = (flags: string, doc: string) => new Option(flags, `${doc}; may be repeated`).argParser(collect);
  return new Command('observe')
    .description('show flow and request logs, live or of the past')
    .option('-f, --follow', 'go on as they come', false)
    .option('--last <number>', 'so many of the past', count)
    .option('--since <time>', 'only since then: a time (RFC 3339), or how long ago (5m, 2h)', since)
    .addOption(new Option('-t, --type <type>', 'only one kind').choices(['flow', 'request']))
    .addOption(several('--pod <[namespace/]pod>', 'client or server; the beginning of a name is enough'))
    .addOption(several('--from-pod <[namespace/]pod>', 'client'))
    .addOption(several('--to-pod <[namespace/]pod>', 'server'))
    .addOption(several('-n, --namespace <name>', 'of client or server'))
    .addOption(several('--service <name>', 'of client or server'))
    .addOption(several('--ip <address>', 'client or server, also a prefix (10.0.0.0/8)'))
    .addOption(several('--from-ip <address>', 'client'))
    .addOption(several('--to-ip <address>', 'server'))
    .addOption(new Option('--port <port>', 'client or server; may be repeated').argParser(collectPort))
    .addOption(several('--protocol <name>', 'transport or application protocol: tcp, dns, redis ...'))
    .addOption(several('--status <status>', statuses.join(', ')))
    .addOption(several('--http-method <method>', 'GET, POST ...'))
    .addOption(several('--http-path <pattern>', 'regular expression'))
    .addOption(several('--http-status <code>', '404, or 5+ for all that begin with 5'))
    .addOption(new Option('-o, --output <form>', 'form of a line').choices(['compact', 'json']).default('compact'))
    .option('--json', 'the same as -o json')
    .option('--url <url>', 'a running "flowloom run"; KAFKA_BROKERS, where set, goes first', 'http://127.0.0.1:9464')
    .addHelpText(
      'after',
      `
Examples:
  flowloom observe --last 20
  flowloom observe -f --to-pod shop/cart --http-status 5+
  flowloom observe -f --ip 10.0.0.0/8 --protocol redis -o json
  KAFKA_BROKERS=kafka:9092 flowloom observe --since 10m --status timeout`,
    )
    .action(async (options) => {
      const { observe } = await import('../observe/observe.ts');
      const last = options.last ?? (options.follow ? 0 : options.since === undefined ? 20 : Number.MAX_SAFE_INTEGER);
      const output = options.json ? 'json' : options.output;
      process.exitCode = await observe({ ...options, last, output, sinceUs: options.since });
    });
}

function collect(text: string, before: string[] = []): string[] {
  return [...before, text];
}

function collectPort(text: string, before: number[] = []): number[] {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new InvalidArgumentError('a port is wanted.');
  return [...before, port];
}

function count(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 0) throw new InvalidArgumentError('a number is wanted.');
  return number;
}

const unitsUs = { s: 1e6, m: 60e6, h: 3600e6, d: 86_400e6 } as const;

function since(text: string): number {
  const [, number, unit] = /^(\d+)([smhd])$/.exec(text) ?? [];
  if (number !== undefined) return Date.now() * 1000 - Number(number) * unitsUs[unit as keyof typeof unitsUs];
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw new InvalidArgumentError('a time (RFC 3339) or a duration (30s, 5m, 2h, 1d) is wanted.');
  return ms * 1000;
}
