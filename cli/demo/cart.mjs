// Carts in Redis, through a pool of one connection, as most Redis clients have it.
import http from 'node:http';
import { Redis } from 'ioredis';

const redis = new Redis({ host: '10.77.0.15', port: 6379 });

const server = http.createServer(async (request, response) => {
  const [, , id] = request.url.split('/');
  try {
    await redis.hincrby(`cart:${id}`, 'items', 1);
    const items = await redis.hgetall(`cart:${id}`);
    response.writeHead(201, {
      'Content-Type': 'application/json',
      'X-Request-ID': request.headers['x-request-id'] ?? '',
    });
    response.end(`${JSON.stringify(items)}\n`);
  } catch (error) {
    response.writeHead(500);
    response.end(error.message);
  }
});
server.listen(8080, '10.77.0.14');
