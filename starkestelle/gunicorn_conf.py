"""The web server: gunicorn --config python:starkestelle.gunicorn_conf starkestelle.wsgi

A reverse proxy that buffers slow requests stands in front of it in production; `make run` uses it alone.
"""

import gc
import os
import socket
import struct
import sys
from importlib import import_module

from gunicorn.glogging import Logger

bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
threads = 4
preload_app = True  # the workers share what start-up has read, and a broken start-up ends the server at once

timeout = 30  # seconds without a sign of life until a worker is replaced
graceful_timeout = 10  # seconds that a request may still take when the server is asked to stop
keepalive = 5  # seconds that an idle connection stays open
max_requests = 0  # no worker is replaced for its age: a leak should be seen, not hidden
limit_request_line = 8190  # bytes; the largest that gunicorn can limit
limit_request_fields = 60  # headers; browsers send about 20, a proxy adds some
forwarder_headers = ""  # no header says which page is meant or under which path we live: kept pages would tell others
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - a heartbeat must not wait for a disk
control_socket_disable = True  # nobody steers this server through a file in a home directory

SEND_TIMEOUT = 20  # seconds that a client may take nothing of its answer; gunicorn itself would wait for ever

accesslog = None  # who asked for what is written nowhere


class DiscreetLogger(Logger):
    """gunicorn's messages without the sender's address and without the words of the request.

    gunicorn writes both when a request is no HTTP or breaks outside Django; only the kind of fault is kept.
    """

    def warning(self, msg, *args, **kwargs):
        if msg.startswith("Invalid request from"):
            msg = "Refused a request that is no valid HTTP"
        super().warning(msg, *args, **kwargs)

    def exception(self, msg, *args, **kwargs):
        if msg.startswith("Error handling request"):
            self.error("A request failed outside Django: %s", sys.exc_info()[0].__name__)
        else:
            super().exception(msg, *args, **kwargs)


logger_class = DiscreetLogger


def when_ready(server):
    """Read code, catalogue and places before the first worker is born: the workers share them and answer at once."""
    from django.conf import settings  # gunicorn reads this file before Django is set up
    from django.db import DatabaseError

    from directory import catalogue, gazetteer
    from starkestelle.checks import static_files_are_collected

    for fault in static_files_are_collected(None):
        sys.exit(f"{fault.msg} {fault.hint}")
    import_module(settings.ROOT_URLCONF)  # Django itself does it at the first request of each worker
    try:
        catalogue.current()
    except DatabaseError as error:  # of no visitor yet, so its words may be told
        server.log.warning("The directory cannot be read yet; the workers go on trying. %s", error)
    gazetteer.gazetteer()
    for listener in server.LISTENERS:  # accepted connections inherit it
        listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", SEND_TIMEOUT, 0))
    gc.collect()
    gc.freeze()  # what stays for good is not looked through again at every full collection


def pre_fork(server, worker):
    """Close what start-up has opened: two processes that talk over one database connection garble it."""
    from django.db import connections

    connections.close_all()
