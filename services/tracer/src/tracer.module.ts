import type { DynamicModule, OnApplicationShutdown, OnModuleDestroy } from '@nestjs/common';
import { RequestsController } from './requests.controller.ts';
import { TracerWorker } from './tracer-worker.ts';

/** What the module closes once the consumers are gone. */
export interface Closing {
  close(): Promise<unknown>;
}

class TracerModule {}

/** Wires the controller, and closes in order: the clock first, exporters and stores when the consumers are gone. */
export function tracerModule(worker: TracerWorker, closing: readonly Closing[]): DynamicModule {
  const lifetime: OnModuleDestroy & OnApplicationShutdown = {
    onModuleDestroy: () => worker.close(),
    onApplicationShutdown: async () => {
      for (const one of closing) await one.close();
    },
  };
  return {
    module: TracerModule,
    controllers: [RequestsController],
    providers: [
      { provide: TracerWorker, useValue: worker },
      { provide: 'tracer lifetime', useValue: lifetime },
    ],
  };
}
