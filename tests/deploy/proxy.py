"""The nginx of compose.yaml on this machine: its configuration, with other ports, names and folders."""

import re
import socket
import subprocess
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from types import SimpleNamespace

from tests.contact.portal import ROOT, until

PUBLIC, STAFF = "portal.example", "redaktion.portal.example"
NEW_CERTIFICATE = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=x".split()


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]


def nginx(public, staff, network="127.0.0.0/8", changes=None):
    """A proxy in front of two ports, with a folder of its own in place of /tmp, and with `changes` in its text."""
    changes = {
        "/tmp/": "FOLDER/",
        "${PUBLIC_HOST}": PUBLIC,
        "${STAFF_HOST}": STAFF,
        "${STAFF_NETWORK}": network,
        "/run/secrets/tls_certificate": "FOLDER/certificate",
        "/run/secrets/tls_key": "FOLDER/key",
        "http://public:8000": f"http://127.0.0.1:{public}",
        "http://staff:8000": f"http://127.0.0.1:{staff}",
        "root /srv;": f"root {ROOT / 'deploy'};",
        "listen 8080": "listen 127.0.0.1:PLAIN",
        "listen 8443": "listen 127.0.0.1:TLS",
        **(changes or {}),
    }
    return run_nginx((ROOT / "deploy" / "nginx.conf").read_text(), changes)


@contextmanager
def run_nginx(text, changes):
    """Any configuration with `changes`, in which FOLDER, PLAIN and TLS stand for what is free here."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)  # its workers leave root
        subprocess.run(
            [*NEW_CERTIFICATE, "-keyout", folder / "key", "-out", folder / "certificate"],
            check=True,
            capture_output=True,
        )
        plain, tls = free_port(), free_port()
        here = {"FOLDER": str(folder), "PLAIN": str(plain), "TLS": str(tls)}
        for old, new in changes.items():
            assert old in text, old
            text = text.replace(old, re.sub("|".join(here), lambda found: here[found[0]], new))
        (folder / "nginx.conf").write_text(text)
        output = folder / "output"
        with (
            output.open("w") as file,
            subprocess.Popen(
                ["nginx", "-p", folder, "-c", folder / "nginx.conf", "-g", "daemon off;"], stdout=file, stderr=file
            ) as process,
        ):
            try:

                def listening():
                    assert process.poll() is None, output.read_text()
                    with suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", tls)):
                        return True

                until(listening)
                yield SimpleNamespace(folder=folder, plain=plain, tls=tls, process=process)
            finally:
                process.terminate()
