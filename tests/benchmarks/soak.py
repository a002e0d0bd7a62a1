"""make soak: whether the memory of the workers grows. python -m tests.benchmarks.soak [MINUTES]

gunicorn with 1,000 offers, visitors of every kind at a constant rate, and each minute an edit and a booking. Ends with
an error when memory grows, when a worker was replaced, or when the portal failed to answer.
"""

import sys
import tempfile
import time
from collections import Counter, defaultdict
from contextlib import ExitStack, closing
from http.client import HTTPException
from itertools import count
from math import inf, nan
from pathlib import Path
from random import Random
from statistics import linear_regression, median, stdev
from threading import Event, Thread
from typing import NamedTuple
from urllib.parse import urlencode

from starkestelle import gunicorn_conf
from tests.benchmarks.processes import PORTAL, Inside, Server, create
from tests.contact.portal import Server as Visitor

OFFERS = 1_000
VISITORS = 4
RATE = 20  # requests a second, of all visitors
SAMPLE = 5  # seconds
WARM_UP = 0.25  # of the run: catalogue, front cache and allocator find their size
FEWEST = 10  # minutes that a line is fitted to
MOST = 5.0  # MB an hour that still count as flat
FLAT, GROWING, UNKNOWN = "flat", "it GROWS", "too short to tell"
PLACES = ("Neustrelitz", "17235", "Köln", "Neustadt", "Gibtesnicht", "Rostock")
OPEN_DATA = (
    "/daten/",
    "/daten/angebote.csv",
    "/daten/angebote.jsonl",
    "/daten/katalog.ttl",
    "/daten/aenderungen.atom",
    "/daten/aenderungen/bayern.atom",
    "/daten/hsds/services",
    "/daten/hsds/organizations?page=3",
)
FIXED = ("/", "/angebote/", "/lotse/", "/spuren/", "/monitoring/", "/akteure/", "/bereit/", "/raus/")
CONTACT = ("/kontakt/", "/kontakt/rueckruf/", "/kontakt/video/", "/kontakt/code/")
JUNK = (
    "/wp-login.php",
    "/angebote/%00/",
    "/.env",
    "/angebote/../../etc/passwd",
    "/angebote/?bedrohung=%ff%fe&seite=-1",
)


def paths(addresses, random):
    """What visitors ask for, without end."""

    def finder(**more):
        values = {
            name: random.choice(addresses[name]) for name in ("region", "bedrohung", "hilfe") if random.random() < 0.5
        }
        return urlencode(values | more)

    kinds = (
        (25, lambda: f"/angebote/?{finder(seite=random.randint(1, 9))}"),
        (15, lambda: f"/angebote/?{finder(q=random.choice(addresses['q']))}"),
        (5, lambda: f"/angebote/?{finder(q=f'{random.getrandbits(32):x}')}"),
        (15, lambda: f"/lotse/weg/?wen=amt&{finder(ort=random.choice(PLACES))}"),
        (15, lambda: f"/angebote/{random.choice(addresses['offer'])}/"),
        (5, lambda: f"/einbetten/angebote/?{finder()}"),
        (8, lambda: random.choice(FIXED)),
        (5, lambda: random.choice(CONTACT)),
        (4, lambda: random.choice(OPEN_DATA)),
        (2, lambda: random.choice(JUNK)),
        (1, lambda: f"/angebote/{random.getrandbits(32):x}/"),
    )
    shares, kinds = zip(*kinds, strict=True)
    while True:
        yield random.choices(kinds, shares)[0]()


def visit(port, asked, rate, ended, statuses):
    """Ask at a constant rate, whatever the answers take, until the end."""
    visitor = Visitor(None, port, None)
    began = time.monotonic()
    for number, path in enumerate(asked):
        if ended.wait(max(0, began + number / rate - time.monotonic())):
            return
        try:
            statuses.append(visitor.get(path)[0])
        except (OSError, HTTPException) as error:
            statuses.append(type(error).__name__)


class Growth(NamedTuple):
    per_hour: float  # MB
    uncertainty: float  # MB an hour: twice the standard error
    verdict: str


