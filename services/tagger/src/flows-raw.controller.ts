import type { BusBatch } from '@flowloom/bus';
import type { BatchContext } from '@flowloom/bus/nest';
import { rawFlow, taggedFlow, topics } from '@flowloom/records';
import { OnBatch } from '@flowloom/service-kit';
import { Controller, Inject } from '@nestjs/common';
import { BATCH_TAGGING, type BatchTagging } from './batch-tagging.ts';
import { Tagger } from './core/tagger.ts';

/** `flows.raw` in, `flows` out. */
@Controller()
export class FlowsRawController {
  readonly #tagging: BatchTagging;
  readonly #tagger: Tagger;

  constructor(@Inject(BATCH_TAGGING) tagging: BatchTagging, @Inject(Tagger) tagger: Tagger) {
    this.#tagging = tagging;
    this.#tagger = tagger;
  }

  @OnBatch(topics.flowsRaw.name)
  async onFlows(batch: BusBatch, context: BatchContext): Promise<void> {
    await this.#tagging.handle(batch, context, rawFlow, taggedFlow, (raw, into, recentUs) =>
      this.#tagger.tagFlows(raw, into, recentUs),
    );
  }
}
