"""What the services in Python have in common: the plan, their log, their end."""

import json
import os
import random
import secrets
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import calls

PLAN = json.loads(os.environ.get("LAB_PLAN", "[]"))
PORT = int(os.environ["LAB_PORT"])
WORKERS = int(os.environ.get("LAB_WORKERS", "0"))
workers = ThreadPoolExecutor(WORKERS) if WORKERS else None


def log(incoming, outgoing, step):
    sys.stdout.write(f"{incoming} {outgoing} {step}\n")


def call(step, incoming):
    what, _, ms = step.partition(" ")
    if what == "sleep":
        return time.sleep(random.random() * float(ms) / 1000)
    status = 503
    while status == 503:
        # A pipeline is several requests in one go.
        several = [secrets.token_hex(6) for _ in range(3 if what.startswith("pipeline:") else 1)]
        for outgoing in several:
            log(incoming, outgoing, step)
        status = calls.ask(step, *several)


def work(incoming):
    """Does what the plan says for one request."""
    for stage in PLAN:
        if workers:
            list(workers.map(call, stage, [incoming] * len(stage)))
        else:
            for step in stage:
                call(step, incoming)


def stop(*_):
    sys.stdout.flush()
    os._exit(0)


signal.signal(signal.SIGTERM, stop)
