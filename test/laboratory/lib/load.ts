import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Agent, get } from 'node:http';

/** Sends `requests` GETs to `url/ID`, `atOnce` at a time over as many connections. Resolves to the ids. */
export async function load(url: string, requests: number, atOnce: number): Promise<string[]> {
  const agent = new Agent({ keepAlive: true });
  const ids: string[] = [];
  const customer = async () => {
    while (ids.length < requests) {
      const id = randomBytes(6).toString('hex');
      ids.push(id);
      const [response] = await once(get(`${url}/${id}`, { agent }), 'response');
      await once(response.resume(), 'end');
      if (response.statusCode !== 200) throw new Error(`${url} answered ${response.statusCode}`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, customer));
  agent.destroy();
  return ids;
}
