import { Command, InvalidArgumentError, Option } from 'commander';

/** `flowloom doctor`: what this node lacks, and how to mend it. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('say what this node lacks for Flowloom, and how to mend it; changes nothing')
    .option('--only <check,...>', 'these checks or groups alone: node, reach, kafka, redis ...', names)
    .option('--no-ebpf', 'nothing that only system calls need')
    .addOption(
      new Option('--ready <url>', 'a running service that has to be ready; may be repeated')
        .argParser(url)
        .default([], 'none'),
    )
    .option('--json', 'print one JSON object: lacking, and checks with name, group, status, detail, remedy', false)
    .addHelpText(
      'after',
      `
Kafka, Redis, the Kubernetes API and the OTLP endpoint are looked for where the settings say, as the services would:
KAFKA_BROKERS, REDIS_URL, OTEL_EXPORTER_OTLP_ENDPOINT, KUBECONFIG and FLOWLOOM_... Exit code 0: nothing is lacking; 1:
something is; 2: called wrongly, or bad settings.

Examples:
  sudo flowloom doctor
  sudo flowloom doctor --only node --no-ebpf
  KAFKA_BROKERS=kafka:9092 REDIS_URL=redis://redis:6379 flowloom doctor --only reach --json
  kubectl -n flowloom exec ds/flowloom-capturer -- flowloom doctor`,
    )
    .action(async (options) => {
      const { doctor } = await import('../doctor/doctor.ts');
      process.exitCode = await doctor({ ...options, env: process.env }, (line) => console.log(line));
    });
}

function names(text: string, before: string[] = []): string[] {
  return [...before, ...text.split(',').map((name) => name.trim())];
}

function url(text: string, before: string[]): string[] {
  if (!/^https?:\/\/[^/\s]+/.test(text)) throw new InvalidArgumentError('http://host:port is wanted.');
  return [...before, text];
}
