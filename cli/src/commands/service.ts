import { Command } from 'commander';
import { type ServiceName, serviceNames, services } from '../services/registry.ts';

const about: Readonly<Record<ServiceName, string>> = {
  capturer: 'capture packets and system calls on this host: flows.raw and requests.raw out',
  tagger: 'say who every address is: flows and requests out',
  aggregator: 'make flow logs, request logs and metrics of every minute',
  tracer: 'join requests into traces, and export them by OTLP',
};

/** `flowloom capturer` and the like: one service over Kafka and Redis. */
export function serviceCommand(name: ServiceName): Command {
  const command = new Command(name)
    .description(about[name])
    .option('--json', 'log lines as JSON, also on a terminal')
    .addHelpText(
      'after',
      `
Settings come from the environment: KAFKA_BROKERS, REDIS_URL, OTEL_EXPORTER_OTLP_ENDPOINT and FLOWLOOM_...; all of them
stand in docs/reference/config.md. Health, metrics and pages are on port 9464 (FLOWLOOM_HTTP_PORT).

Example:
  KAFKA_BROKERS=kafka:9092 REDIS_URL=redis://redis:6379 flowloom ${name}`,
    );
  if (name === 'capturer') {
    command
      .option('--interface <name...>', 'network interfaces, or any (FLOWLOOM_CAPTURER_INTERFACES)')
      .option('--no-ebpf', 'packets alone, no system calls (FLOWLOOM_CAPTURER_EBPF=off)');
  }
  return command.action(async (options: { json?: boolean; interface?: string[]; ebpf?: boolean }) => {
    const { runServices } = await import('@flowloom/service-kit');
    const definitions = await Promise.all(serviceNames.map((each) => services[each]()));
    process.exitCode = await runServices({
      services: definitions.filter((definition) => definition.name === name),
      alsoKnown: definitions.map(({ config }) => config),
      env: process.env,
      overrides: {
        ...(options.json && { process: { logFormat: 'json' } }),
        capturer: {
          ...(options.interface && { interfaces: options.interface }),
          ...(options.ebpf === false && { ebpf: 'off' }),
        },
      },
    });
  });
}
