import type { DynamicModule } from '@nestjs/common';
import type { Registry } from 'prom-client';
import type { Health } from '../health/health.ts';
import { HEALTH, OperationsController, PAGES, REGISTRY } from './operations.controller.ts';
import type { Pages } from './pages.ts';

class OperationsModule {}

/** The module of the HTTP port. */
export function operationsModule(health: Health, registry: Registry, pages: Pages): DynamicModule {
  return {
    module: OperationsModule,
    controllers: [OperationsController],
    providers: [
      { provide: HEALTH, useValue: health },
      { provide: REGISTRY, useValue: registry },
      { provide: PAGES, useValue: pages },
    ],
  };
}
