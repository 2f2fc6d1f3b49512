import { postgresqlSetup } from '@flowloom/testkit';
import type { Scenario } from '../scenario.ts';
import { failed, sqlRequests } from '../sql-requests.ts';
import type { Stage } from '../stage.ts';

const database = 'shop';
const password = 's3cr3t-pg-password';
/** Of a user who logs in with it as it is. */
const clear = 's3cr3t-pg-clear';

async function serve(stage: Stage): Promise<void> {
  const hba = 'host all guest all password\nhost all all all scram-sha-256\n';
  await stage.serve(postgresqlSetup({ port: 5432, password, hba }));
  await psql(stage, ['-c', `CREATE DATABASE ${database}`], { dbname: 'postgres' });
  await psql(stage, ['-c', `CREATE USER guest PASSWORD '${clear}'`]);
}

interface Access {
  readonly input?: string;
  readonly dbname?: string;
  readonly user?: string;
  readonly password?: string;
}

const connection = (stage: Stage, dbname = database, user = 'app') =>
  `host=${stage.serverAddress} user=${user} dbname=${dbname} sslmode=disable gssencmode=disable`;

function psql(stage: Stage, args: string[], access: Access = {}): Promise<string> {
  const env = { PGPASSWORD: access.password ?? password };
  return stage.run(['psql', '-X', connection(stage, access.dbname, access.user), ...args], {
    env,
    input: access.input,
    mayFail: true,
  });
}

function pgbench(stage: Stage, mode: 'extended' | 'prepared', input: string): Promise<string> {
  const flags = ['-n', '-c', '1', '-t', '1', '-M', mode, '-f', stage.file('bench.sql', input)];
  return stage.run(['pgbench', ...flags, connection(stage)], { env: { PGPASSWORD: password } });
}

const { login, query } = sqlRequests('postgresql', database);

const script = `
CREATE TABLE books (id integer PRIMARY KEY, title text, price numeric);
INSERT INTO books VALUES (1, 's3cr3t-pg-literal', 9.5), (2, 'b', 8), (3, 'c', 7);
SELECT title FROM books WHERE title = 's3cr3t-pg-literal' AND price > 4711;
UPDATE books SET price = price + 1 WHERE id IN (2, 3);
SELECT * FROM magazines;
INSERT INTO books VALUES (1, 's3cr3t-pg-duplicate', 0);
SELECT 1 / 0;
SELEC nonsense;
BEGIN;
DELETE FROM books WHERE id = 3;
ROLLBACK;
\\copy books FROM STDIN WITH (FORMAT csv)
10,s3cr3t-pg-copied,1
11,y,2
\\.
\\copy books TO '/dev/null'
`;

/** pgbench sends each line by the extended protocol; between the pipeline's ends without waiting. */
const bench = `\\set id 2
SELECT title FROM books WHERE id = :id;
UPDATE books SET price = 4711 WHERE id = :id;
`;
const pipeline = `\\startpipeline
SELECT id FROM books WHERE id = 1;
SELECT id FROM books WHERE id = 2;
SELECT id FROM books WHERE id = 99;
\\endpipeline
`;

export const postgresql: Scenario = {
  name: 'postgresql',
  about: 'PostgreSQL 15, psql (simple queries, COPY) and pgbench (extended, prepared, pipelined)',
  needs: ['root', 'ip', 'setpriv', 'psql', 'pgbench', 'pg_createcluster'],
  ports: [5432],
  secrets: [clear, 's3cr3t-pg-literal', 's3cr3t-pg-duplicate', 's3cr3t-pg-copied'],
  serve,
  drive: async (stage) => {
    await psql(stage, [], { input: script });
    await psql(stage, ['-c', "SELECT 's3cr3t-pg-literal'; SELECT id FROM books WHERE id = 1"]);
    await psql(stage, [], { password: 's3cr3t-pg-wrong' });
    await psql(stage, ['-c', 'SELECT 1'], { user: 'guest', password: clear });
    await pgbench(stage, 'extended', bench);
    await pgbench(stage, 'prepared', bench);
    await pgbench(stage, 'extended', pipeline);
    const byId = (rows: number | null) => query('SELECT id FROM books WHERE id = ?;', 'SELECT books', rows);
    const select = (rows: number | null) => query('SELECT title FROM books WHERE id = $1;', 'SELECT books', rows);
    const update = (rows: number | null) => query('UPDATE books SET price = ? WHERE id = $1;', 'UPDATE books', rows);
    // pgbench looks at the database on a connection of its own first.
    const logins = [login, login];
    return [
      login,
      query('CREATE TABLE books (id integer PRIMARY KEY, title text, price numeric);', 'CREATE books', null),
      query('INSERT INTO books VALUES (?);', 'INSERT books', 3),
      query('SELECT title FROM books WHERE title = ? AND price > ?;', 'SELECT books', null),
      query('UPDATE books SET price = price + ? WHERE id IN (?);', 'UPDATE books', 2),
      query('SELECT * FROM magazines;', 'SELECT magazines', null, failed('42P01')),
      query('INSERT INTO books VALUES (?);', 'INSERT books', null, failed('23505')),
      query('SELECT ? / ?;', 'SELECT', null, failed('22012')),
      query('SELEC nonsense;', 'SELEC', null, failed('42601')),
      query('BEGIN;', 'BEGIN', null),
      query('DELETE FROM books WHERE id = ?;', 'DELETE books', 1),
      query('ROLLBACK;', 'ROLLBACK', null),
      query('COPY books FROM STDIN WITH (FORMAT csv)', 'COPY books', 2),
      query('COPY books TO STDOUT', 'COPY books', 5),
      ...[login, query('SELECT ?; SELECT id FROM books WHERE id = ?', 'SELECT books', 2)],
      { ...login, response_code: '28P01', response_status: 'client_error' },
      ...[login, query('SELECT ?', 'SELECT', 1)],
      ...[...logins, select(1), update(1)],
      // Prepared first, then executed.
      ...[...logins, select(null), select(1), update(null), update(1)],
      ...[...logins, byId(1), byId(1), byId(null)],
    ];
  },
};
