"""gRPC on the threads of its pool; the method is named after the id."""

from concurrent.futures import ThreadPoolExecutor

import grpc
from work import PORT, work


class Lab(grpc.GenericRpcHandler):
    def service(self, details):
        incoming = details.method.split("/")[-1]

        def answer(*_):
            work(incoming)
            return b"ok"

        return grpc.unary_unary_rpc_method_handler(answer)


server = grpc.server(ThreadPoolExecutor(32), handlers=[Lab()])
server.add_insecure_port(f"127.0.0.1:{PORT}")
server.start()
server.wait_for_termination()
