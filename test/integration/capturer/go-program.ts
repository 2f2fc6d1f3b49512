import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { cached } from '@flowloom/testkit';

const run = promisify(execFile);

/** Builds `NAME/main.go` beside this file, once for each `flags` of the linker (`-s -w`: stripped); the path of the program. */
export async function goProgram(name: string, flags = ''): Promise<string> {
  const source = fileURLToPath(new URL(`${name}/main.go`, import.meta.url));
  const key = createHash('sha256').update(readFileSync(source)).update(flags).digest('hex').slice(0, 12);
  const folder = await cached(`${name}-${key}`, async (into) => {
    copyFileSync(source, join(into, 'main.go'));
    await run('go', ['build', `-ldflags=${flags}`, '-o', name, 'main.go'], { cwd: into });
  });
  return join(folder, name);
}
