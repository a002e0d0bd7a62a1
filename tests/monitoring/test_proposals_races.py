"""The same proposal sent, and decided, at the same moment: real processes on a real database."""

import time
from collections import Counter

import pytest
from django.core import signing

from contact import tickets
from tests.contact.portal import all_at_once, new_portal, until
from tests.markup import elements

FILL = """
import django
django.setup()
from django.contrib.auth.models import User
from directory.models import CatalogueVersion
from tests.factories import make_offer
from tests.monitoring.factories import make_proposal
User.objects.create(username="anna")
offer = make_offer(slug="hilfe", phones=["+493025208838"])
CatalogueVersion.objects.bump()
print(make_proposal(offer, ("phones", "", "116 016")).changes.get().pk, end="")
"""
ACCEPT = """
import os, time
from pathlib import Path
import django
django.setup()
from django.contrib.auth.models import User
from directory.monitoring import decisions
user = User.objects.get()
folder = Path(os.environ["VAR_DIR"])
(folder / "ready-{number}").touch()
while not (folder / "go").exists():
    time.sleep(0.005)
try:
    decisions.accept({change}, user)
    print("done", end="")
except decisions.Refused as refused:
    print(refused, end="")
"""
NUMBERS = "SELECT number FROM directory_phone ORDER BY position"


@pytest.fixture
def portal(tmp_path):
    with new_portal(tmp_path / "portal") as portal:
        yield portal


def aged(ticket):
    """The same ticket, handed out a minute earlier."""
    content = signing.loads(ticket, salt=tickets.SALT)
    return signing.dumps({**content, "at": int(time.time()) - 60}, salt=tickets.SALT)


def test_twenty_at_once_with_one_ticket_are_one_proposal(portal):
    portal.python(FILL)
    portal.do("DELETE FROM monitoring_proposedchange")
    portal.do("DELETE FROM monitoring_changeproposal")
    with portal.serve(STARKESTELLE_ROLE="public") as server:
        form = server.get("/aenderung/hilfe/")[1]
        [ticket] = [a["value"] for _, a, _ in elements(form, "input") if a.get("name") == "ticket"]
        sent = {"ticket": aged(ticket), "reason": "phone", "phones_0": "030 23125471"}
        calls = [
            lambda n=n: server.post("/aenderung/hilfe/", sent, source=f"127.0.0.{n}")  # nobody is one too many
            for n in range(2, 22)
        ]
        answers = all_at_once(calls)

    thanks = "<h1>Danke für Ihren Hinweis</h1>"
    assert Counter((status, thanks in text) for status, text in answers) == {(200, True): 20}
    assert portal.rows("SELECT count(*) FROM monitoring_changeproposal") == [(1,)]
    assert portal.rows("SELECT field, old, new FROM monitoring_proposedchange") == [
        ("phones", "+493025208838", "030 23125471")
    ]


def test_editors_who_accept_at_once_apply_it_once(portal):
    change = portal.python(FILL)
    scripts = [ACCEPT.format(change=change, number=number) for number in range(4)]

    def go():
        def all_ready():
            return len(list(portal.folder.glob("ready-*"))) == len(scripts)

        until(all_ready)
        (portal.folder / "go").touch()

    _, *ends = all_at_once([go, *(lambda script=script: portal.python(script) for script in scripts)])

    assert Counter(ends) == {"done": 1, "Darüber ist schon entschieden: übernommen.": 3}
    assert portal.rows(NUMBERS) == [("+493025208838",), ("116016",)]
    assert portal.rows("SELECT count(*) FROM monitoring_verification") == [(1,)]
