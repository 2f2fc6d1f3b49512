"""WSGI on waitress: one thread reads from all connections, others serve, and those of a pool (LAB_WORKERS) make the calls."""

from waitress import serve
from work import PORT, work


def answer(environ, start_response):
    work(environ["PATH_INFO"].split("/")[-1])
    start_response("200 OK", [("Content-Length", "3")])
    return [b"ok\n"]


serve(answer, host="127.0.0.1", port=PORT, threads=16, _quiet=True)
