import os
import re
import socket
import subprocess
import sys
from contextlib import contextmanager

import pytest

APPLICATION = """
import sys
import django
from django.conf import settings
from django.db import connections

django.setup()
opened_at_start = connections["default"]
opened_at_start.ensure_connection()


def application(environ, start_response):
    if environ["PATH_INFO"] == "/broken":
        raise ValueError(environ["QUERY_STRING"])
    start_response("200 OK", [])
    if environ["PATH_INFO"] == "/where":
        return [f"name {environ['SCRIPT_NAME']!r}".encode()]
    if environ["PATH_INFO"] == "/views":
        return [b"read" if settings.ROOT_URLCONF in sys.modules else b"missing"]
    return [b"shared" if opened_at_start.connection else b"closed"]
"""


@contextmanager
def gunicorn(folder, **environment):
    """A server with the portal's configuration and the application above: its process and port."""
    (folder / "preloaded.py").write_text(APPLICATION)
    configuration = ["--config", "python:starkestelle.gunicorn_conf", "--bind", "127.0.0.1:0", "--pythonpath", folder]
    command = [sys.executable, "-m", "gunicorn", *configuration, "preloaded"]
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, env={**os.environ, "VAR_DIR": str(folder), **environment}
    ) as server:
        try:
            listening = next(line for line in server.stderr if "Listening at" in line)
            yield server, int(re.search(r"http://127.0.0.1:(\d+)", listening)[1])
        finally:
            server.terminate()


def ask(port, request):
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(4096), b""))


def test_workers_do_not_share_the_connection_that_start_up_opened(tmp_path):
    with gunicorn(tmp_path) as (_, port):
        answer = ask(port, b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")

    assert b"closed" in answer


def test_request_for_the_headers_alone_leaves_no_line_in_the_log(tmp_path):
    with gunicorn(tmp_path) as (server, port):
        answer = ask(port, b"HEAD / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        server.terminate()
        log = server.stderr.read()

    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert "HEAD" not in log


def test_workers_are_born_with_the_views(tmp_path):
    with gunicorn(tmp_path) as (_, port):
        answer = ask(port, b"GET /views HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")

    assert b"read" in answer


@pytest.mark.parametrize(
    ("request_bytes", "message"),
    [
        (b"GET /?q=geheim SPRICHT KEIN HTTP\r\n\r\n", "Refused a request that is no valid HTTP"),
        (b"GET /broken?geheim HTTP/1.1\r\nHost: localhost\r\n\r\n", "A request failed outside Django: ValueError"),
    ],
)
def test_log_names_neither_the_sender_nor_the_words_of_a_failed_request(tmp_path, request_bytes, message):
    with gunicorn(tmp_path) as (server, port):
        ask(port, request_bytes)
        server.terminate()
        log = server.stderr.read()

    assert message in log
    assert "geheim" not in log
    assert "127.0.0.1" not in log


@pytest.mark.parametrize(
    "header", ["SCRIPT_NAME: /where", "SCRIPT_NAME: /evil", "PATH_INFO: /evil", "Script-Name: /evil"]
)
def test_no_header_moves_the_page_that_the_request_line_names(tmp_path, header):
    """A kept page would carry the links of one sender to others, or stand under the address of another page."""
    with gunicorn(tmp_path) as (_, port):
        request = f"GET /where HTTP/1.1\r\nHost: localhost\r\n{header}\r\nConnection: close\r\n\r\n"
        answer = ask(port, request.encode())

    assert b"name ''" in answer


def test_start_without_a_directory_says_why(tmp_path):
    with gunicorn(tmp_path, DATABASE_URL=f"sqlite:///{tmp_path}/empty") as (server, _):
        said = next(line for line in server.stderr if "go on trying" in line)

    assert "no such table: directory_catalogueversion" in said


def test_server_without_style_sheets_does_not_start(tmp_path):
    """Every page would be an error, and the proxy's page with the hotline's number would not show."""
    production = {
        "PATH": os.environ["PATH"],
        "VAR_DIR": str(tmp_path),
        "STARKESTELLE_ROLE": "public",
        "PORT": "0",
        "SECRET_KEY": "made-up-for-the-tests",
        "ALLOWED_HOSTS": "portal.example",
        "OPERATOR_NAME": "Test",
        "OPERATOR_ADDRESS": "Teststraße 1",
        "OPERATOR_EMAIL": "test@portal.example",
    }
    command = ["-m", "gunicorn", "--config", "python:starkestelle.gunicorn_conf", "starkestelle.wsgi"]

    done = subprocess.run([sys.executable, *command], env=production, capture_output=True, text=True, timeout=60)

    assert done.returncode == 1
    assert "css/base.css among them. Run manage.py collectstatic" in done.stderr
    assert "Booting worker" not in done.stderr
