import { Command } from 'commander';
import { replayCommand } from './commands/replay.ts';

/** The whole command line. What a command does is loaded when it is called. */
export function program(): Command {
  return new Command('flowloom')
    .description('Shows what every service in a Kubernetes cluster or VPC says to every other one.')
    .exitOverride()
    .addCommand(replayCommand().exitOverride());
}
