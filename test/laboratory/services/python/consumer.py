"""Takes messages of the queue LAB_QUEUE; its port is open while it does. LAB_CONSUMES says how: one after another, with or without
acknowledgement, or on threads of a pool, whose acknowledgements the thread of the connection sends."""

import os
import socket
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pika
from work import PORT, work

how = os.environ.get("LAB_CONSUMES", "")
threads = ThreadPoolExecutor(4)


def take(channel, method, _, __):
    if how == "pool":
        threads.submit(take_beside, channel, method)
        return
    work(method.routing_key[len("lab_") :])
    if how != "unacknowledged":
        channel.basic_ack(method.delivery_tag)


def take_beside(channel, method):
    work(method.routing_key[len("lab_") :])
    connection.add_callback_threadsafe(partial(channel.basic_ack, method.delivery_tag))


where = pika.URLParameters(os.environ["LAB_QUEUE"] + "/%2F?heartbeat=0")
connection = pika.BlockingConnection(where)
channel = connection.channel()
channel.basic_qos(prefetch_count=16)
channel.basic_consume("lab", take, auto_ack=how == "unacknowledged")
listening = socket.create_server(("127.0.0.1", PORT))
channel.start_consuming()
