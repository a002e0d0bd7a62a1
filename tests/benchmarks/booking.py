"""Visitors who book callbacks by the portal's own forms, and what bare Argon2id would cost them."""

from concurrent.futures import ThreadPoolExecutor
from random import choice
from time import perf_counter

from contact import sealing
from contact.models import SlotRule
from tests.contact.factories import WAYS, answers
from tests.contact.portal import Server

VISITORS = 4  # at the same time
BOOKED = "Ihr Termin ist angefragt"


def open_office():
    """The hours of the hotline, with more seats than anybody will book."""
    SlotRule.objects.create(kind="callback", opening_hours="Mo-Fr 09:00-16:00", capacity=20)


def book(port, source="127.0.0.1"):
    """Form, check page, confirmation."""
    server = Server(None, port)
    form = answers(code=sealing.new_code(), slot=choice(server.free_slots()))
    for step, shown in (("check", "Stimmt alles?"), ("send", BOOKED)):
        status = 503
        while status == 503:  # Argon2id is busy: the page asks to send it again
            status, page = server.post(WAYS["callback"], form | {"step": step}, source=source)
        if status != 200 or shown not in page:
            raise SystemExit(f"A booking was answered with {status} instead of {shown!r}")


def bookings(port, seconds):
    """How many a second."""
    with ThreadPoolExecutor(VISITORS) as visitors:
        return sum(visitors.map(lambda _: _rate(lambda: book(port), seconds), range(VISITORS)))


def derivations(seconds):
    """How many a second in this process: Argon2id as the portal calls it, and nothing else."""
    return _rate(lambda: sealing.derive(sealing.new_code()), seconds)


def _rate(function, seconds):
    count, began = 0, perf_counter()
    while perf_counter() < began + seconds:
        function()
        count += 1
    return count / (perf_counter() - began)
