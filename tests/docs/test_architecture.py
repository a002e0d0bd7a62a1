"""docs/architecture.md, "Who may import whom": which room of the project knows of which."""

import ast

from django.conf import settings

OUTER = ("directory.exchange", "directory.monitoring", "directory.opendata")
SHOWING = ("directory.admin", "directory.management", "directory.views")  # also what the outer rooms know of an offer


def imports():
    """(module, what it imports), also inside functions."""
    for app in ("starkestelle", "contact", "directory"):
        for path in (settings.BASE_DIR / app).rglob("*.py"):
            module = ".".join(path.relative_to(settings.BASE_DIR).with_suffix("").parts)
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ImportFrom):
                    yield from ((module, f"{node.module}.{each.name}") for each in node.names)
                elif isinstance(node, ast.Import):
                    yield from ((module, each.name) for each in node.names)


IMPORTS = sorted(imports())


def across(room, other, but=()):
    """What of the modules of `room`, save those of `but`, imports something of `other`."""
    inside = [pair for pair in IMPORTS if pair[0].startswith(room) and not pair[0].startswith(but)]
    return [(module, name) for module, name in inside if name.startswith(other)]


def test_nobody_imports_the_site():
    assert across(("contact", "directory"), "starkestelle") == []


def test_contact_knows_the_inner_directory_only():
    assert across("contact", OUTER) == []


def test_only_the_monitoring_knows_contact_and_what_guards_its_forms():
    found = across("directory", "contact")

    assert [module for module, _ in found if not module.startswith("directory.monitoring.")] == []
    assert {".".join(name.split(".")[:2]) for _, name in found if name.count(".") > 1} == {
        "contact.forms",
        "contact.origin",
    }
    assert {name for _, name in found if name.count(".") == 1} == {"contact.throttle", "contact.tickets"}


def test_the_inner_directory_knows_nothing_of_the_rooms_above():
    assert across("directory", OUTER, but=(*OUTER, *SHOWING)) == []


def test_the_exchange_knows_the_rules_of_the_gaps_and_nothing_else_of_the_rooms_above():
    """Decision 0016."""
    assert {name for _, name in across("directory.exchange", OUTER[1:])} == {
        "directory.monitoring.gaps.Coverage",
        "directory.monitoring.gaps.gap_map",
    }
    assert across("directory.monitoring.gaps", OUTER) == []
