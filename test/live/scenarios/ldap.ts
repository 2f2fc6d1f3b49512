import { execFileSync } from 'node:child_process';
import type { ExpectedRequest, Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';

const suffix = 'dc=shop,dc=example';
const admin = `cn=admin,${suffix}`;
const password = 's3cr3t-ldap-password';

async function serve(stage: Stage): Promise<void> {
  const config = `include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
database mdb
suffix "${suffix}"
rootdn "${admin}"
rootpw ${password}
directory .
`;
  const tree = `dn: ${suffix}
objectClass: dcObject
objectClass: organization
o: Shop
dc: shop

dn: uid=ann,${suffix}
objectClass: inetOrgPerson
uid: ann
cn: Ann
sn: A
userPassword: s3cr3t-ldap-stored
`;
  await stage.serve({
    name: 'slapd',
    port: 389,
    files: { 'slapd.conf': config, 'tree.ldif': tree },
    prepare: async (folder) =>
      execFileSync('/usr/sbin/slapadd', ['-f', 'slapd.conf', '-l', 'tree.ldif'], { cwd: folder, stdio: 'ignore' }),
    command: ['slapd', '-f', 'slapd.conf', '-h', 'ldap://0.0.0.0:389', '-d', '0'],
  });
}

const operation = (
  id: number,
  request_type: string,
  request_resource: string | null,
  code: string | null,
  more: ExpectedRequest = {},
): ExpectedRequest => ({
  protocol: 'ldap',
  protocol_request_id: String(id),
  request_type,
  request_resource,
  response_code: code,
  response_status: 'ok',
  ...more,
});

export const ldap: Scenario = {
  name: 'ldap',
  about: 'OpenLDAP 2.5, server and tools',
  needs: ['root', 'ip', 'slapd', 'ldapsearch'],
  ports: [389],
  secrets: [password, 's3cr3t-ldap-wrong', 's3cr3t-ldap-stored', 's3cr3t-ldap-filter', 's3cr3t-ldap-new'],
  serve,
  drive: async (stage) => {
    const ldap = (tool: string, secret: string, args: string[], input = '') =>
      stage.run([tool, '-x', '-H', `ldap://${stage.serverAddress}`, '-D', admin, '-w', secret, ...args], {
        input,
        mayFail: true,
      });
    await ldap('ldapsearch', password, ['-b', suffix, '(uid=ann)']);
    await ldap('ldapsearch', password, ['-b', `ou=nowhere,${suffix}`, '(description=s3cr3t-ldap-filter)']);
    await ldap('ldapsearch', 's3cr3t-ldap-wrong', ['-b', suffix]);
    await ldap(
      'ldapadd',
      password,
      [],
      `dn: uid=bob,${suffix}\nobjectClass: inetOrgPerson\nuid: bob\ncn: Bob\nsn: B\nuserPassword: s3cr3t-ldap-new\n`,
    );
    await ldap(
      'ldapmodify',
      password,
      [],
      `dn: uid=bob,${suffix}\nchangetype: modify\nreplace: userPassword\nuserPassword: s3cr3t-ldap-new\n`,
    );
    await ldap('ldapcompare', password, [`uid=bob,${suffix}`, 'userPassword:s3cr3t-ldap-new']);
    await ldap('ldapdelete', password, [`uid=bob,${suffix}`]);
    const bob = `uid=bob,${suffix}`;
    const bind = operation(1, 'Bind', admin, '0', { version: '3' });
    const unbind = (id: number) => operation(id, 'Unbind', null, null, { is_one_way: true });
    const refused: ExpectedRequest = { response_status: 'client_error' };
    return [
      ...[bind, operation(2, 'Search', suffix, '0', { rows_affected: 1 }), unbind(3)],
      ...[bind, operation(2, 'Search', `ou=nowhere,${suffix}`, '32', refused), unbind(3)],
      ...[{ ...bind, ...refused, response_code: '49' }, unbind(2)],
      ...[bind, operation(2, 'Add', bob, '0'), unbind(3)],
      ...[bind, operation(2, 'Modify', bob, '0'), unbind(3)],
      // compareTrue (RFC 4511 4.10)
      ...[bind, operation(2, 'Compare', bob, '6'), unbind(3)],
      ...[bind, operation(2, 'Delete', bob, '0'), unbind(3)],
    ];
  },
};
