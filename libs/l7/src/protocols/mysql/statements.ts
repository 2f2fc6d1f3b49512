/** What is known of a prepared statement. */
export interface Statement {
  /** Masked. */
  readonly sql: string;
  readonly verb: string;
  readonly endpoint: string;
}

const MAX_STATEMENTS = 1024;

/** Prepared statements of one connection by id. */
export class Statements {
  /** null until a statement is prepared: most connections prepare none. */
  #byId: Map<number, Statement> | null = null;

  set(id: number, statement: Statement): void {
    this.#byId ??= new Map();
    if (this.#byId.size >= MAX_STATEMENTS) this.#byId.delete(this.#byId.keys().next().value!);
    this.#byId.set(id, statement);
  }

  get(id: number): Statement | undefined {
    return this.#byId?.get(id);
  }

  close(id: number): void {
    this.#byId?.delete(id);
  }
}
