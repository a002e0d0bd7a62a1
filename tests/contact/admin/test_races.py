"""Colleagues who press a button at the same moment: real processes on a real database."""

from collections import Counter

import pytest

from tests.contact.portal import all_at_once, new_portal, until

FILL = """
import django
django.setup()
from datetime import timedelta
from django.contrib.auth.models import User
from django.utils import timezone
from contact import desk, slots
from contact.models import SlotRule
from tests.contact.factories import make_request
User.objects.create(username="anna")
now = timezone.now()
request = make_request(slot=now - timedelta(minutes=5), seat=1)
free = slots.free(SlotRule.objects.get(kind="callback"), now)[0]
print(request.pk, free.isoformat(), desk.fingerprint(request), sep="|", end="")
"""
PRESS = """
import os, time
from pathlib import Path
import django
django.setup()
from datetime import datetime
from django.contrib.auth.models import User
from contact import desk
user = User.objects.get()
more = {{"reply": ["Hallo"], "move": [datetime.fromisoformat("{free}"), True], "hand_over": [user]}}.get("{deed}", [])
folder = Path(os.environ["VAR_DIR"])
(folder / "ready-{number}").touch()
while not (folder / "go").exists():
    time.sleep(0.005)
try:
    desk.{deed}("{pk}", user, "{seen}", *more)
    print("done", end="")
except (desk.Refused, desk.Gone):  # gone, when the first one deletes
    print("refused", end="")
"""
COUNT = """
import django
django.setup()
from contact.models import AuditEntry, CallAttempt, Note, Reply
print(*(model.objects.count() for model in (AuditEntry, Reply, Note, CallAttempt)), end="")
"""


@pytest.fixture
def portal(tmp_path):
    with new_portal(tmp_path / "portal") as portal:
        yield portal


def press_at_once(portal, deeds):
    """How many of the deeds, all from pages that showed the same state, were done and how many refused."""
    pk, free, seen = portal.python(FILL).split("|")
    scripts = [PRESS.format(deed=deed, number=number, pk=pk, free=free, seen=seen) for number, deed in enumerate(deeds)]

    def go():
        def all_ready():
            return len(list(portal.folder.glob("ready-*"))) == len(deeds)

        until(all_ready)
        (portal.folder / "go").touch()

    _, *ends = all_at_once([go, *(lambda script=script: portal.python(script) for script in scripts)])
    return Counter(ends)


def test_the_same_button_pressed_by_five_works_once(portal):
    assert press_at_once(portal, ["reply"] * 5) == {"done": 1, "refused": 4}
    assert portal.python(COUNT) == "1 1 1 0"  # the reply and the team's copy


def test_of_six_different_buttons_the_first_wins_and_the_others_are_told(portal):
    deeds = ["confirm", "move", "attempt", "hand_over", "close", "delete"]

    assert press_at_once(portal, deeds) == {"done": 1, "refused": 5}
    assert portal.python(COUNT).split()[0] == "1"
