import { CommanderError } from 'commander';
import { ExitCode, Failure } from './failure.ts';
import { program } from './program.ts';

/** An error that was expected is one line; any other shows where it came from. */
function end(error: unknown): void {
  if (error instanceof CommanderError) {
    // Commander has already printed what it had to say.
    process.exitCode = error.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
  } else if (error instanceof Error && error.name === 'BusError') {
    console.error(`flowloom: ${error.message}`);
    process.exitCode = ExitCode.failed;
  } else if (error instanceof Failure) {
    console.error(`flowloom: ${error.message}`);
    process.exitCode = error.exitCode;
  } else {
    console.error(error);
    process.exitCode = ExitCode.failed;
  }
}

await program().parseAsync().catch(end);
