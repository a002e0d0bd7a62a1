"""A small internet on 127.0.0.1: one server that answers for every name, well or badly, and its name service."""

import asyncio
import gzip
import ssl
import threading
from contextlib import suppress
from pathlib import Path

import httpx

from directory.monitoring.fetch import Fetcher
from directory.monitoring.names import NameUnknown

HERE = Path(__file__).parent
PIECE = b"x" * 65536


def page(title="Beratung im Amt", status="200 OK", *headers):
    body = f"<!doctype html><title>{title}</title>".encode()
    return answer(status, "Content-Type: text/html; charset=utf-8", *headers, body=body)


def answer(status, *headers, body=b""):
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def redirect(target, status="301 Moved Permanently", *headers):
    return answer(status, f"Location: {target}", *headers)


async def thoughtful(writer):
    await asyncio.sleep(0.02)
    writer.write(page())


async def endless(writer):
    """A page without end and without title."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    while True:
        writer.write(PIECE)
        await writer.drain()


async def dripping(writer):
    """A byte now and then: no single read takes long."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.05)


async def dripping_headers(writer):
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X-A: b\r\n")
        await writer.drain()
        await asyncio.sleep(0.05)


async def silent(writer):
    await asyncio.sleep(3600)


async def endless_headers(writer):
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X-Long: " + PIECE + b"\r\n")
        await writer.drain()


BOMB = gzip.compress(b"<title>" + b"\0" * 100_000_000, 1)  # 100 MB in a few hundred kB
GARBAGE = b"\x00\xff\x13SSH-2.0 what do you want\r\n" * 50


class Web:
    """`pages` maps "host/path" (or "/path" for all hosts) to bytes, or to a coroutine function that writes.

    `requests` lists "METHOD host/path" as they came in.
    """

    def __init__(self):
        self.pages, self.requests, self.heads, self.busy, self.crowded = {}, [], [], {}, False
        self._servers = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)

    def __enter__(self):
        self._thread.start()
        self.port = self._run(self._serve())
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(HERE / "server.pem")
        self.tls_port = self._run(self._serve(ssl=tls))
        return self

    def __exit__(self, *error):
        self._run(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    async def _serve(self, **options):
        server = await asyncio.start_server(self._answer, "127.0.0.1", 0, backlog=200, **options)
        self._servers.append(server)
        return server.sockets[0].getsockname()[1]

    async def _end(self):
        for server in self._servers:
            server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _answer(self, reader, writer):
        host = ""
        try:
            first = await reader.readexactly(1)
            if first == b"\x16":  # TLS where none is spoken: as web servers do
                writer.write(answer("400 Bad Request"))
                return
            head = (first + await reader.readuntil(b"\r\n\r\n")).decode()
            method, path, _ = head.split("\r\n")[0].split(" ")
            host = head.lower().split("\r\nhost: ")[1].split("\r\n")[0].partition(":")[0]
            self.busy[host] = self.busy.get(host, 0) + 1
            self.crowded = self.crowded or self.busy[host] > 1
            self.requests.append(f"{method} {host}{path}")
            self.heads.append(head)
            wanted = self.pages.get(host + path) or self.pages.get(path) or answer("404 Not Found")
            if isinstance(wanted, dict):  # another answer for each method
                wanted = wanted[method]
            if isinstance(wanted, bytes):
                writer.write(wanted.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if method == "HEAD" else wanted)
            else:
                await wanted(writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self.busy[host] = self.busy.get(host, 1) - 1
            with suppress(Exception, asyncio.CancelledError):
                writer.close()
                await writer.wait_closed()

    # ---- what a test hands to the code ----
    def address(self, host_and_path, scheme="http"):
        host, slash, path = host_and_path.partition("/")
        return f"{scheme}://{host}:{self.tls_port if scheme == 'https' else self.port}{slash}{path}"

    def fetcher(self, **options):
        """One that may reach this server and nothing else."""
        return Fetcher(
            "Testbetrieb/1.0 (+https://portal.example/; test@example.org)",
            **{
                "lookup": lookup,
                "may_connect": lambda address, port: str(address) == "127.0.0.1" and port in {self.port, self.tls_port},
                "ssl_context": trusting(),
                "seconds": 2,
                "pause": 0,
                **options,
            },
        )


def trusting():
    context = httpx.create_ssl_context(trust_env=False)
    context.load_verify_locations(HERE / "authority.pem")
    return context


def lookup(name, record, seconds):
    """All names live on this machine; those in "unbekannt" do not exist."""
    if name.endswith("unbekannt.example"):
        raise NameUnknown(name)
    return ["127.0.0.1"] if record == "A" else []
