import { CommanderError } from 'commander';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { program } from './program.ts';

describe('the command line', () => {
  let printed: string;
  beforeEach(() => {
    printed = '';
    const take = (text: unknown) => {
      printed += String(text);
      return true;
    };
    vi.spyOn(process.stdout, 'write').mockImplementation(take);
    vi.spyOn(process.stderr, 'write').mockImplementation(take);
  });
  afterEach(() => vi.restoreAllMocks());

  /** How Commander ends: nothing of a command is done. */
  async function end(...args: string[]): Promise<CommanderError> {
    const error = await program()
      .parseAsync(args, { from: 'user' })
      .catch((thrown) => thrown);
    expect(error).toBeInstanceOf(CommanderError);
    return error;
  }

  it('names every command in its help', async () => {
    expect((await end('--help')).exitCode).toBe(0);
    for (const name of ['run', 'replay', 'observe', 'demo', 'doctor', 'capturer', 'tagger', 'aggregator', 'tracer']) {
      expect(printed).toMatch(new RegExp(`^  ${name} `, 'm'));
    }
  });

  it.each(program().commands.map((command) => command.name()))('shows an example in the help of %s', async (name) => {
    expect((await end(name, '--help')).exitCode).toBe(0);
    expect(printed).toMatch(/Examples?:\n +.*flowloom|npm run/);
  });

  it('prints its version', async () => {
    expect((await end('--version')).exitCode).toBe(0);
    expect(printed).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it.each([
    [['replya']],
    [['run', '--nonsense']],
    [['replay', 'a.pcap']],
    [['replay', '--out', 'out']],
    [['replay', 'a.pcap', '--out', 'out', '--snaplen', '0']],
    [['replay', 'a.pcap', '--out', 'out', '--decode-as', 'http']],
    [['replay', 'a.pcap', '--out', 'out', '--timeout', 'udp=5']],
    [['replay', 'a.pcap', '--out', 'out', '--timeout', 'other=-1']],
    [['replay', 'a.pcap', '--out', 'out', '--closed-tunnel', 'vlan']],
    [['replay', 'a.pcap', '--out', 'out', '--tunnel-port', 'erspan=1']],
    [['replay', 'a.pcap', '--out', 'out', '--server-port', '0']],
    [['replay', 'a.pcap', '--out', 'out', '--max-flows', '1']],
    [['observe', '--last', '-1']],
    [['observe', '--port', '70000']],
    [['observe', '--since', 'yesterday']],
    [['observe', '--type', 'packet']],
    [['demo', '--rate', '0']],
    [['doctor', '--ready', 'tagger']],
  ])('refuses %j with a line that says why', async (args) => {
    expect((await end(...args)).exitCode).not.toBe(0);
    expect(printed).toMatch(/^error: .+/);
  });
});
