import { event } from '@flowloom/service-kit';

const percent = (share: number) => `${Math.round(100 * share)} %`;

/** What a capturer reports about itself. */
export const capturerEvents = {
  published: event<{ topic: string; rows: number; bytes: number }>({
    doc: 'Rows were taken by the bus',
    metrics: [
      { kind: 'counter', name: 'rows', doc: 'Rows published', unit: '{row}', labels: ['topic'], value: 'rows' },
      { kind: 'counter', name: 'published', doc: 'Bytes published', unit: 'By', labels: ['topic'], value: 'bytes' },
    ],
  }),
  publishFailed: event<{ reason: string; waitingBytes: number }>({
    doc: 'The bus did not take records; they are kept and sent again',
    metrics: [{ kind: 'counter', name: 'publish.failures', doc: 'Times that the bus did not take records' }],
    log: {
      level: 'warn',
      message: ({ reason, waitingBytes }) => `cannot publish, ${waitingBytes} bytes wait: ${reason}`,
      atMostEveryMs: 10_000,
    },
  }),
  rowsLost: event<{ rows: number; reason: string }>({
    doc: 'Rows were dropped',
    metrics: [
      { kind: 'counter', name: 'rows.dropped', doc: 'Rows dropped', unit: '{row}', labels: ['reason'], value: 'rows' },
    ],
    log: {
      level: 'error',
      message: ({ rows, reason }) => `${rows} rows dropped: ${reason}`,
      atMostEveryMs: 10_000,
    },
  }),
  captureStarted: event<{ source: string; interfaces: string; threads: number }>({
    doc: 'Packets are being captured',
    log: { level: 'info', message: ({ source, interfaces }) => `capturing from ${interfaces} by ${source}` },
  }),
  sourceReplaced: event<{ reason: string }>({
    doc: 'The AF_PACKET ring is not allowed here: libpcap is used',
    log: { level: 'warn', message: ({ reason }) => `${reason}: capturing by libpcap instead` },
  }),
  packetsDropped: event<{ packets: number; where: string }>({
    doc: 'Packets were lost before they could be read',
    log: {
      level: 'warn',
      message: ({ packets, where }) => `${packets} packets lost in the ${where}`,
      atMostEveryMs: 10_000,
    },
  }),
  syscallsStarted: event<object>({
    doc: 'System calls are being seen',
    log: { level: 'info', message: () => 'seeing system calls by eBPF' },
  }),
  syscallsUnseen: event<{ reason: string }>({
    doc: 'System calls are not seen on this host',
    log: { level: 'warn', message: ({ reason }) => `system calls are not seen, packets are: ${reason}` },
  }),
  tlsUnseen: event<object>({
    doc: 'What TLS hides is to be seen, but the kernel refuses the probes for it',
    log: {
      level: 'warn',
      message: () =>
        'what TLS hides is not seen: probes in TLS libraries need CAP_SYS_ADMIN (in the chart: capturer.ebpf.tls); ' +
        'FLOWLOOM_CAPTURER_EBPF_TLS=false does without',
    },
  }),
  syscallsLost: event<{ events: number }>({
    doc: 'System calls were lost before they could be read',
    log: {
      level: 'warn',
      message: ({ events }) => `${events} system calls lost: the ring was full (FLOWLOOM_CAPTURER_EBPF_RING_BYTES)`,
      atMostEveryMs: 10_000,
    },
  }),
  programsUnwatched: event<{ what: string; programs: number }>({
    doc: 'A program uses what would be watched so often that it would slow it down',
    log: {
      level: 'warn',
      message: ({ what, programs }) =>
        `${what} of ${programs} more programs are not watched any more, which would slow them down: ` +
        'some of their requests will have no parent',
    },
  }),
  sheddingBegan: event<{ share: number; cpus: number }>({
    doc: 'The node has no CPU to spare, and the budget of this process is used up: requests are seen in windows',
    log: {
      level: 'warn',
      message: ({ share, cpus }) =>
        `requests are seen ${percent(share)} of the time from now on: the node has no CPU to spare, and ${cpus} CPUs are the budget here. ` +
        'Raise FLOWLOOM_CAPTURER_CPU_BUDGET, or look at less (FLOWLOOM_CAPTURER_EBPF_PORTS, ..._EBPF_PROCESSES)',
    },
  }),
  sheddingEnded: event<{ seconds: number; least: number }>({
    doc: 'Requests are seen all the time again',
    log: {
      level: 'info',
      message: ({ seconds, least }) =>
        `requests are seen as before: for ${seconds} s they were for a part of the time, ${percent(least)} at the least`,
    },
  }),
  ioUringUsed: event<object>({
    doc: 'A process reads or writes through io_uring',
    log: {
      level: 'warn',
      message: () => 'some processes read and write through io_uring: that is not seen as system calls',
    },
  }),
};
