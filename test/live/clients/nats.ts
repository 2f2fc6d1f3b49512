// nats.js: `node nats.ts ADDRESS TOKEN` subscribes, publishes, and asks itself. Ends quietly when the token is refused.
import { connect, headers, StringCodec } from 'nats';

const [address, token] = process.argv.slice(2);
const { encode } = StringCodec();
const connection = await connect({ servers: `${address}:4222`, token, name: 'till', reconnect: false }).catch(() =>
  process.exit(),
);

const orders = connection.subscribe('shop.orders.*', { max: 2 });
const prices = connection.subscribe('shop.prices', { queue: 'desk' });
await connection.flush();
connection.publish('shop.orders.7', encode('s3cr3t-nats-payload'));
const withHeaders = headers();
withHeaders.set('traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01');
withHeaders.set('authorization', 's3cr3t-nats-header');
connection.publish('shop.orders.8', encode('s3cr3t-nats-payload'), { headers: withHeaders });
for await (const _ of orders) if (orders.getProcessed() === 2) break;

const answering = (async () => {
  for await (const question of prices) question.respond(encode('s3cr3t-nats-reply'));
})();
await connection.request('shop.prices', encode('s3cr3t-nats-payload'), { timeout: 5000 });
await connection.request('shop.nobody', encode(''), { timeout: 5000 }).catch(() => {});
await connection.drain();
await answering;
