// grpc-js: `node grpc.ts ADDRESS` makes calls one after another, then ten at once, on one connection.
import { once } from 'node:events';
import { promisify } from 'node:util';
import { credentials, Metadata } from '@grpc/grpc-js';
import { booksService } from '../servers/grpc.ts';

const Books = booksService();
const client = new Books(process.argv[2], credentials.createInsecure());
const get = promisify(client.Get.bind(client)) as (key: { id: string }, metadata: Metadata) => Promise<unknown>;
const book = { title: 's3cr3t-grpc-title' };
const metadata = new Metadata();
metadata.set('authorization', 'Bearer s3cr3t-grpc-bearer');
metadata.set('traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01');

await get({ id: '1' }, metadata);
await get({ id: 'none' }, new Metadata()).catch(() => {});
await once(client.List({ id: 'all' }).resume(), 'end');
await new Promise((done) => {
  const call = client.Add(done);
  for (let i = 0; i < 3; i++) call.write(book);
  call.end();
});
const talk = client.Talk();
for (let i = 0; i < 3; i++) {
  talk.write(book);
  await once(talk, 'data');
}
talk.end();
await once(talk.resume(), 'end');
await Promise.all(Array.from({ length: 10 }, (_, i) => get({ id: String(i) }, new Metadata())));
client.close();
