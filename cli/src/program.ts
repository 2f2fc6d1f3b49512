import { Command } from 'commander';
import { demoCommand } from './commands/demo.ts';
import { doctorCommand } from './commands/doctor.ts';
import { observeCommand } from './commands/observe.ts';
import { replayCommand } from './commands/replay.ts';
import { runCommand } from './commands/run.ts';
import { serviceCommand } from './commands/service.ts';
import { serviceNames } from './services/registry.ts';
import { version } from './version.ts';

/** The whole command line. What a command does is loaded when it is called. */
export function program(): Command {
  const flowloom = new Command('flowloom')
    .description(
      'Shows what every service in a Kubernetes cluster or VPC says to every other one, from packets and system calls.',
    )
    .version(version(), '--version', 'print the version')
    .addHelpText(
      'after',
      `
Examples:
  sudo flowloom run                          everything on this host, in one process
  flowloom replay capture.pcap --out out     the same over a capture file
  flowloom observe --follow --http-status 5  requests that fail, as they happen
  sudo flowloom doctor                       what this node lacks, and how to mend it`,
    );
  const commands = [
    runCommand(),
    replayCommand(),
    observeCommand(),
    demoCommand(),
    doctorCommand(),
    ...serviceNames.map(serviceCommand),
  ];
  for (const command of commands) flowloom.addCommand(command);
  for (const command of [flowloom, ...commands]) command.exitOverride();
  return flowloom;
}