def growth(samples) -> Growth:
    """Fit a line to samples (seconds, MB) of a run.

    By the median of each minute, so that what passes at once does not count: Argon2id's 64 MB, a catalogue under
    construction. Flat or growing is only what the uncertainty leaves no doubt about.
    """
    after = [(seconds, size) for seconds, size in samples if seconds >= samples[-1][0] * WARM_UP]
    minutes = defaultdict(list)
    for seconds, size in after:
        minutes[seconds // 60].append(size)
    hours, sizes = [minute / 60 for minute in minutes], [median(each) for each in minutes.values()]
    if len(hours) < FEWEST:
        return Growth(nan, inf, UNKNOWN)
    slope, start = linear_regression(hours, sizes)
    left = [size - start - slope * hour for hour, size in zip(hours, sizes, strict=True)]
    uncertainty = 2 * stdev(left) / stdev(hours) / (len(hours) - 2) ** 0.5
    if slope + uncertainty < MOST:
        verdict = FLAT
    elif slope - uncertainty >= MOST:
        verdict = GROWING
    else:
        verdict = UNKNOWN
    return Growth(slope, uncertainty, verdict)


def soak(folder, minutes):
    """(samples of each worker by its process id, counted statuses)"""
    samples, statuses, ended = defaultdict(list), [], Event()
    with ExitStack() as running:
        inside = running.enter_context(closing(Inside(folder)))
        inside.ask("bring_to", OFFERS)
        addresses = inside.ask("addresses")
        portal = running.enter_context(closing(Server(PORTAL, folder)))
        visitors = [
            Thread(target=visit, args=(portal.port, paths(addresses, Random(n)), RATE / VISITORS, ended, statuses))
            for n in range(VISITORS)
        ]
        began = time.monotonic()
        try:
            for visitor in visitors:
                visitor.start()
            for number in count():
                time.sleep(max(0, began + number * SAMPLE - time.monotonic()))
                seconds = time.monotonic() - began
                if seconds >= minutes * 60:
                    break
                for pid, size in portal.memory("Pss").items():
                    samples[pid].append((seconds, size))
                if number % (60 // SAMPLE) == 30 // SAMPLE:  # in the middle of each minute
                    inside.ask("edit")
                    inside.ask("book", portal.port, f"127.0.1.{number % 250 + 1}")  # no address too often
                    now = ", ".join(f"{size[-1][1]:.0f}" for size in samples.values())
                    print(f"  minute {seconds / 60:.0f}: {now} MB, {len(statuses):,} requests", flush=True)
        finally:
            ended.set()
            for visitor in visitors:
                visitor.join()
    return samples, Counter(statuses)


def main(minutes=60.0):
    print(f"{minutes:g} minutes, {OFFERS:,} offers, {RATE} requests a second, an edit and a booking each minute")
    with tempfile.TemporaryDirectory(prefix="soak-") as temporary:
        folder = Path(temporary, "portal")
        create(folder)
        samples, statuses = soak(folder, minutes)
    faults = [fault for number, sizes in enumerate(samples.values(), 1) if (fault := tell_memory(number, sizes))]
    if len(samples) > gunicorn_conf.workers:
        faults.append("a worker was replaced")
    for status, number in sorted(statuses.items(), key=str):
        print(f"{number:>8,} answers: {status}")
        if not isinstance(status, int) or status >= 500:
            faults.append(f"{number:,} × {status}")
    print(f"{statuses.total():>8,} requests")
    if faults:
        sys.exit(f"Failed: {', '.join(faults)}")


def tell_memory(number, samples):
    """What is wrong with it, if anything."""
    sizes = [size for _, size in samples]
    fitted = growth(samples)
    print(
        f"worker {number}: PSS first {sizes[0]:.1f}, last {sizes[-1]:.1f}, maximum {max(sizes):.1f} MB; "
        f"growth {fitted.per_hour:+.1f} ± {fitted.uncertainty:.1f} MB an hour: {fitted.verdict}"
    )
    return f"worker {number} grows" if fitted.verdict == GROWING else ""


if __name__ == "__main__":
    main(*map(float, sys.argv[1:]))
