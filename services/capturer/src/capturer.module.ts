import type { DynamicModule, OnApplicationShutdown, OnModuleDestroy } from '@nestjs/common';
import type { CaptureRunner } from './capture-runner.ts';
import type { Publisher } from './core/publisher.ts';

class CapturerModule {}

/** Closes in order: first no more packets and the last rows, then the publisher. */
export function capturerModule(runner: CaptureRunner, publisher: Publisher): DynamicModule {
  const lifetime: OnModuleDestroy & OnApplicationShutdown = {
    onModuleDestroy: () => runner.stop(),
    onApplicationShutdown: () => publisher.close(),
  };
  return { module: CapturerModule, providers: [{ provide: 'capturer lifetime', useValue: lifetime }] };
}
