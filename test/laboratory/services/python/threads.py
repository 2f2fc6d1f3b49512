"""HTTP on Python threads, or greenlets (LAB_GEVENT): one per connection, or LAB_WORKERS of a pool that makes the calls of a stage."""

import os

if "LAB_GEVENT" in os.environ:
    from gevent import monkey

    monkey.patch_all()

import ssl
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from work import PORT, log, work


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    asked = 0

    def do_GET(self):
        incoming = self.path.split("/")[-1]
        if incoming == "same":
            # Every request has this path: they are told apart by their place on the connection.
            incoming = f"{self.client_address[1]}-{self.asked}"
            self.asked += 1
            log(self.headers["X-Lab-Id"] or self.headers["X-Renamed"], incoming, f"http://127.0.0.1:{PORT}")
        work(incoming)
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

    def finish_request(self, request, client_address):
        if tls:
            request = tls.wrap_socket(request, server_side=True)
        super().finish_request(request, client_address)


tls = None
if "LAB_KEY" in os.environ:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(os.environ["LAB_CERTIFICATE"], os.environ["LAB_KEY"])
Server(("127.0.0.1", PORT), Handler).serve_forever()
