"""A service on asyncio: streams, a task per connection, gather for the calls of a stage, a pool of connections."""

import asyncio
import json
import os
import random
import secrets
import signal
import sys
from urllib.parse import urlsplit

PLAN = json.loads(os.environ.get("LAB_PLAN", "[]"))
pools = {}


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


async def call(step, incoming):
    what, _, ms = step.partition(" ")
    if what == "sleep":
        return await asyncio.sleep(random.random() * float(ms) / 1000)
    outgoing = secrets.token_hex(6)
    print(incoming, outgoing, step)
    url = urlsplit(step)
    pool = pools.setdefault(step, [])
    reader, writer = pool.pop() if pool else await asyncio.open_connection(url.hostname, url.port)
    if url.scheme == "redis":
        writer.write(b"*2\r\n$3\r\nGET\r\n$16\r\nlab:%s\r\n" % outgoing.encode())
        await reader.readuntil(b"\r\n")
    else:
        writer.write(f"GET {url.path}/{outgoing} HTTP/1.1\r\nHost: {url.netloc}\r\n\r\n".encode())
        await read_message(reader)
    pool.append((reader, writer))


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


def stop():
    sys.stdout.flush()
    os._exit(0)


async def main():
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop)
    server = await asyncio.start_server(serve, "127.0.0.1", int(os.environ["LAB_PORT"]), backlog=256)
    await server.serve_forever()


asyncio.run(main())
