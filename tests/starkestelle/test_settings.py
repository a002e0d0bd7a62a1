"""What settings read from files, and what they say when they cannot."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from starkestelle.settings import secret


def test_secret_in_a_file_wins_over_the_one_in_the_environment(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("from the file\n")
    monkeypatch.setenv("EXAMPLE", "from the environment")
    before = secret("EXAMPLE")
    monkeypatch.setenv("EXAMPLE_FILE", str(tmp_path / "file"))

    assert (before, secret("EXAMPLE")) == ("from the environment", "from the file")


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("missing", "this user cannot read {} (No such file or directory)."),
        ("folder", "this user cannot read {} (Is a directory)."),
        ("empty", "{} is empty."),
    ],
)
def test_secret_that_cannot_be_read_is_named(monkeypatch, tmp_path, name, fault):
    (tmp_path / "folder").mkdir()
    (tmp_path / "empty").write_text("\n")
    monkeypatch.setenv("EXAMPLE_FILE", str(tmp_path / name))

    with pytest.raises(ImproperlyConfigured) as refused:
        secret("EXAMPLE")

    assert str(refused.value) == f"EXAMPLE_FILE: {fault.format(tmp_path / name)}"
