import { type Check, type Finding, lacking, ok } from '../check.ts';
import type { Host } from './host.ts';

const without = 'system calls are not seen, packets are';

/**
 * What eBPF needs of a node: without, Flowloom sees packets alone. `tryEbpf` has the kernel check the programs, and says
 * what they have to do without, or throws. `tls`: whether TLS libraries are to get probes.
 */
export function syscallChecks(host: Host, tryEbpf: () => string[], tls = false): Check[] {
  const checks: [string, (host: Host) => Finding][] = [
    ['kernel', kernel],
    ['btf', btf],
    ['tracefs', tracefs],
    ['lockdown', lockdown],
    ['capabilities', (each) => capabilities(each, tls)],
    ['memlock', memlock],
    ['ebpf', () => programs(tryEbpf)],
  ];
  return checks.map(([name, run]) => ({ name, group: 'node', run: () => run(host) }));
}

function kernel(host: Host): Finding {
  const release = host.kernelRelease;
  if (host.kernelVersion >= 5010) return ok(`Linux ${release}`);
  return lacking(`Linux ${release}: ${without}`, 'a kernel of 5.10 or newer');
}

/** CO-RE programs are fitted to the kernel by its own type information. */
function btf(host: Host): Finding {
  if (host.has('/sys/kernel/btf/vmlinux')) return ok('/sys/kernel/btf/vmlinux');
  return lacking(
    `no /sys/kernel/btf/vmlinux: ${without}`,
    'a kernel with CONFIG_DEBUG_INFO_BTF=y, as current distributions have; in a container: mount /sys',
  );
}

/** Programs are attached to raw tracepoints, which need no tracefs; uprobes need it only where perf does not have them. */
function tracefs(host: Host): Finding {
  if (host.has('/sys/bus/event_source/devices/uprobe/type')) return ok('not needed: perf has uprobes');
  for (const folder of ['/sys/kernel/tracing', '/sys/kernel/debug/tracing']) {
    if (host.has(`${folder}/uprobe_events`)) return ok(folder);
  }
  return lacking(
    'not mounted, and perf has no uprobes: what TLS hides is not seen',
    "mount -t tracefs tracefs /sys/kernel/tracing; in a pod: mount the node's folder of that name",
  );
}

/** kernel_lockdown(7): in the mode `confidentiality` programs must not read kernel memory by bpf_probe_read_kernel. */
function lockdown(host: Host): Finding {
  const text = host.read('/sys/kernel/security/lockdown');
  const mode = /\[(\w+)\]/.exec(text)?.[1] ?? /\blockdown=(\w+)/.exec(host.read('/proc/cmdline'))?.[1];
  if (mode === undefined) {
    if (text === '' && !host.has('/sys/kernel/security')) return ok('the kernel has none');
    return ok('not known: securityfs is not mounted (mount -t securityfs securityfs /sys/kernel/security)');
  }
  if (mode !== 'confidentiality') return ok(mode);
  // Typed pointers read the same fields without that helper: bpf_rdonly_cast, Linux 6.2.
  if (host.kernelVersion >= 6002) return ok('confidentiality, of no matter from Linux 6.2 on');
  return lacking(`confidentiality: ${without}`, 'boot with lockdown=integrity, or a kernel of 6.2 or newer');
}

/** bpf(2) and perf_event_open(2) since Linux 5.8; before, and still, CAP_SYS_ADMIN includes both. */
function capabilities(host: Host, tls: boolean): Finding {
  const missing = host.holds('SYS_ADMIN') ? [] : (['BPF', 'PERFMON'] as const).filter((each) => !host.holds(each));
  const needed = host.holds('SYS_PTRACE') ? missing : [...missing, 'SYS_PTRACE' as const];
  if (needed.length === 0 && tls && !host.holds('SYS_ADMIN')) {
    return lacking(
      'not held: CAP_SYS_ADMIN: what TLS hides is not seen',
      'run as root, or FLOWLOOM_CAPTURER_EBPF_TLS=false; in Kubernetes: capturer.ebpf.tls of the chart',
    );
  }
  if (needed.length === 0) return ok('CAP_BPF, CAP_PERFMON, CAP_SYS_PTRACE');
  const names = needed.map((each) => `CAP_${each}`).join(', ');
  return lacking(`not held: ${names}: ${without}`, 'run as root; in Kubernetes: capturer.capabilities of the chart');
}

/** Until Linux 5.11 the memory of maps counted as locked memory. */
function memlock(host: Host): Finding {
  const wanted = 64 * 1_048_576;
  if (host.kernelVersion >= 5011) return ok('maps are not limited by it since Linux 5.11');
  const [, soft, hard] = /^Max locked memory\s+(\S+)\s+(\S+)/m.exec(host.read('/proc/self/limits')) ?? [];
  const enough = (limit = '0') => limit === 'unlimited' || Number(limit) >= wanted;
  if (enough(soft) || enough(hard) || host.holds('SYS_RESOURCE')) return ok(`${hard} bytes`);
  return lacking(
    `${hard} bytes of locked memory: ${without}`,
    'ulimit -l unlimited (LimitMEMLOCK=infinity in systemd)',
  );
}

/** The proof of the others. */
function programs(tryEbpf: () => string[]): Finding {
  try {
    const without = tryEbpf();
    return ok(['the kernel takes the programs', ...without].join('; '));
  } catch (error) {
    return lacking(
      `${(error as Error).message}: ${without}`,
      'see the checks above; in a container the seccomp profile, too',
    );
  }
}
