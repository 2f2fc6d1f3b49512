import type { AttributeValue } from '../model/resource.ts';

/** The object of a `map` cell; empty where the cell is empty or no object of texts and numbers. */
export function parseJsonMap(text: string): Record<string, AttributeValue> {
  if (text === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
    const usable = Object.entries(value).filter(([, item]) => typeof item === 'string' || typeof item === 'number');
    return Object.fromEntries(usable);
  } catch {
    return {};
  }
}
