import { isNode, LineCounter, parseDocument } from 'yaml';
import { crossCheck } from './cross-check.ts';
import { type Inventory, inventorySchema } from './schema.ts';

export interface InventoryProblem {
  /** From 1. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export type ParsedInventory =
  | { readonly ok: true; readonly inventory: Inventory }
  | { readonly ok: false; readonly problems: readonly InventoryProblem[] };

/** Reads an inventory (YAML 1.2 or JSON), whole or not at all. Every problem says where in the text it lies. */
export function parseInventory(text: string): ParsedInventory {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const at = (offset: number, message: string): InventoryProblem => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1), message };
  };
  if (document.errors.length > 0) {
    const first = (message: string) => message.split('\n')[0].replace(/ at line \d+, column \d+:?$/, '');
    return { ok: false, problems: document.errors.map(({ pos, message }) => at(pos[0], first(message))) };
  }
  const offsetOf = (path: readonly PropertyKey[]): number => {
    for (let length = path.length; length >= 0; length--) {
      const found = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
      if (isNode(found) && found.range) return found.range[0];
    }
    return 0;
  };
  // Aliases are resolved here: `maxAliasCount` bounds what a small file can grow into.
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 1000 }) ?? {};
  } catch (error) {
    return { ok: false, problems: [at(0, (error as Error).message)] };
  }
  const result = inventorySchema.safeParse(value);
  const issues = result.success ? crossCheck(result.data) : result.error.issues;
  if (result.success && issues.length === 0) return { ok: true, inventory: result.data };
  return {
    ok: false,
    problems: issues.map(({ path, message }) => at(offsetOf(path), `${pathText(path)}${message}`)),
  };
}

/** `pods[3].addresses[0]: `; nothing for the whole document. */
function pathText(path: readonly PropertyKey[]): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return text === '' ? '' : `${text.replace(/^\./, '')}: `;
}

/** One line for people: `inventory.yaml:12:5: pods[3].addresses[0]: is no IPv4 or IPv6 address`. */
export function problemLine(file: string, { line, column, message }: InventoryProblem): string {
  return `${file}:${line}:${column}: ${message}`;
}
