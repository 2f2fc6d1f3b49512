// The shop's front: asks pricing and cart, which it knows by address, and passes the X-Request-ID on.
import http from 'node:http';

const agent = new http.Agent({ keepAlive: true, maxSockets: 8 });

function ask(host, method, path, requestId) {
  return new Promise((resolve, reject) => {
    const headers = { 'X-Request-ID': requestId };
    const request = http.request({ host, port: 8080, method, path, headers, agent }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part) => (text += part));
      response.on('end', () => resolve({ status: response.statusCode, text }));
    });
    request.on('error', reject);
    request.end();
  });
}

const pricing = '10.77.0.13';
const cart = '10.77.0.14';

const server = http.createServer(async (request, response) => {
  const requestId = request.headers['x-request-id'] ?? '';
  const [, first, id] = request.url.split('/');
  const send = (status, body) => {
    response.writeHead(status, { 'Content-Type': 'application/json', 'X-Request-ID': requestId });
    response.end(`${JSON.stringify(body)}\n`);
  };
  try {
    if (first === 'books' && request.method === 'GET') {
      const price = await ask(pricing, 'GET', `/prices/${id}`, requestId);
      if (price.status !== 200) return send(404, { error: `no book ${id}` });
      return send(200, { book: id, ...JSON.parse(price.text) });
    }
    if (first === 'orders' && request.method === 'POST') {
      const price = await ask(pricing, 'GET', `/prices/${id}`, requestId);
      const added = await ask(cart, 'POST', `/carts/${id}/items`, requestId);
      return send(price.status === 200 && added.status === 201 ? 201 : 502, { order: id });
    }
    send(404, { error: 'no such page' });
  } catch (error) {
    send(502, { error: error.message });
  }
});
server.listen(8080, '10.77.0.12');
