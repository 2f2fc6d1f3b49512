import type { AttributeValue } from '../model/resource.ts';
import { type SpanKind, spanKind } from '../model/span.ts';
import { parseJsonMap } from './json-map.ts';

/** Takes the attributes of a span as they are found. Each name comes once. */
export interface AttributeSink {
  attribute(name: string, value: AttributeValue): void;
}

/**
 * A span in the making, used again for every span: attributes go straight to the sink, so that none are collected; what
 * is known at the end only (name, kind, error) is kept here. Whoever puts an attribute first wins over the parser's own
 * attributes, which come last.
 */
export class Draft {
  name = '';
  kind: SpanKind = spanKind.internal;
  isError = false;
  /** What is known of the failure besides `error.type`. */
  message = '';
  readonly #sink: AttributeSink;
  /** Attributes that the parser gave in the conventions' own terms and that are not put yet. */
  #given: Map<string, AttributeValue> | undefined;

  constructor(sink: AttributeSink) {
    this.#sink = sink;
  }

  /** Begins a new span. `given` is a `map` cell: a JSON object or ''. */
  begin(kind: SpanKind, given: string): void {
    this.name = '';
    this.kind = kind;
    this.isError = false;
    this.message = '';
    this.#given = given === '' ? undefined : new Map(Object.entries(parseJsonMap(given)));
  }

  /** What the parser gave under this name. */
  given(name: string): AttributeValue | undefined {
    return this.#given?.get(name);
  }

  /** Puts an attribute, also an empty one. */
  set(name: string, value: AttributeValue): void {
    this.#given?.delete(name);
    this.#sink.attribute(name, value);
  }

  /** Puts an attribute where there is something to say. */
  put(name: string, value: string | number): void {
    if (value !== '' && value !== 0) this.set(name, value);
  }

  /** Marks a failure; the first reason stays. `error.type` is of low cardinality. */
  fail(errorType: string, message = ''): void {
    if (this.isError) return;
    this.isError = true;
    this.message = message;
    this.set('error.type', errorType || '_OTHER');
  }

  /** Puts what the parser gave and no rule said. */
  finish(): void {
    if (this.#given === undefined) return;
    for (const [name, value] of this.#given) this.#sink.attribute(name, value);
    this.#given = undefined;
  }
}
