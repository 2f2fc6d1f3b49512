import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExpectedRequest, Scenario } from '../scenario.ts';

/** Anonymous, as a server without accounts of the machine has it: the password is what the user says. */
const config = `listen=YES
listen_address=0.0.0.0
background=NO
anonymous_enable=YES
anon_upload_enable=YES
anon_mkdir_write_enable=YES
anon_other_write_enable=YES
write_enable=YES
local_enable=NO
pasv_address=10.44.0.1
no_anon_password=NO
seccomp_sandbox=NO
connect_from_port_20=NO
`;

const command = (
  request_type: string,
  argument: string | null,
  response_code: string,
  more: ExpectedRequest = {},
): ExpectedRequest => ({
  protocol: 'ftp',
  request_type,
  request_resource: argument,
  response_code,
  response_status: response_code < '400' ? 'ok' : response_code < '500' ? 'server_error' : 'client_error',
  ...more,
});

export const ftp: Scenario = {
  name: 'ftp',
  about: 'vsftpd 3.0, curl 7.88',
  needs: ['root', 'ip', 'vsftpd', 'curl'],
  ports: [21],
  secrets: ['s3cr3t-ftp-password'],
  serve: async (stage) => {
    await stage.serve({
      name: 'vsftpd',
      port: 21,
      files: { 'vsftpd.conf': config },
      prepare: async (folder) => {
        mkdirSync(join(folder, 'root/in'), { recursive: true });
        writeFileSync(join(folder, 'root/list'), 'a book\n');
        execFileSync('chmod', ['-R', 'a+rX', folder]);
        execFileSync('chmod', ['a-w', join(folder, 'root')]);
        execFileSync('chmod', ['a+w', join(folder, 'root/in')]);
        writeFileSync(
          join(folder, 'vsftpd.conf'),
          `${config}anon_root=${folder}/root\nsecure_chroot_dir=${folder}/root\n`,
        );
      },
      command: (folder) => ['vsftpd', join(folder, 'vsftpd.conf')],
    });
  },
  drive: async (stage) => {
    const curl = (path: string, ...flags: string[]) =>
      stage.run(
        [
          'curl',
          '-sS',
          '-o',
          '/dev/null',
          '-u',
          'anonymous:s3cr3t-ftp-password',
          ...flags,
          `ftp://${stage.serverAddress}/${path}`,
        ],
        { mayFail: true, input: 'a page' },
      );
    await curl('list');
    await curl('nothing');
    await curl('in/page', '-T', '-');
    const login = [command('USER', null, '331'), command('PASS', null, '230'), command('PWD', null, '257')];
    const data = [command('EPSV', null, '229'), command('TYPE', null, '200')];
    const quit = command('QUIT', null, '221');
    return [
      ...[...login, ...data, command('SIZE', 'list', '213'), command('RETR', 'list', '226'), quit],
      ...[...login, ...data, command('SIZE', 'nothing', '550'), quit],
      ...[...login, command('CWD', 'in', '250'), ...data, command('STOR', 'page', '226'), quit],
    ];
  },
};
