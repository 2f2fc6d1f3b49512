import type { ExpectedRequest, Scenario } from '../scenario.ts';

/** exim in the foreground with a log-in of its own; what it takes it throws away. */
const config = `primary_hostname = mail.shop.example
daemon_smtp_ports = 25
spool_directory = SPOOL
log_file_path = SPOOL/log.%s
pid_file_path = SPOOL/pid
exim_user = root
exim_group = root
never_users =
acl_smtp_mail = accept
acl_smtp_rcpt = rcpt
acl_smtp_data = accept
queue_only
tls_advertise_hosts =
host_lookup =
begin acl
rcpt:
  deny domains = !shop.example
  accept
begin routers
none:
  driver = redirect
  data = :blackhole:
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = \${if eq{$auth3}{s3cr3t-smtp-password}}
  server_set_id = $auth2
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = Username:: : Password::
  server_condition = \${if eq{$auth2}{s3cr3t-smtp-password}}
  server_set_id = $auth1
`;

const command = (
  request_type: string,
  argument: string | null,
  response_code: string,
  more: ExpectedRequest = {},
): ExpectedRequest => ({
  protocol: 'smtp',
  request_type,
  request_resource: argument,
  response_code,
  response_status: response_code < '400' ? 'ok' : response_code < '500' ? 'server_error' : 'client_error',
  ...more,
});

const base64 = (text: string) => Buffer.from(text).toString('base64');

export const smtp: Scenario = {
  name: 'smtp',
  about: 'exim 4.96, curl 7.88',
  needs: ['root', 'ip', 'exim4', 'curl'],
  ports: [25],
  secrets: [
    base64('\0app\0s3cr3t-smtp-password'),
    base64('s3cr3t-smtp-password'),
    base64('s3cr3t-smtp-wrong'),
    's3cr3t-smtp-body',
    's3cr3t-smtp-subject',
  ],
  serve: async (stage) => {
    await stage.serve({
      name: 'exim',
      port: 25,
      files: { 'exim.conf': config },
      command: (folder) => ['exim4', '-bdf', '-q1h', '-C', `${folder}/exim.conf`, `-DSPOOL=${folder}`],
    });
  },
  drive: async (stage) => {
    const mail =
      'From: till@shop.example\r\nTo: desk@shop.example\r\nSubject: s3cr3t-smtp-subject\r\n\r\ns3cr3t-smtp-body\r\n';
    const curl = (user: string, mechanism: string, to: string) =>
      stage.run(
        [
          ...[
            'curl',
            '-sS',
            `smtp://${stage.serverAddress}/till.shop.example`,
            '-u',
            user,
            '--login-options',
            `AUTH=${mechanism}`,
          ],
          ...['--mail-from', 'till@shop.example', '--mail-rcpt', to, '-T', '-'],
        ],
        { input: mail, mayFail: true },
      );
    await curl('app:s3cr3t-smtp-password', 'PLAIN', 'desk@shop.example');
    await curl('app:s3cr3t-smtp-password', 'LOGIN', 'desk@elsewhere.example');
    await curl('app:s3cr3t-smtp-wrong', 'LOGIN', 'desk@shop.example');
    const ehlo = command('EHLO', 'till.shop.example', '250');
    // Of addresses only the domains are shown.
    const mailFrom = command('MAIL', 'shop.example', '250');
    const quit = command('QUIT', null, '221');
    return [
      ...[ehlo, command('AUTH', 'PLAIN', '235'), mailFrom, command('RCPT', 'shop.example', '250')],
      ...[command('DATA', null, '250'), quit],
      ...[ehlo, command('AUTH', 'LOGIN', '235'), mailFrom, command('RCPT', 'elsewhere.example', '550'), quit],
      ...[ehlo, command('AUTH', 'LOGIN', '535')],
    ];
  },
};
