import { Command } from 'commander';
import { positiveNumber } from './numbers.ts';

/** `flowloom demo`: a small real application, captured and traced, with the result shown. */
export function demoCommand(): Command {
  return new Command('demo')
    .description('start a small book shop of five services, capture it, and show flows, service map and a trace')
    .option('--requests <number>', 'how many requests the customers send', positiveNumber, 120)
    .option('--rate <number>', 'requests per second', positiveNumber, 20)
    .option('--out <folder>', 'keep flow logs, request logs, traces and metrics there (NDJSON)')
    .option('--json', 'print the files and what they hold as one JSON line')
    .addHelpText(
      'after',
      `
Everything runs in network namespaces of its own and is gone afterwards, also on Ctrl-C. Needs root, nginx, redis-server,
python3 and iproute2: "npm run demo" installs them.

Examples:
  npm run demo
  sudo flowloom demo --requests 1000 --rate 200 --out shop`,
    )
    .action(async (options) => {
      const { demo } = await import('../demo/demo.ts');
      process.exitCode = await demo(options);
    });
}
