"""A service on asyncio: streams, a task per connection, gather for the calls of a stage, a pool of connections."""

import asyncio
import os
import random
import secrets
import ssl
from urllib.parse import urlsplit

from work import PLAN, PORT, log

pools = {}
databases = {}


async def read_message(reader):
    """The head of a message of HTTP; its body is read too."""
    head = await reader.readuntil(b"\r\n\r\n")
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            await reader.readexactly(int(value))
        elif name.lower() == b"transfer-encoding":
            while size := int(await reader.readline(), 16):
                await reader.readexactly(size + 2)
            await reader.readline()
    return head


async def query(step, id):
    import asyncpg

    if step not in databases:
        databases[step] = asyncio.ensure_future(asyncpg.create_pool(step, min_size=1, max_size=16))
    pool = await asyncio.shield(databases[step])
    await pool.fetch(f"SELECT 1 AS lab_{id}")


async def ask(step, id):
    url = urlsplit(step)
    pool = pools.setdefault(step, [])
    trust = ssl.create_default_context(cafile=os.environ.get("LAB_CA")) if url.scheme == "https" else None
    reader, writer = pool.pop() if pool else await asyncio.open_connection(url.hostname, url.port, ssl=trust)
    if url.scheme == "redis":
        writer.write(b"*2\r\n$3\r\nGET\r\n$16\r\nlab:%s\r\n" % id.encode())
        await reader.readuntil(b"\r\n")
    else:
        writer.write(f"GET {url.path}/{id} HTTP/1.1\r\nHost: {url.netloc}\r\n\r\n".encode())
        await read_message(reader)
    pool.append((reader, writer))


async def call(step, incoming):
    what, _, ms = step.partition(" ")
    if what == "sleep":
        return await asyncio.sleep(random.random() * float(ms) / 1000)
    outgoing = secrets.token_hex(6)
    log(incoming, outgoing, step)
    await (query if step.startswith("postgres:") else ask)(step, outgoing)


async def serve(reader, writer):
    while True:
        try:
            head = await read_message(reader)
        except (asyncio.IncompleteReadError, ConnectionResetError):
            break
        incoming = head.split(b" ", 2)[1].decode().split("/")[-1]
        for stage in PLAN:
            await asyncio.gather(*(call(step, incoming) for step in stage))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n")
    writer.close()


async def main():
    tls = None
    if "LAB_KEY" in os.environ:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(os.environ["LAB_CERTIFICATE"], os.environ["LAB_KEY"])
    server = await asyncio.start_server(serve, "127.0.0.1", PORT, backlog=256, ssl=tls)
    await server.serve_forever()


asyncio.run(main())
