import { Command, InvalidArgumentError, Option } from 'commander';
import { flowOptions, withFlowFlags } from './flow-flags.ts';

/** `flowloom replay`: the whole pipeline over capture files. */
export function replayCommand(): Command {
  const command = new Command('replay')
    .description('run the whole pipeline over pcap and pcapng files, also in gzip or zstd')
    .argument('<file...>', 'captures; - is the standard input')
    .requiredOption('--out <folder>', 'where the outputs go')
    .option('--each', 'every file is a run of its own, in <folder>/<file name>/', false)
    .option('--resources <file>', 'VPC inventory (YAML) that names addresses')
    .addOption(
      new Option('--snaplen <bytes>', 'look at so many bytes of each frame')
        .argParser(positive)
        .default(Number.POSITIVE_INFINITY, 'all'),
    )
    .addOption(
      new Option('--decode-as <port=protocol>', 'read a server port as this protocol; may be repeated')
        .argParser(decodeAs)
        .default(new Map(), 'by content'),
    )
    .option('--no-requests', 'flow logs, which count requests, and network metrics alone: no request logs, no traces')
    .option(
      '--threads <n>',
      'packet threads beside the main one, each for its share of the flows: of use where cores are free',
      threads,
      0,
    )
    .option('--json', 'one JSON object per file instead of text', false);
  return withFlowFlags(command)
    .addHelpText(
      'after',
      `
Writes flow-logs.ndjson, request-logs.ndjson, traces.ndjson and metrics.ndjson. Several files are one observation, merged
in time order, each file an observation point of its own.

Examples:
  flowloom replay capture.pcap --out out
  flowloom replay client.pcap server.pcap --out out          one request, seen from both ends
  flowloom replay --each *.pcapng.gz --out out --json        every file by itself
  flowloom replay capture.pcap --out out --timeout established=3600 --timeout other=60
  tcpdump -w - | flowloom replay - --out out --decode-as 8443=http`,
    )
    .action(async (files: string[], options) => {
      if (options.threads > 0 && files.includes('-'))
        command.error('error: the standard input cannot be read by threads: leave out --threads');
      const [{ replay }, { summaryLine }] = await Promise.all([
        import('../replay/replay.ts'),
        import('../replay/summary-line.ts'),
      ]);
      process.exitCode = await replay({ ...options, ...flowOptions(options), files }, (summary) => {
        console.log(options.json ? JSON.stringify(summary) : summaryLine(summary));
      });
    });
}

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('a positive number is wanted.');
  return value;
}

function threads(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 64) throw new InvalidArgumentError('0 to 64 is wanted.');
  return value;
}

function decodeAs(text: string, ports: Map<number, string>): Map<number, string> {
  const [, port, protocol] = /^(\d{1,5})=([a-z0-9]+)$/.exec(text) ?? [];
  if (port === undefined || Number(port) > 65_535)
    throw new InvalidArgumentError('PORT=PROTOCOL is wanted, as in 8080=http.');
  return ports.set(Number(port), protocol);
}
