// A few customers: `node client.mjs REQUESTS PER_SECOND`. Prints one JSON line: how many answers of each status.
import http from 'node:http';

const [requests, perSecond] = process.argv.slice(2).map(Number);
const agent = new http.Agent({ keepAlive: true, maxSockets: 4 });
const statuses = {};

function send(method, path) {
  return new Promise((resolve) => {
    const request = http.request({
      host: '10.77.0.11',
      port: 80,
      method,
      path,
      agent,
      headers: { Host: 'shop.example' },
    });
    request.on('response', (response) => {
      statuses[response.statusCode] = (statuses[response.statusCode] ?? 0) + 1;
      response.resume();
      response.on('end', resolve);
    });
    request.on('error', (error) => {
      statuses[error.code] = (statuses[error.code] ?? 0) + 1;
      resolve();
    });
    request.end();
  });
}

const open = [];
for (let n = 1; n <= requests; n++) {
  if (n % 10 === 0) open.push(send('GET', '/books/990'));
  else if (n % 7 === 0) open.push(send('GET', '/books/13'));
  else if (n % 3 === 0) open.push(send('POST', `/orders/${100 + n}`));
  else open.push(send('GET', `/books/${100 + n}`));
  await new Promise((resolve) => setTimeout(resolve, 1000 / perSecond));
}
await Promise.all(open);
agent.destroy();
console.log(JSON.stringify(statuses));
