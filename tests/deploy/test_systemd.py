"""deploy/systemd: who runs what with which rights, without containers."""

from configparser import RawConfigParser

import pytest
from django.conf import settings

from tests.benchmarks import processes

FOLDER = settings.BASE_DIR / "deploy" / "systemd"


def read(path):
    """The section of the service; of what stands there twice, all lines."""

    class Lines(dict):
        def __setitem__(self, key, value):
            super().__setitem__(key, [*self.get(key, []), *value] if isinstance(value, list) else value)

    parser = RawConfigParser(dict_type=Lines, strict=False)
    parser.optionxform = str
    parser.read(path)
    return parser["Service"]


UNITS = {path.stem.removeprefix("starkestelle-"): read(path) for path in FOLDER.iterdir()}
ENVIRONMENT = {name: dict(pair.split("=", 1) for pair in unit["Environment"].split()) for name, unit in UNITS.items()}


def test_every_process_has_its_role_and_its_user():
    who = {name: (unit["User"], ENVIRONMENT[name]["STARKESTELLE_ROLE"]) for name, unit in UNITS.items()}

    assert who == {
        "public": ("starkestelle_public", "public"),
        "staff": ("starkestelle", "staff"),
        "scheduler": ("starkestelle", "staff"),
    }


def test_only_the_scheduler_may_write_and_only_the_public_process_has_no_way_out():
    assert [name for name, unit in UNITS.items() if "ReadWritePaths" in unit] == ["scheduler"]
    assert [(name, unit["IPAddressAllow"]) for name, unit in UNITS.items() if unit.get("IPAddressDeny") == "any"] == [
        ("public", "localhost")
    ]
    assert [name for name in ENVIRONMENT if "CONTACT_PEPPER_FILE" in ENVIRONMENT[name]] == ["public"]


@pytest.mark.parametrize("name", UNITS)
def test_no_process_may_gain_rights_or_write_elsewhere(name):
    hard = {
        "NoNewPrivileges": "yes",
        "CapabilityBoundingSet": "",
        "ProtectSystem": "strict",
        "ProtectHome": "yes",
        "PrivateTmp": "yes",
    }

    assert {key: UNITS[name].get(key) for key in hard} == hard


def test_commands_are_those_of_the_image_and_the_compose_file():
    image = (settings.BASE_DIR / "Dockerfile").read_text()
    server = "-m gunicorn --config python:starkestelle.gunicorn_conf starkestelle.wsgi"

    assert {name: unit["ExecStart"].partition(" ")[2] for name, unit in UNITS.items()} == {
        "public": server,
        "staff": server,
        "scheduler": "deploy/scheduler.sh",
    }
    assert [word for word in server.split() if f'"{word}"' not in image] == []


def test_memory_is_given_back_as_in_the_image_and_as_measured():
    rules = {"MALLOC_ARENA_MAX": "1", "MALLOC_MMAP_THRESHOLD_": "131072"}
    image = (settings.BASE_DIR / "Dockerfile").read_text()

    assert [f"{name}={value}" for name, value in rules.items() if f" {name}={value} " not in image] == []
    for variables in (ENVIRONMENT["public"], ENVIRONMENT["staff"], processes.environment(settings.VAR_DIR)):
        assert {name: value for name, value in variables.items() if name.startswith("MALLOC_")} == rules
