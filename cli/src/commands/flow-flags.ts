import { defaultTimeouts, type FlowTimeouts } from '@flowloom/flow';
import { defaultTunnelPorts, type PortTunnelName, type TunnelName, tunnelNames, tunnelPorts } from '@flowloom/packet';
import { type Command, InvalidArgumentError } from 'commander';
import type { ReplayOptions } from '../replay/replay-options.ts';

const tunnels = tunnelNames.slice(1);
const states = Object.keys(defaultTimeouts).map((name) => name.replace(/Ms$/, ''));
const defaults = states.map((state) => `${state} ${defaultTimeouts[`${state}Ms` as keyof FlowTimeouts] / 1000}`);

/** The flags that say what a flow is: time-outs, tunnels, server ports, size of the table. */
export function withFlowFlags(command: Command): Command {
  return command
    .option('--timeout <state=seconds>', `silence that ends a flow; may be repeated (${defaults.join(', ')})`, timeout)
    .option(
      '--closed-tunnel <type>',
      `tunnels that are not opened; may be repeated (${tunnels.join(', ')})`,
      closedTunnel,
    )
    .option('--tunnel-port <type=port>', 'a port of a tunnel instead of its usual ones; may be repeated', tunnelPort)
    .option('--server-port <port>', 'a port that is the server where nothing else tells; may be repeated', serverPort)
    .option('--max-flows <number>', 'flows at the same time; beyond, the least useful end early', maxFlows);
}

interface FlowFlags {
  readonly timeout?: Partial<FlowTimeouts>;
  readonly closedTunnel?: readonly TunnelName[];
  readonly tunnelPort?: readonly (readonly [PortTunnelName, number])[];
  readonly serverPort?: readonly number[];
  readonly maxFlows?: number;
}

/** What those flags were given, as options of a replay. */
export function flowOptions(
  flags: FlowFlags,
): Pick<ReplayOptions, 'timeouts' | 'tunnels' | 'serverPorts' | 'maxFlows'> {
  const { timeout: timeouts, closedTunnel: closed, tunnelPort: ports = [], serverPort: serverPorts, maxFlows } = flags;
  return { timeouts, tunnels: { closed, ports: tunnelPorts(ports) }, serverPorts, maxFlows };
}

function timeout(text: string, given: Partial<FlowTimeouts> = {}): Partial<FlowTimeouts> {
  const [state, seconds] = pair(text);
  if (!states.includes(state)) throw new InvalidArgumentError(`the states are ${states.join(', ')}.`);
  if (!/^\d+(\.\d+)?$/.test(seconds)) throw new InvalidArgumentError('STATE=SECONDS is wanted, as in other=30.');
  return { ...given, [`${state}Ms`]: Number(seconds) * 1000 };
}

function closedTunnel(text: string, given: readonly TunnelName[] = []): readonly TunnelName[] {
  if (!tunnels.includes(text)) throw new InvalidArgumentError(`the tunnels are ${tunnels.join(', ')}.`);
  return [...given, text as TunnelName];
}

function tunnelPort(text: string, given: FlowFlags['tunnelPort'] = []): FlowFlags['tunnelPort'] {
  const [type, port] = pair(text);
  const known = Object.keys(defaultTunnelPorts);
  if (!known.includes(type)) throw new InvalidArgumentError(`tunnels with a port are ${known.join(', ')}.`);
  return [...given, [type as PortTunnelName, portOf(port)]];
}

function serverPort(text: string, given: readonly number[] = []): readonly number[] {
  return [...given, portOf(text)];
}

function maxFlows(text: string): number {
  const flows = Number(text);
  if (!Number.isInteger(flows) || flows < 16 || flows > 1 << 22) {
    throw new InvalidArgumentError(`16 to ${1 << 22} are possible.`);
  }
  return flows;
}

function portOf(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port < 1 || port > 65_535) throw new InvalidArgumentError('a port is 1 to 65535.');
  return port;
}

function pair(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
