"""compose.yaml: who sees which secret, key, network and folder."""

import re

import pytest
from django.conf import settings

from starkestelle.management.commands import database_roles  # noqa: F401 - the migrate service names it
from tests.deploy.yaml_subset import read

ROOT = settings.BASE_DIR
TEXT = (ROOT / "compose.yaml").read_text()
FILE = read(TEXT)
SERVICES = FILE["services"]
PORTAL = ("public", "staff", "scheduler", "migrate")


def of(key):
    """Service → what it has under `key`, where it has it."""
    return {name: service[key] for name, service in SERVICES.items() if key in service}


# ---- the reader ----
def test_reader_understands_what_it_should():
    text = 'a:\n  b: [x, "y, z"]  # why\n  c:\n    - one: two\n    - "three"\nd:\n  e:\nf: true\n'

    assert read(text) == {"a": {"b": ["x", "y, z"], "c": ["one: two", "three"]}, "d": {"e": None}, "f": True}


@pytest.mark.parametrize(
    "text", ["a: &x 1", "a: *x", "a: |", "a: {b: c}", "a: 1\na: 2", "  a: 1\nb: 2", "a", "a: [x, [y]]"]
)
def test_reader_refuses_what_it_does_not_know(text):
    with pytest.raises(ValueError, match="line"):
        read(text)


# ---- the file ----
def test_every_process_has_its_role():
    roles = {name: service["environment"].get("STARKESTELLE_ROLE") for name, service in SERVICES.items()}

    assert roles == {
        **dict.fromkeys(("staff", "scheduler", "migrate"), "staff"),
        "public": "public",
        "database": None,
        "proxy": None,
    }
    assert {SERVICES[name]["image"] for name in PORTAL} == {"starkestelle"}
    assert [name for name in SERVICES if "build" in SERVICES[name]] == ["public"]


def test_private_keys_and_the_owners_password_are_out_of_the_public_process():
    mounted = {name: [each.split(":")[0] for each in volumes] for name, volumes in of("volumes").items()}

    assert [name for name, volumes in mounted.items() if "keys_private" in volumes] == ["staff", "scheduler"]
    assert SERVICES["public"]["volumes"] == ["keys_public:/opt/portal/keys/public:ro"]
    assert of("secrets") == {
        "public": ["secret_key", "contact_pepper", "database_url_public"],
        "staff": ["secret_key", "database_url_owner"],
        "scheduler": ["secret_key", "database_url_owner"],
        "migrate": ["secret_key", "database_url_owner"],
        "database": ["database_password_owner", "database_password_public"],
        "proxy": ["tls_certificate", "tls_key"],
    }


def test_every_secret_is_a_file_and_none_stands_in_the_environment():
    named = {secret for secrets in of("secrets").values() for secret in secrets}
    paths = {path for each in of("environment").values() for path in each.values() if path.startswith("/run/secrets/")}

    assert FILE["secrets"] == {name: {"file": f"secrets/{name}"} for name in named}
    assert {path.removeprefix("/run/secrets/") for path in paths} <= named
    values = [(name, key) for name, each in of("environment").items() for key in each]
    assert [
        pair
        for pair in values
        if re.search("SECRET|PASSWORD|PEPPER|DATABASE_URL", pair[1]) and not pair[1].endswith("_FILE")
    ] == []
    assert "secrets/" in (ROOT / ".gitignore").read_text()


def test_public_process_shares_no_network_with_the_staff_and_has_no_way_out():
    networks = {name: set(of) for name, of in of("networks").items()}

    assert networks["public"] & networks["staff"] == set()
    assert networks["public"] & networks["scheduler"] == set()
    assert [name for name, each in FILE["networks"].items() if each != {"internal": True}] == ["outside"]
    assert [name for name, each in networks.items() if "outside" in each] == ["scheduler", "proxy"]
    assert list(of("ports")) == ["proxy"]


def test_no_service_may_write_its_image_gain_rights_or_run_as_root():
    hard = {"read_only": True, "cap_drop": ["ALL"], "security_opt": ["no-new-privileges:true"]}

    assert [name for name, service in SERVICES.items() if {key: service.get(key) for key in hard} != hard] == []
    assert {name: user.split(":")[0] == "0" for name, user in of("user").items()} == {"database": False, "proxy": False}


def test_every_volume_network_and_mounted_file_exists():
    mounts = [each.split(":")[0] for volumes in of("volumes").values() for each in volumes]

    assert {each for each in mounts if not each.startswith("./")} == set(FILE["volumes"])
    assert [each for each in mounts if each.startswith("./") and not (ROOT / each).is_file()] == []
    assert {each for networks in of("networks").values() for each in networks} == set(FILE["networks"])


def test_folders_of_the_volumes_are_made_in_the_image():
    targets = {each.split(":")[1] for name in PORTAL for each in SERVICES[name].get("volumes", [])}
    made = re.findall(r"/opt/portal/(?:keys/\w+|schedule)\b", (ROOT / "Dockerfile").read_text())

    assert targets <= set(made)


def test_settings_it_passes_exist():
    known = (ROOT / "starkestelle" / "settings.py").read_text() + (ROOT / "deploy" / "scheduler.sh").read_text()
    passed = {key.removesuffix("_FILE") for name in PORTAL for key in SERVICES[name]["environment"]}

    assert [key for key in sorted(passed) if key not in known] == []
    assert SERVICES["public"]["environment"]["PROXY_HOPS"] == "1"


def test_operations_name_every_value_that_has_to_be_given():
    needed = set(re.findall(r"\$\{(\w+):\?\}", TEXT))
    document = (ROOT / "docs" / "operations.md").read_text()

    assert needed == {"PUBLIC_HOST", "STAFF_HOST", "STAFF_NETWORK"}
    assert [name for name in sorted(needed) if f"{name}=" not in document] == []
