import { type FSWatcher, watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { parseInventory, problemLine } from '../core/inventory/parse.ts';
import { inventoryResources } from '../core/inventory/resources.ts';
import type { Resource } from '../core/model/resource.ts';

/** An inventory file that cannot be used. Each problem is one line with the place in the file. */
export class InventoryError extends Error {
  override readonly name = 'InventoryError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/** Reads a file whole or throws an `InventoryError`. */
export async function readInventory(path: string): Promise<Resource[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new InventoryError([`${path}: ${error.code === 'ENOENT' ? 'no such file' : error.message}`]);
  });
  const parsed = parseInventory(text);
  if (!parsed.ok) throw new InventoryError(parsed.problems.map((problem) => problemLine(path, problem)));
  return inventoryResources(parsed.inventory);
}

const settleMs = 200;

/**
 * Calls `onChange` some time after the file was changed or replaced. It watches the folder: editors and Kubernetes
 * (which swaps a symbolic link) put a new file in the place of the old one.
 */
export function watchInventory(path: string, onChange: () => void): FSWatcher {
  let timer: NodeJS.Timeout | undefined;
  const watcher = watch(dirname(path), (_event, name) => {
    if (name !== null && name !== basename(path) && name !== '..data') return;
    clearTimeout(timer);
    timer = setTimeout(onChange, settleMs);
  });
  return watcher.on('close', () => clearTimeout(timer));
}
