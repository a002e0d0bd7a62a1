"""deploy/make-secrets.sh: what compose.yaml needs, made once."""

import stat
import subprocess

import dj_database_url
from django.conf import settings

from tests.deploy.yaml_subset import read

DEPLOY = settings.BASE_DIR / "deploy"


def make(folder):
    subprocess.run(["sh", DEPLOY / "make-secrets.sh"], cwd=folder, check=True)
    return {path.name: path.read_text() for path in (folder / "secrets").iterdir()}


def test_secrets_are_made_once_and_are_those_of_the_compose_file(tmp_path):
    first, second = make(tmp_path), make(tmp_path)
    named = set(read((settings.BASE_DIR / "compose.yaml").read_text())["secrets"])
    owner, public = (dj_database_url.parse(first[f"database_url_{who}"]) for who in ("owner", "public"))

    assert first == second
    assert set(first) == named - {"tls_certificate", "tls_key"}
    assert len(set(first.values())) == 6
    assert [name for name, text in first.items() if len(text) < 50] == []
    assert (owner["USER"], owner["PASSWORD"]) == ("starkestelle", first["database_password_owner"])
    assert (public["USER"], public["PASSWORD"]) == ("starkestelle_public", first["database_password_public"])
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700
    assert [path.name for path in (tmp_path / "secrets").iterdir() if stat.S_IMODE(path.stat().st_mode) != 0o444] == []
