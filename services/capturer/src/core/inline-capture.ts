import type { Capture, CaptureEvents } from './capture.ts';
import { CaptureSession, type CaptureSessionOptions } from './capture-session.ts';
import type { PacketSource } from './packet-source.ts';

/** A capture in this thread, for a source that cannot run in another one. */
export class InlineCapture implements Capture {
  readonly #session: CaptureSession;

  constructor(source: PacketSource, options: CaptureSessionOptions, events: CaptureEvents) {
    const output = events.output.bind(events);
    this.#session = new CaptureSession(
      source,
      options,
      (made) => output(0, { ...made, droppedRows: 0 }),
      (error) => {
        events.failed(error);
      },
    );
  }

  async start(): Promise<void> {
    this.#session.start();
  }

  setShare(share: number, _isShort: boolean, isLoopbackLeft?: boolean): void {
    this.#session.setShare(share, isLoopbackLeft);
  }

  async stop(): Promise<void> {
    await this.#session.stop();
  }
}
