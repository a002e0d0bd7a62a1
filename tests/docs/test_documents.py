"""The documents name files, commands and settings that exist."""

import re

import pytest
from django.conf import settings
from django.core.management import get_commands

ROOT = settings.BASE_DIR
DOCUMENTS = {
    str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
}
OPERATIONS = DOCUMENTS["docs/operations.md"]
APPS = [path.parent.name for path in ROOT.glob("*/__init__.py") if path.parent.name != "tests"]
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


@pytest.mark.parametrize("name", DOCUMENTS)
def test_named_commands_exist(name):
    named = re.findall(r"\bmanage\.py ([a-z_]\w*)", DOCUMENTS[name])

    assert set(named) - set(get_commands()) == set()


def variables_that_are_read():
    sources = [path for app in APPS for path in (ROOT / app).rglob("*.py")]
    text = "".join(path.read_text(encoding="utf-8") for path in sources)
    script = (ROOT / "deploy" / "scheduler.sh").read_text(encoding="utf-8")
    plain = set(re.findall(r'os\.environ(?:\.get\(|\[)"(\w+)"', text)) | set(re.findall(r"\$\{(\w+):\?\}", script))
    secret = set(re.findall(r'\bsecret\("(\w+)"\)', text))
    return plain | secret | {f"{name}_FILE" for name in secret}


def test_operations_explain_every_variable_that_is_read_and_no_other():
    rows = re.findall(r"^\| (`.*?) \|", OPERATIONS[: OPERATIONS.index("\n## Install")], re.MULTILINE)
    explained = {name for row in rows for name in re.findall(r"`(\w+)`", row)}

    assert explained == variables_that_are_read()


def test_example_environment_is_made_of_explained_variables_and_none_of_the_units():
    """systemd lets the file win over what a unit sets."""
    example = re.search(r"^```sh\n(SECRET_KEY_FILE=.*?)^```", OPERATIONS, re.MULTILINE | re.DOTALL)[1]
    named = set(re.findall(r"^(\w+)=", example, re.MULTILINE))
    units = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "deploy" / "systemd").iterdir())

    assert named - variables_that_are_read() == set()
    assert named & set(re.findall(r"[= ]([A-Z_]+)=", units)) == set()


def test_services_and_secrets_in_operations_are_those_of_the_compose_file():
    compose = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    one = re.findall(r"docker compose (?:exec|run)(?: -\S+)* (\w+)", OPERATIONS)
    some = re.findall(r"docker compose (?:stop|restart|pull|logs)((?: [\w=-]+)+)", OPERATIONS)
    words = {*one, *(word for words in some for word in words.split() if not word.startswith("-"))}
    services = set(re.findall(r"^  (\w+):$", compose[: compose.index("\nnetworks:\n")], re.MULTILINE))
    secrets = set(re.findall(r"\bsecrets/(\w+)", OPERATIONS))

    assert words == services
    assert secrets - set(re.findall(r"file: secrets/(\w+)", compose)) == set()


def test_decisions_are_numbered_without_gaps():
    numbers = [int(path.name[:4]) for path in sorted((ROOT / "docs" / "decisions").glob("*.md"))]

    assert numbers == list(range(1, len(numbers) + 1))


def test_pictures_are_small():
    assert {path.name for path in (ROOT / "docs").glob("*.png") if path.stat().st_size > MOST_BYTES} == set()
