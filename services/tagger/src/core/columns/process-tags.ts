import { type Batch, type NameColumn, NameMap } from '@flowloom/records';

/**
 * At a process's own observation point (c-p, s-p) the row's process is that of the client or of the server: copies it
 * there. `NameMap` because each column has its own dictionary.
 */
export class ProcessTags {
  readonly #client = new NameMap();
  readonly #server = new NameMap();

  write(batch: Batch, first: number): void {
    const column = (name: string) => batch.column(name) as NameColumn;
    const process = column('process');
    const point = column('observation_point');
    if (process.dictionary.length === 1) return;
    const sides = { 'c-p': { names: this.#client, to: column('client_process') } } as Record<string, Target>;
    sides['s-p'] = { names: this.#server, to: column('server_process') };
    for (const { names, to } of Object.values(sides)) names.begin(process, to);
    for (let row = first; row < batch.length; row++) {
      const side = sides[point.get(row)];
      if (side && process.values[row] !== 0) side.to.values[row] = side.names.code(process.values[row]);
    }
  }
}

interface Target {
  readonly names: NameMap;
  readonly to: NameColumn;
}
