"""The Chromium of the browser tests. `python -m tests.browser.chromium` installs one where there is none."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome")
PACKAGES = ("chromium", "fonts-dejavu-core", "libatomic1")  # Debian's; Playwright's own node is linked to the last one


def installed_chromium() -> str | None:
    return next(filter(None, map(shutil.which, NAMES)), None)


def ensure_chromium() -> str | None:
    """The path of a Chromium, which is installed if need be; None means the one that Playwright keeps for itself.

    Raises RuntimeError when none can be had.
    """
    if path := installed_chromium():
        return path
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("No Chromium is installed: asking apt-get for it.", flush=True)
        quiet = {"env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, "stdout": subprocess.DEVNULL}
        subprocess.run(["apt-get", "update"], **quiet)
        subprocess.run(["apt-get", "install", "--yes", "--no-install-recommends", *PACKAGES], **quiet)
        if path := installed_chromium():
            return path
    print("No Chromium is installed: asking Playwright for it.", flush=True)
    if subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"]).returncode:
        raise RuntimeError(
            "The browser tests need Chromium: install it (Debian: apt-get install chromium) and try again."
        )
    return None


if __name__ == "__main__":
    try:
        ensure_chromium()
    except RuntimeError as error:
        sys.exit(str(error))
