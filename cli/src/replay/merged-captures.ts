import type { CaptureFile } from '@flowloom/capturer';

/** What takes the frames of several files: `source` is the index of the file. */
export type FrameConsumer = (source: number, file: CaptureFile) => void;

/** Called before the memory of the frames so far is used again. */
export type Settle = () => void;

/** Called while no frame is in use, after every few megabytes. */
export type Pause = () => Promise<void>;

/** A file is read in pieces of some hundred kilobytes. */
const fillsPerPause = 16;

/**
 * Hands out the frames of several captures in the order of their times, each file in its own order. A frame is valid until
 * `settle`. Of equal times the earlier file comes first.
 */
export async function readMerged(
  files: readonly CaptureFile[],
  consume: FrameConsumer,
  settle: Settle,
  pause: Pause,
): Promise<void> {
  if (files.length === 1) return readOne(files[0], consume, settle, pause);
  const waiting: number[] = [];
  for (const [source, file] of files.entries()) if (await advance(file)) waiting.push(source);
  let fills = 0;
  while (waiting.length > 0) {
    let earliest = 0;
    for (let i = 1; i < waiting.length; i++) {
      if (files[waiting[i]].reader.frame.timeUs < files[waiting[earliest]].reader.frame.timeUs) earliest = i;
    }
    const source = waiting[earliest];
    const file = files[source];
    consume(source, file);
    // Most steps stay within what is in memory: no promise for them.
    if (file.reader.next()) continue;
    settle();
    if (!(await advance(file))) waiting.splice(earliest, 1);
    if (++fills % fillsPerPause === 0) await pause();
  }
}

async function readOne(file: CaptureFile, consume: FrameConsumer, settle: Settle, pause: Pause): Promise<void> {
  const { reader } = file;
  for (let fills = 1; await file.fill(); fills++) {
    while (reader.next()) consume(0, file);
    settle();
    if (fills % fillsPerPause === 0) await pause();
  }
}

/** Moves a file to its next frame; false at its end. */
async function advance(file: CaptureFile): Promise<boolean> {
  while (await file.fill()) if (file.reader.next()) return true;
  return false;
}
