"""What the portal is compared with: a WSGI application that sends as many bytes as its path says ("/29837")."""

from functools import cache


@cache
def body(path):
    return b"x" * int(path[1:])


def application(environ, start_response):
    page = body(environ["PATH_INFO"])
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(page)))])
    return [page]
