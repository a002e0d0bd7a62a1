"""Whether the server of this container is ready: exit code 0 or 1, for the HEALTHCHECK of the Dockerfile.

Without Django, because it runs every few seconds.
"""

import os
import sys
from contextlib import closing
from http.client import HTTPConnection, HTTPException


def is_ready(port: int, host: str) -> bool:
    try:
        with closing(HTTPConnection("127.0.0.1", port, timeout=4)) as connection:
            connection.request("GET", "/bereit/", headers={"Host": host})
            return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False


if __name__ == "__main__":
    hosts = os.environ.get("ALLOWED_HOSTS", "").replace(",", " ").split()
    sys.exit(not is_ready(int(os.environ.get("PORT", "8000")), hosts[0].removeprefix(".") if hosts else "localhost"))
