"""Prices of books, from the standard library alone; a book of more than 900 is not known, one of 13 is slow."""
import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Prices(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self):
        book = int(self.path.rsplit("/", 1)[-1])
        time.sleep(0.060 if book == 13 else 0.002)
        known = book <= 900
        body = json.dumps({"price": 5 + book % 40} if known else {"error": "unknown"}).encode()
        self.send_response(200 if known else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


ThreadingHTTPServer(("10.77.0.13", 8080), Prices).serve_forever()
