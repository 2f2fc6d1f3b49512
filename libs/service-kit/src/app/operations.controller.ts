import type { Readable } from 'node:stream';
import { Controller, Get, Inject, NotFoundException, Req, Res } from '@nestjs/common';
import type { Registry } from 'prom-client';
import type { Health, HealthReport } from '../health/health.ts';
import type { Pages } from './pages.ts';

export const HEALTH = Symbol('health');
export const REGISTRY = Symbol('registry');
export const PAGES = Symbol('pages');

/** The part of Fastify's reply that is used here. */
interface Reply {
  status(code: number): unknown;
  type(contentType: string): unknown;
}

/** Probes, metrics and the pages of the services. */
@Controller()
export class OperationsController {
  readonly #health: Health;
  readonly #registry: Registry;
  readonly #pages: Pages;

  constructor(@Inject(HEALTH) health: Health, @Inject(REGISTRY) registry: Registry, @Inject(PAGES) pages: Pages) {
    this.#health = health;
    this.#registry = registry;
    this.#pages = pages;
  }

  /** 503 when only a restart helps. */
  @Get('livez')
  livez(@Res({ passthrough: true }) reply: Reply): HealthReport {
    return answer(this.#health.liveness, reply);
  }

  /** 503 with the reasons while the process cannot work; degraded is 200 with the reasons. */
  @Get('readyz')
  readyz(@Res({ passthrough: true }) reply: Reply): HealthReport {
    return answer(this.#health.readiness, reply);
  }

  /** Prometheus text format. */
  @Get('metrics')
  metrics(@Res({ passthrough: true }) reply: Reply): Promise<string> {
    reply.type(this.#registry.contentType);
    return this.#registry.metrics();
  }

  @Get('*')
  page(
    @Req() request: { url: string },
    @Res({ passthrough: true }) reply: Reply,
  ): string | Readable | Promise<string | Readable> {
    const { pathname, searchParams } = new URL(request.url, 'http://localhost');
    const page = this.#pages.find(pathname);
    if (!page) throw new NotFoundException();
    reply.type(page.contentType);
    return page.body(searchParams);
  }
}

function answer(report: HealthReport, reply: Reply): HealthReport {
  if (report.status === 'down') reply.status(503);
  return report;
}
