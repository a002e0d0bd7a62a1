"""What the portal is compared with: a WSGI application that sends as many bytes as its path says ("/29837").

It is its own configuration of gunicorn too: the portal's, without the steps that need Django.
"""

from functools import cache

from starkestelle.gunicorn_conf import (  # noqa: F401 - gunicorn reads them
    accesslog,
    control_socket_disable,
    forwarder_headers,
    limit_request_fields,
    limit_request_line,
    logger_class,
    preload_app,
    threads,
    timeout,
    worker_class,
    worker_tmp_dir,
    workers,
)


@cache
def body(path):
    return b"x" * int(path[1:])


def application(environ, start_response):
    page = body(environ["PATH_INFO"])
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(page)))])
    return [page]
