import { Command } from 'commander';

/** `flowloom run`: the whole pipeline on this host, in one process. */
export function runCommand(): Command {
  return new Command('run')
    .description('run the whole pipeline on this host, in one process: needs root and nothing else')
    .option('--interface <name...>', 'network interfaces, or any')
    .option('--no-ebpf', 'packets alone, no system calls')
    .option('--resources <file>', 'VPC inventory (YAML) that names addresses')
    .option('--out <folder>', 'write flow logs, request logs, traces and metrics there (NDJSON)')
    .option('--json', 'print flow and request logs as JSON lines; log lines too')
    .addHelpText(
      'after',
      `
Traces and metrics go to OTEL_EXPORTER_OTLP_ENDPOINT when it is set; metrics are also on http://localhost:9464/metrics. Where that
takes traces alone, as a Jaeger, set OTEL_METRICS_EXPORTER=none; what is written by --out does not wait for it.
While this machine has no CPU to spare it keeps to about a twentieth of it (FLOWLOOM_CAPTURER_CPU_BUDGET): after a burst of a
minute of CPU, or some seconds of very many requests, those are seen in windows of time then, and a line says so. Flows are always counted.
"flowloom observe" shows flows and requests of a running "flowloom run".

Examples:
  sudo flowloom run
  sudo flowloom run --interface eth0 --out logs
  sudo OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318 flowloom run --interface any`,
    )
    .action(async (options) => {
      const { run } = await import('../run/run.ts');
      process.exitCode = await run(options);
    });
}
