import { mariadbSetup } from '@flowloom/testkit';
import type { ExpectedRequest, Scenario } from '../scenario.ts';
import { failed, sqlRequests } from '../sql-requests.ts';
import type { Stage } from '../stage.ts';

const database = 'shop';
const password = 's3cr3t-mariadb-password';
const init = `CREATE DATABASE ${database};
CREATE USER app@'%' IDENTIFIED BY '${password}';
GRANT ALL ON ${database}.* TO app@'%';
`;

const access = (stage: Stage) => ['-h', stage.serverAddress, '-u', 'app', database];

const script = `
CREATE TABLE books (id INT PRIMARY KEY, title VARCHAR(99), price DECIMAL(9,2));
INSERT INTO books VALUES (1, 's3cr3t-mariadb-literal', 9.5), (2, 'b', 8), (3, "s3cr3t-mariadb-double", 7);
SELECT title FROM books WHERE title = 's3cr3t-mariadb-literal';
UPDATE books SET price = price + 1 WHERE id > 1;
SELECT * FROM magazines;
INSERT INTO books VALUES (1, 's3cr3t-mariadb-duplicate', 0);
SELEC nonsense;
START TRANSACTION;
DELETE FROM books WHERE id = 3;
ROLLBACK;
USE nowhere;
`;

/** Statements prepared by the server, through the C library, and a call with several results. */
const prepared = `
use DBI;
my $db = DBI->connect("DBI:MariaDB:database=${database};host=$ARGV[0]", 'app', $ENV{MYSQL_PWD}, { mariadb_server_prepare => 1, PrintError => 0 });
my $select = $db->prepare('SELECT title FROM books WHERE id = ?');
for my $id (1, 2, 99) { $select->execute($id); $select->fetchall_arrayref; }
my $insert = $db->prepare('INSERT INTO books VALUES (?, ?, 1)');
$insert->execute(10, 's3cr3t-mariadb-bound');
$insert->execute(10, 's3cr3t-mariadb-bound');
$insert->finish; $select->finish; undef $insert; undef $select;
$db->disconnect;
`;

const { login, query } = sqlRequests('mysql', database);
const quit: ExpectedRequest = {
  protocol: 'mysql',
  request_type: 'QUIT',
  request_domain: database,
  response_status: 'ok',
  is_one_way: true,
};

export const mariadb: Scenario = {
  name: 'mariadb',
  about: 'MariaDB 10.11, its command line client (plain, compressed) and DBD::MariaDB (prepared statements)',
  needs: ['root', 'ip', 'mariadbd', 'mariadb-install-db', 'mariadb', 'perl'],
  ports: [3306],
  secrets: ['s3cr3t-mariadb-literal', 's3cr3t-mariadb-double', 's3cr3t-mariadb-duplicate', 's3cr3t-mariadb-bound'],
  serve: async (stage) => {
    await stage.serve(mariadbSetup({ port: 3306, init }));
  },
  drive: async (stage) => {
    const env = { MYSQL_PWD: password };
    await stage.run(['mariadb', '--no-defaults', '--force', ...access(stage)], { env, input: script, mayFail: true });
    await stage.run(['mariadb', '--no-defaults', '--compress', ...access(stage)], {
      env,
      input: 'SELECT id FROM books;',
    });
    await stage.run(['mariadb', '--no-defaults', ...access(stage)], {
      env: { MYSQL_PWD: 's3cr3t-mariadb-wrong' },
      mayFail: true,
    });
    await stage.run(['perl', '-e', prepared, stage.serverAddress], { env });
    const sets = [
      'SET NAMES ?',
      'SET character_set_server = ?',
      'SET collation_connection = ?',
      'SET collation_server = ?',
    ];
    const select = 'SELECT title FROM books WHERE id = ?';
    const insert = 'INSERT INTO books VALUES (?)';
    const first: ExpectedRequest = { protocol_request_id: '1' };
    const second: ExpectedRequest = { protocol_request_id: '2' };
    return [
      login,
      query('CREATE TABLE books (id INT PRIMARY KEY, title VARCHAR(?), price DECIMAL(?))', 'CREATE books', null),
      query('INSERT INTO books VALUES (?)', 'INSERT books', 3),
      query('SELECT title FROM books WHERE title = ?', 'SELECT books', 1),
      query('UPDATE books SET price = price + ? WHERE id > ?', 'UPDATE books', 2),
      query('SELECT * FROM magazines', 'SELECT magazines', null, {
        ...failed('1146'),
        response_exception: "Table ? doesn't exist",
      }),
      query('INSERT INTO books VALUES (?)', 'INSERT books', null, failed('1062')),
      query('SELEC nonsense', 'SELEC', null, failed('1064')),
      query('START TRANSACTION', 'START', null),
      query('DELETE FROM books WHERE id = ?', 'DELETE books', 1),
      query('ROLLBACK', 'ROLLBACK', null),
      // What the client makes of USE.
      query('SELECT DATABASE()', 'SELECT', 1),
      query('nowhere', 'INIT_DB', null, failed('1044')),
      quit,
      ...[login, query('SELECT id FROM books', 'SELECT books', 3), quit],
      { ...login, ...failed('1045') },
      login,
      // What the driver says when it connects.
      ...sets.map((sql) => query(sql, 'SET', null)),
      query(select, 'PREPARE SELECT books', null, { ...first, request_type: 'STMT_PREPARE' }),
      query(select, 'SELECT books', 1, first),
      query(select, 'SELECT books', 1, first),
      query(select, 'SELECT books', null, first),
      query(insert, 'PREPARE INSERT books', null, { ...second, request_type: 'STMT_PREPARE' }),
      query(insert, 'INSERT books', 1, second),
      query(insert, 'INSERT books', null, { ...second, ...failed('1062') }),
      query(insert, 'STMT_RESET', null, second),
      query(insert, 'STMT_CLOSE', null, { ...second, is_one_way: true }),
      query(select, 'STMT_CLOSE', null, { ...first, is_one_way: true }),
      quit,
    ];
  },
};
