// Node's HTTP/2 client: requests one after another on one connection. `node http2.ts ORIGIN JSON`, JSON is a list of
// { headers, body }. Prints a status a line.
import { once } from 'node:events';
import { connect, constants } from 'node:http2';

const [origin, list] = process.argv.slice(2);
const session = connect(origin);
for (const { headers, body } of JSON.parse(list)) {
  const stream = session.request(headers, { endStream: body === undefined });
  if (body !== undefined) stream.end(body);
  const [response] = await once(stream, 'response');
  console.log(response[constants.HTTP2_HEADER_STATUS]);
  stream.resume();
  await once(stream, 'close');
}
session.close();
