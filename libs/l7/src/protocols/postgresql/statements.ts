const MAX_NAMES = 1024;

/** What a statement or portal is about. */
export interface Statement {
  /** Masked. */
  readonly sql: string;
  readonly verb: string;
  readonly endpoint: string;
  readonly table: string;
}

/** Prepared statements, or portals, of one connection by name; the unnamed one is ''. */
export class Statements {
  /** null until there is one. */
  #byName: Map<string, Statement> | null = null;

  set(name: string, statement: Statement | undefined): void {
    if (statement === undefined) this.#byName?.delete(name);
    else {
      this.#byName ??= new Map();
      if (this.#byName.size >= MAX_NAMES) this.#byName.delete(this.#byName.keys().next().value!);
      this.#byName.set(name, statement);
    }
  }

  get(name: string): Statement | undefined {
    return this.#byName?.get(name);
  }
}
