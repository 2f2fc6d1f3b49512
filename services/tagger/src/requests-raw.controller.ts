import type { BusBatch } from '@flowloom/bus';
import type { BatchContext } from '@flowloom/bus/nest';
import { rawRequest, taggedRequest, topics } from '@flowloom/records';
import { OnBatch } from '@flowloom/service-kit';
import { Controller, Inject } from '@nestjs/common';
import { BATCH_TAGGING, type BatchTagging } from './batch-tagging.ts';
import { Tagger } from './core/tagger.ts';

/** `requests.raw` in, `requests` out. */
@Controller()
export class RequestsRawController {
  readonly #tagging: BatchTagging;
  readonly #tagger: Tagger;

  constructor(@Inject(BATCH_TAGGING) tagging: BatchTagging, @Inject(Tagger) tagger: Tagger) {
    this.#tagging = tagging;
    this.#tagger = tagger;
  }

  @OnBatch(topics.requestsRaw.name)
  async onRequests(batch: BusBatch, context: BatchContext): Promise<void> {
    await this.#tagging.handle(batch, context, rawRequest, taggedRequest, (raw, into, recentUs) =>
      this.#tagger.tagRequests(raw, into, recentUs),
    );
  }
}
