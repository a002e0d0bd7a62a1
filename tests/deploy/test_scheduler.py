"""deploy/scheduler.sh: every task once in its period, a failed one again, and none by a name that does not exist."""

import os
import re
import shutil
import subprocess

import pytest
from django.conf import settings
from django.core.management import get_commands

SCRIPT = settings.BASE_DIR / "deploy" / "scheduler.sh"
TASKS = ["purge", "contact_keys rotate", "take_snapshot", "confirmation_round", "check_links"]


@pytest.fixture
def folder(tmp_path):
    """A place for stamps, and a `python` that writes down what it is asked to do."""
    (tmp_path / "stamps").mkdir()
    program = tmp_path / "python"
    program.write_text('#!/bin/sh\nshift\necho "$*" >>"$ASKED"\n[ "$1" != "$FAILING" ] || exit "$CODE"\n')
    program.chmod(0o755)
    return tmp_path


def run(folder, failing="", code="3", day="2026-11-24T10"):
    """What is asked of manage.py in one round, at a day and hour."""
    asked = folder / "asked"
    asked.write_text("")
    (folder / "date").write_text(f'#!/bin/sh\nexec {shutil.which("date")} --date "{day.replace("T", " ")}:00" "$@"\n')
    (folder / "date").chmod(0o755)
    environment = {
        "PATH": f"{folder}:{os.environ['PATH']}",
        "SCHEDULE_DIR": str(folder / "stamps"),
        "ASKED": str(asked),
    }
    done = subprocess.run(
        ["sh", SCRIPT, "--once"], env={**environment, "FAILING": failing, "CODE": code}, capture_output=True, text=True
    )
    return asked.read_text().splitlines(), done.stderr


def test_everything_is_done_at_first_and_nothing_twice(folder):
    assert [run(folder), run(folder)] == [(TASKS, ""), ([], "")]


@pytest.mark.parametrize(
    ("day", "again"),
    [
        ("2026-11-24T11", ["purge"]),
        ("2026-11-25T10", ["purge", "confirmation_round", "check_links"]),
        ("2026-12-01T10", TASKS),
    ],
)
def test_each_task_comes_back_in_its_period(folder, day, again):
    run(folder)

    assert run(folder, day=day) == (again, "")


def test_failed_task_is_tried_again_and_stops_no_other(folder):
    asked, said = run(folder, failing="contact_keys")

    assert asked == TASKS
    assert said == "scheduler: contact_keys failed with code 3 and will be tried again\n"
    assert run(folder) == (["contact_keys rotate"], "")


def test_broken_links_are_a_result_and_no_failure(folder):
    run(folder, failing="check_links", code="1")

    assert run(folder) == ([], "")


def test_nothing_is_done_without_a_place_for_what_was_done(folder):
    shutil.rmtree(folder / "stamps")
    (folder / "stamps").write_text("")

    asked, said = run(folder)

    assert (asked, "stamps" in said) == ([], True)


def test_place_for_what_was_done_is_made(folder):
    shutil.rmtree(folder / "stamps")

    assert [run(folder), run(folder)] == [(TASKS, ""), ([], "")]


def test_tasks_are_commands_of_the_portal():
    named = re.findall(r"^  done_in \"\$\(.*?\)\" (.+)$", SCRIPT.read_text(), re.MULTILINE)

    assert named == TASKS
    assert {name.split()[0] for name in named} - set(get_commands()) == set()
