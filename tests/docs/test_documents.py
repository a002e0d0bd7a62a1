"""The documents name files, commands and settings that exist."""

import re

import pytest
from django.conf import settings

ROOT = settings.BASE_DIR
DOCUMENTS = {
    str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
}
TARGETS = set(re.findall(r"^([\w-]+):(?!=)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
MOST_BYTES = 150_000  # of a picture


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_to_files_of_the_project(name):
    links = re.findall(r"\]\((?!https?:|mailto:|#)([^)#]+)", DOCUMENTS[name])

    assert [link for link in links if not ((ROOT / name).parent / link).exists()] == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_make_targets_exist(name):
    assert set(re.findall(r"\bmake ([a-z-]+)(?=`|$)", DOCUMENTS[name], re.MULTILINE)) - TARGETS == set()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_named_files_exist(name):
    folders = "contact|deploy|directory|starkestelle|templates|fixtures|tests|docs|static"
    named = re.findall(rf"`((?:{folders})/[\w./-]*\w)`", DOCUMENTS[name])

    assert [path for path in named if not (ROOT / path).exists()] == []


def test_readme_names_every_folder_of_code():
    folders = {path.parent.name for path in ROOT.glob("*/__init__.py")}

    assert [folder for folder in sorted(folders) if f"`{folder}/`" not in DOCUMENTS["README.md"]] == []


def test_operations_explain_every_environment_variable():
    sources = [ROOT / "starkestelle" / name for name in ("settings.py", "gunicorn_conf.py")]
    text = "".join(path.read_text(encoding="utf-8") for path in sources)
    names = set(re.findall(r'(?:os\.environ\.get|secret)\("(\w+)"', text))

    assert "SECRET_KEY" in names
    assert [name for name in sorted(names) if f"`{name}`" not in DOCUMENTS["docs/operations.md"]] == []


def test_decisions_are_numbered_without_gaps():
    numbers = [int(path.name[:4]) for path in sorted((ROOT / "docs" / "decisions").glob("*.md"))]

    assert numbers == list(range(1, len(numbers) + 1))


def test_pictures_are_small():
    assert {path.name for path in (ROOT / "docs").glob("*.png") if path.stat().st_size > MOST_BYTES} == set()
