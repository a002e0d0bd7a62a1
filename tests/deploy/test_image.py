"""The Dockerfile: what it may not do, and its steps, run one by one in an empty directory."""

import os
import re
import stat
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from django.conf import settings

from tests.contact.portal import POSTGRES, until
from tests.deploy.dockerfile import build, instructions

ROOT = settings.BASE_DIR
DOCKERFILE = ROOT / "Dockerfile"
LINES = instructions(DOCKERFILE.read_text())


def rests(name):
    return [rest for each, rest in LINES if each == name]


# ---- read ----
def test_every_copied_file_exists_and_none_is_left_out():
    sources = [source for rest in rests("COPY") if not rest.startswith("--from") for source in rest.split()[:-1]]
    code = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}

    assert [source for source in sources if not (ROOT / source).exists()] == []
    assert code - set(sources) == set()


def test_nothing_is_loaded_but_packages_checked_by_their_hashes():
    assert rests("ADD") == []
    assert [rest for rest in rests("RUN") if re.search(r"https?://|\bcurl\b|\bwget\b|\bapt-get\b", rest)] == []
    assert [rest for rest in rests("RUN") if " install " in rest and "--require-hashes" not in rest] == []


def test_base_image_is_named_with_its_versions_and_is_the_same_for_all_stages():
    assert {rest.split()[0] for rest in rests("FROM")} == {"python:3.11-slim-bookworm"}


def test_image_runs_without_root():
    assert rests("USER") == ["10001:10001"]
    assert LINES[-1][0] == "CMD"


def test_build_needs_nothing_secret():
    assert rests("ARG") == []
    assert [rest for rest in rests("ENV") if "SECRET" in rest or "PASSWORD" in rest] == []


def test_folder_for_the_build_leaves_out_what_no_image_may_hold():
    assert {".git", ".venv", "var", "secrets"} <= set((ROOT / ".dockerignore").read_text().split())


# ---- run ----
@pytest.fixture(scope="module")
def image():
    if POSTGRES:
        pytest.skip("the image is the same for every database; it is built in the run with SQLite")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)  # its user is another one than ours
        yield build(DOCKERFILE, folder)


@pytest.fixture
def work():
    """A folder that the image's user may write to."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o777)
        yield Path(name)


def user():
    """Arguments for subprocess: the user of the image, where we may change to it and it reaches our Python."""
    python = Path(sys.executable).resolve()
    reached = all(folder.stat().st_mode & stat.S_IXOTH for folder in python.parents)
    return {"user": 10001, "group": 10001, "extra_groups": []} if os.geteuid() == 0 and reached else {}


def environment(image, work, **more):
    return image.variables | {
        "SECRET_KEY": "made-up-for-this-test-0123456789-abcdefghijklmnopqrstuvwxyz",
        "ALLOWED_HOSTS": "portal.example redaktion.portal.example",
        "OPERATOR_NAME": "Test",
        "OPERATOR_ADDRESS": "Testweg 1",
        "OPERATOR_EMAIL": "test@portal.example",
        "DATABASE_URL": f"sqlite:///{work}/database",
        "CONTACT_PUBLIC_KEYS_DIR": f"{work}/public",
        "CONTACT_PRIVATE_KEYS_DIR": f"{work}/private",
        "TMPDIR": str(work),
        **more,
    }


def run(image, work, *command, **more):
    return subprocess.run(
        command,
        cwd=image.here(image.workdir),
        env=environment(image, work, **more),
        capture_output=True,
        text=True,
        **user(),
    )


def test_image_holds_what_it_needs_and_no_tools_to_install_more(image):
    root = Path(image.here("/opt/portal"))
    left = [path.name for path in root.rglob("*") if path.name in {"pip", "setuptools", "wheel", "uv", "pytest"}]
    base = [path.name for path in (image.root / "base").rglob("site-packages/*") if path.is_dir()]

    assert left == []
    assert not (root / "code/tests").exists()
    assert [name for name in base if name.startswith(("pip", "setuptools", "wheel"))] == []
    assert (root / "var/static/staticfiles.json").is_file()
    assert list((root / "var/static/admin/css").glob("base.*.css.br")) != []
    assert [path for path in (root / "var").iterdir() if path.name != "static"] == []


def test_image_serves_with_its_own_command_and_its_files_stay_as_they_are(image, work):
    def snapshot():
        return {path: path.lstat().st_mtime_ns for path in Path(image.here("/opt/portal")).rglob("*")}

    before = snapshot()
    for arguments in (["migrate", "--verbosity", "0"], ["load_directory"], ["contact_keys", "create"]):
        done = run(image, work, "python", "manage.py", *arguments, STARKESTELLE_ROLE="staff")
        assert done.returncode == 0, done.stderr
    command = [word.replace("0.0.0.0:8000", "127.0.0.1:0") for word in image.command]
    output = work / "output"
    with (
        output.open("w") as file,
        subprocess.Popen(
            command, cwd=image.here(image.workdir), env=environment(image, work), stdout=file, stderr=file, **user()
        ) as server,
    ):
        try:

            def listening():
                assert server.poll() is None, output.read_text()
                return re.search(r"Listening at: http://127.0.0.1:(\d+)", output.read_text())

            port = until(listening)[1]

            def healthy():
                return run(image, work, *image.healthcheck, PORT=port).returncode == 0

            assert until(healthy)
            asking = Request(  # a file that is made when it is asked for
                f"http://127.0.0.1:{port}/daten/angebote.csv",
                headers={"Host": "portal.example", "X-Forwarded-Proto": "https"},
            )
            with urlopen(asking) as answer:
                assert answer.readline().startswith(b"slug,")
        finally:
            server.terminate()
    stopped = run(image, work, *image.healthcheck, PORT=port)

    assert (stopped.returncode, stopped.stderr) == (1, "")
    assert snapshot() == before
