"""Takes messages of the queue LAB_QUEUE, one after another; its port is open while it does."""

import os
import socket

import pika
from work import PORT, work


def take(channel, method, _, __):
    work(method.routing_key[len("lab_") :])
    channel.basic_ack(method.delivery_tag)


where = pika.URLParameters(os.environ["LAB_QUEUE"] + "/%2F?heartbeat=0")
channel = pika.BlockingConnection(where).channel()
channel.basic_qos(prefetch_count=16)
channel.basic_consume("lab", take)
listening = socket.create_server(("127.0.0.1", PORT))
channel.start_consuming()
