import { ResourceIndex } from '@flowloom/tagger';
import { ExitCode, Failure } from '../failure.ts';

/** Who is who, from an inventory file; without one nobody is. Throws a `Failure` with every problem of the file. */
export async function loadResources(path: string | undefined): Promise<ResourceIndex> {
  const index = new ResourceIndex();
  if (path === undefined) return index;
  const { InventoryError, readInventory } = await import('@flowloom/tagger/inventory');
  try {
    for (const resource of await readInventory(path)) index.put(resource);
  } catch (error) {
    throw error instanceof InventoryError ? new Failure(error.message, ExitCode.usage) : error;
  }
  return index;
}
