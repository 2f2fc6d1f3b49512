/**
 * What a connection remembers by number or name: takes no memory before there is something, and never holds more than its limit, as
 * the oldest gives way.
 */
export class LazyMap<K, V> {
  readonly #limit: number;
  #map: Map<K, V> | null = null;

  constructor(limit: number) {
    this.#limit = limit;
  }

  set(key: K, value: V): void {
    this.#map ??= new Map();
    if (this.#map.size >= this.#limit && !this.#map.has(key)) this.#map.delete(this.#map.keys().next().value!);
    this.#map.set(key, value);
  }

  get(key: K): V | undefined {
    return this.#map?.get(key);
  }

  delete(key: K): void {
    this.#map?.delete(key);
  }
}
