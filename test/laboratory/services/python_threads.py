"""A service on Python threads: a thread per connection, or LAB_WORKERS of a pool that makes the calls of a stage."""

import json
import os
import queue
import random
import secrets
import signal
import socket
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

PLAN = json.loads(os.environ.get("LAB_PLAN", "[]"))
WORKERS = int(os.environ.get("LAB_WORKERS", "0"))
workers = ThreadPoolExecutor(WORKERS) if WORKERS else None
pools = {}


class Redis:
    """As much of RESP as a GET of a missing key needs."""

    def __init__(self, where):
        self.socket = socket.create_connection(where)

    def get(self, id):
        self.socket.sendall(b"*2\r\n$3\r\nGET\r\n$16\r\nlab:%s\r\n" % id.encode())
        answer = b""
        while not answer.endswith(b"\r\n"):
            answer += self.socket.recv(4096)


class Http:
    def __init__(self, where):
        self.connection = HTTPConnection(*where)

    def get(self, path):
        self.connection.request("GET", path)
        self.connection.getresponse().read()


def call(step, incoming):
    what, _, ms = step.partition(" ")
    if what == "sleep":
        return time.sleep(random.random() * float(ms) / 1000)
    outgoing = secrets.token_hex(6)
    sys.stdout.write(f"{incoming} {outgoing} {step}\n")
    url = urlsplit(step)
    pool = pools.setdefault(step, queue.SimpleQueue())
    try:
        connection = pool.get_nowait()
    except queue.Empty:
        connection = (Redis if url.scheme == "redis" else Http)((url.hostname, url.port))
    connection.get(outgoing if url.scheme == "redis" else f"{url.path}/{outgoing}")
    pool.put(connection)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_GET(self):
        incoming = self.path.split("/")[-1]
        for stage in PLAN:
            if workers:
                list(workers.map(call, stage, [incoming] * len(stage)))
            else:
                for step in stage:
                    call(step, incoming)
        self.send_response(200)
        self.send_header("Content-Length", "3")
        self.end_headers()
        self.wfile.write(b"ok\n")
        self.wfile.flush()

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 256
    daemon_threads = True


def stop(*_):
    sys.stdout.flush()
    os._exit(0)


signal.signal(signal.SIGTERM, stop)
Server(("127.0.0.1", int(os.environ["LAB_PORT"])), Handler).serve_forever()
