/** What is kept of an object of the Kubernetes API: a small part of what the API sends. */
export interface KubernetesObject {
  /** `pods`, `services`, `kubeovn.io/subnets` ...: the resource as the API names it, with the group if it has one. */
  readonly resource: string;
  readonly uid: string;
  readonly name: string;
  readonly namespace: string;
  /** µs since the epoch. */
  readonly createdUs: number | undefined;
  /** It was not there yet at this time, by what was seen: more exact than the API's whole seconds. */
  readonly absentUs?: number | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Controller, if it has one. */
  readonly owner: { readonly kind: string; readonly name: string; readonly uid: string } | undefined;
  /** Parts of `spec` and `status` that a tag is made of. */
  readonly spec: Fields;
  readonly status: Fields;
  /** Of what is neither in `spec` nor in `status`, such as the endpoints of an EndpointSlice. */
  readonly other: Fields;
}

/** JSON of the API: read with the functions below, never trusted to have a type. */
export type Fields = Readonly<Record<string, unknown>>;

export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

export function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fieldsOf) : [];
}

export function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

/** µs of an RFC 3339 time; undefined where there is none. */
export function timeOf(value: unknown): number | undefined {
  const ms = Date.parse(textOf(value));
  return Number.isNaN(ms) ? undefined : ms * 1000;
}

/** Text of a comma-separated list, as annotations hold it. */
export function commaList(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean);
}
