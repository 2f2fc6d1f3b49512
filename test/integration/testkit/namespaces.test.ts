import { execFileSync } from 'node:child_process';
import { eventually, missing, NetworkNamespaces, titled } from '@flowloom/testkit';
import { describe, expect, test } from 'vitest';

const reason = await missing('root', 'ip', 'ethtool');

describe.skipIf(reason)(titled('network namespaces', reason), () => {
  test('two hosts reach each other over their link, and are gone at the end', async () => {
    const network = new NetworkNamespaces('client', 'server');
    network.link({ between: ['client', 'server'], addresses: ['10.231.0.1/24', '10.231.0.2/24'] });
    const serve = "require('node:net').createServer((socket) => socket.end('hello')).listen(80)";
    const ask = "require('node:net').connect(80, '10.231.0.2').pipe(process.stdout)";
    const server = network.spawn('server', [process.execPath, '-e', serve], { stdio: 'ignore' });
    await eventually(() => network.exec('server', 'ss', '-Hltn').includes(':80'), 'the server');
    expect(network.exec('client', process.execPath, '-e', ask)).toBe('hello');
    server.kill('SIGKILL');
    network.close();
    expect(execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' })).not.toContain(`fltest-${process.pid}-`);
  });

  test('what a process left that was killed is removed by the next one', () => {
    const dead = 2 ** 22 + 1;
    execFileSync('ip', ['netns', 'add', `fltest-${dead}-host`]);
    new NetworkNamespaces().close();
    expect(execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' })).not.toContain(`fltest-${dead}-`);
  });
});
