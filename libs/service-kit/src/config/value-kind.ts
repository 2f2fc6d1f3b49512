import type { z } from 'zod';

type KindName = 'text' | 'number' | 'boolean' | 'list' | 'choice';

/** What a setting takes, read from its zod type. */
export interface ValueKind {
  readonly name: KindName;
  /** For people: `integer, 1 to 65535`, `one of: a, b`. */
  readonly label: string;
  readonly hasDefault: boolean;
  readonly fallback: unknown;
  readonly description: string | undefined;
}

interface Definition {
  readonly type: string;
  readonly innerType?: z.ZodType;
  readonly element?: z.ZodType;
  readonly defaultValue?: unknown;
  readonly entries?: Readonly<Record<string, string>>;
}

/** Throws for a type that one environment variable cannot carry. */
export function readKind(type: z.ZodType): ValueKind {
  const definition = type.def as unknown as Definition;
  const { innerType } = definition;
  const isDefault = definition.type === 'default';
  if (innerType && (isDefault || ['optional', 'nullable', 'readonly'].includes(definition.type))) {
    const inner = readKind(innerType);
    const description = type.description ?? inner.description;
    return isDefault
      ? { ...inner, description, hasDefault: true, fallback: definition.defaultValue }
      : { ...inner, description };
  }
  const [name, label] = nameAndLabel(type, definition);
  return { name, label, hasDefault: false, fallback: undefined, description: type.description };
}

function nameAndLabel(type: z.ZodType, definition: Definition): [KindName, string] {
  switch (definition.type) {
    case 'string':
      return ['text', 'text'];
    case 'number':
      return ['number', numberLabel(type as z.ZodNumber)];
    case 'boolean':
      return ['boolean', 'true or false'];
    case 'enum':
      return ['choice', `one of: ${Object.values(definition.entries ?? {}).join(', ')}`];
    case 'array':
      return ['list', 'list, separated by commas'];
    default:
      throw new Error(`a setting cannot be of the type ${definition.type}`);
  }
}

function numberLabel(type: z.ZodNumber): string {
  const { minValue, maxValue, format } = type;
  const kind = format === 'safeint' ? 'integer' : 'number';
  const min = Number.isFinite(minValue) && minValue !== Number.MIN_SAFE_INTEGER ? minValue : undefined;
  const max = Number.isFinite(maxValue) && maxValue !== Number.MAX_SAFE_INTEGER ? maxValue : undefined;
  if (min !== undefined && max !== undefined) return `${kind}, ${min} to ${max}`;
  if (min !== undefined) return `${kind}, ${min} or more`;
  return max === undefined ? kind : `${kind}, ${max} or less`;
}
