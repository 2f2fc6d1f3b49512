import { type ExecFileOptions, execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Checksums come from the built module's own go.sum, so no other database is asked. */
const environment = { ...process.env, GONOSUMDB: '*', GOFLAGS: '-buildvcs=false', CGO_ENABLED: '0' };

/** Where Go usually lies when it is not on PATH. */
const usualGo = '/usr/local/go/bin/go';

/** The `go` command; undefined where it is not installed. */
export async function findGo(): Promise<string | undefined> {
  for (const command of ['go', usualGo]) if (await answers(command)) return command;
  return undefined;
}

function answers(command: string): Promise<boolean> {
  return run(command, ['version']).then(
    () => true,
    () => false,
  );
}

/** For programs that call `go` themselves: it is on the PATH. */
export async function goEnvironment(): Promise<NodeJS.ProcessEnv> {
  const path = (await findGo()) === usualGo ? `${dirname(usualGo)}:${process.env.PATH}` : process.env.PATH;
  return { ...environment, PATH: path };
}

/** The output of `go` in a folder; throws with the end of what it says. */
export async function go(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
  const command = await findGo();
  if (!command) throw new Error('Go is not installed');
  const options = { cwd, env: { ...(await goEnvironment()), ...env }, maxBuffer: 1 << 26 };
  return runQuietly(command, args, options);
}

/** The output of a command; throws with the end of what it says. */
export async function runQuietly(command: string, args: readonly string[], options: ExecFileOptions): Promise<string> {
  try {
    return String((await run(command, [...args], { encoding: 'utf8', ...options })).stdout);
  } catch (error) {
    const said = String((error as { stderr?: string }).stderr ?? error).trim();
    throw new Error(`${command} ${args.join(' ')}: ${said.slice(-1500)}`);
  }
}

export interface DownloadedModule {
  readonly Dir: string;
  readonly GoMod: string;
}

/** Brings a module into Go's cache. */
export async function downloadModule(path: string, version: string): Promise<DownloadedModule> {
  return JSON.parse(await go(['mod', 'download', '-json', `${path}@${version}`], tmpdir()));
}

export interface GoProgram {
  /** Name of the binary. */
  readonly name: string;
  /** Package to build: of the module, or `.` for `files`. */
  readonly package: string;
  /** The module that it comes from; its go.sum is used. */
  readonly module: string;
  readonly version: string;
  /** `old => new version` of each go.mod `replace`. */
  readonly replace: readonly string[];
  /** Sources of an own main package. */
  readonly files?: Readonly<Record<string, string>>;
}

/** Builds a program of a module into `folder`, in a module of its own. */
export async function buildGoProgram(program: GoProgram, folder: string): Promise<void> {
  const { Dir } = await downloadModule(program.module, program.version);
  const work = join(folder, 'work');
  await mkdir(work);
  const version = (await go(['env', 'GOVERSION'], work)).trim().replace(/^go(\d+\.\d+).*/, '$1');
  const lines = [
    'module flowloom.test/build',
    `go ${version}`,
    `require ${program.module} ${program.version}`,
    ...program.replace.map((rule) => `replace ${rule}`),
  ];
  await writeFile(join(work, 'go.mod'), `${lines.join('\n')}\n`);
  if (existsSync(join(Dir, 'go.sum'))) await copyFile(join(Dir, 'go.sum'), join(work, 'go.sum'));
  for (const [name, text] of Object.entries(program.files ?? {})) await writeFile(join(work, name), text);
  await go(
    ['build', '-mod=mod', '-trimpath', '-ldflags=-s -w', '-o', join(folder, program.name), program.package],
    work,
  );
  await rm(work, { recursive: true });
}
