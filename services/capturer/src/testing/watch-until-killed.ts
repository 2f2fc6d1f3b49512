// Sees system calls until it is ended: for tests of what is left behind. Says `watching` when it does.
import { SyscallWatch } from './syscall-watch.ts';

const watch = new SyscallWatch({});
setInterval(() => watch.source.counters(), 1000);
console.log('watching');
process.once('SIGTERM', () => {
  void watch.close().then(() => process.exit(0));
});
