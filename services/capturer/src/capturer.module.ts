import type { DynamicModule, OnApplicationShutdown, OnModuleDestroy } from '@nestjs/common';
import type { Publisher } from './core/publisher.ts';

class CapturerModule {}

/** Closes in order: first no more packets and system calls, and the last rows; then the publisher. */
export function capturerModule(runners: readonly { stop(): Promise<void> }[], publisher: Publisher): DynamicModule {
  const lifetime: OnModuleDestroy & OnApplicationShutdown = {
    onModuleDestroy: async () => {
      await Promise.all(runners.map((runner) => runner.stop()));
    },
    onApplicationShutdown: () => publisher.close(),
  };
  return { module: CapturerModule, providers: [{ provide: 'capturer lifetime', useValue: lifetime }] };
}
