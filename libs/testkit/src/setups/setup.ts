import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findCommand } from '../needs.ts';
import { isListening } from '../ports.ts';
import { serverFolder, startServer, type TestServer } from '../server.ts';

/** How a server is set up in a folder of its own and run there in the foreground, wherever that may be. */
export interface ServerSetup {
  readonly name: string;
  /** It serves once it listens here. */
  readonly port: number;
  /** A function gets the server's folder, in which it runs. */
  readonly command: readonly string[] | ((folder: string) => readonly string[]);
  /** Name to text of files in that folder. */
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: NodeJS.ProcessEnv;
  /** Called in the folder before the start. */
  prepare?(folder: string): Promise<unknown>;
}

/** Writes the server's files; gives its folder, and its command with a path. */
export async function prepareServer(setup: ServerSetup): Promise<{ folder: string; command: readonly string[] }> {
  const { name, files = {}, prepare } = setup;
  const folder = serverFolder(name);
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  await prepare?.(folder);
  const [program, ...flags] = typeof setup.command === 'function' ? setup.command(folder) : setup.command;
  return { folder, command: [findCommand(program) ?? program, ...flags] };
}

/** Starts it on this host. */
export async function startSetup(setup: ServerSetup): Promise<TestServer> {
  const { name, env, port } = setup;
  return startServer({ name, env, ...(await prepareServer(setup)), ready: () => isListening(port) });
}
