import { basename, join } from 'node:path';
import { ExitCode, Failure } from '../failure.ts';
import { loadResources } from './load-resources.ts';
import type { FileSummary, ReplayOptions } from './replay-options.ts';
import { replayRun } from './replay-run.ts';

/** Runs the pipeline over the files; calls `report` for each as it is done. Returns the exit code. */
export async function replay(options: ReplayOptions, report: (summary: FileSummary) => void): Promise<ExitCode> {
  const names = distinctNames(options.files);
  const resources = await loadResources(options.resources);
  let exitCode: ExitCode = ExitCode.ok;
  const runs = options.each ? options.files.map((_, i) => [i]) : [options.files.map((_, i) => i)];
  for (const run of runs) {
    const paths = run.map((i) => options.files[i]);
    const agents = run.map((i) => names[i]);
    const folder = options.each ? join(options.out, agents[0]) : options.out;
    for (const summary of await guarded(replayRun(paths, agents, folder, options, resources))) {
      if (summary.error !== null) exitCode = ExitCode.failed;
      report(summary);
    }
  }
  return exitCode;
}

/** Base names of the files; of equal ones the later get a number, so that each has an output of its own. */
function distinctNames(files: readonly string[]): string[] {
  const names = new Set<string>();
  for (const file of files) {
    const name = file === '-' ? 'stdin' : basename(file);
    let distinct = name;
    for (let i = 2; names.has(distinct); i++) distinct = `${name}-${i}`;
    names.add(distinct);
  }
  return [...names];
}

/** What the file system refuses of the outputs is told in one line. */
async function guarded<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const { code, path, message } = error as NodeJS.ErrnoException;
    if (code === undefined || !['EACCES', 'ENOSPC', 'ENOTDIR', 'EEXIST', 'EROFS', 'EISDIR', 'EPERM'].includes(code))
      throw error;
    throw new Failure(`cannot write ${path ?? 'the output'}: ${message}`);
  }
}
