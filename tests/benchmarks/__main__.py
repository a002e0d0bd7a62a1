"""make bench: how fast and how big the portal is, measured in one run. docs/performance.md explains every line.

Speeds are ratios: to bare gunicorn, or of many offers to few. The sides of a ratio are measured in turns, so that
whatever else the machine does meets all of them. A missed target is news; only what is broken ends with an error.
"""

import os
import platform
import shutil
import tempfile
import time
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from statistics import median

import psycopg

from tests.benchmarks.processes import BARE, PORTAL, UNCACHED, UNTHROTTLED, Inside, Server, create, load, proxy
from tests.postgres import throwaway_postgres

ROUNDS = 15
SECONDS = 0.2  # of load, each side in each round
SIZES = (100, 1_000, 10_000, 100_000)  # offers
SIZES_ON_POSTGRES = SIZES[:-1]  # the last one takes minutes more, and no page of it asks for anything else
RENDERINGS = 10  # of a page, each size in each round
STARTS = 3
KEPT = 600  # pages that fill the front cache
EDITS = 3
BOOKING_ROUNDS, BOOKING_SECONDS = 8, 1.5
PAGES = {
    "finder": "/angebote/",
    "finder, filtered": "/angebote/?region=bayern&bedrohung=hass-im-netz",
    "search": "/angebote/?q=Morddrohung+per+Mail+bekommen",
    "Lotse": "/lotse/weg/?wen=amt&bedrohung=hass-im-netz&ort=Neustrelitz",
    "offer page": "/angebote/starke-stelle/",
    "embed": "/einbetten/angebote/?region=bayern",
    "start page": "/",
}
OPEN_DATA = {"open data, page": "/daten/", "open data, HSDS": "/daten/hsds/services"}
FILTERED = "/angebote/?region=bayern&seite={}"  # pages enough to fill the front cache
SMALLEST_VIEW = "/.well-known/security.txt"
missed = []


def main():
    if not shutil.which("nginx"):
        raise SystemExit("Install nginx first: pages are measured behind its cache too.")
    before = ", ".join(f"{load:.1f}" for load in os.getloadavg())
    print(f"{os.cpu_count()} processors, Python {platform.python_version()}, load before the run {before}")
    with tempfile.TemporaryDirectory(prefix="benchmark-") as temporary:
        real = Path(temporary, "real")
        create(real)
        with closing(Inside(real)) as inside:
            weigh(inside)
        folders = {offers: shutil.copytree(real, Path(temporary, str(offers))) for offers in SIZES}
        with grown({offers: (folder,) for offers, folder in folders.items()}) as by_size:
            grow("SQLite", by_size)
            search(by_size[10_000])
            remember(folders[10_000], by_size[10_000])
        start(folders[1_000])
        compare(folders[1_000])
        book(folders[1_000])
        with throwaway_postgres() as cluster:
            places = on_postgres(Path(temporary, "postgres"), cluster.url)
            with grown(places) as by_size:
                grow("PostgreSQL", by_size)
    print(f"Targets missed: {len(missed)}", *missed, sep="\n  ")


def on_postgres(folder, url):
    """Where Inside finds its data: for each size a copy of one database."""
    create(folder, url)
    server = url.replace("/postgres?", "/template1?")  # while somebody is connected to a database it cannot be copied
    with psycopg.connect(server, autocommit=True) as connection:
        for offers in SIZES_ON_POSTGRES:
            connection.execute(f"CREATE DATABASE offers_{offers} TEMPLATE postgres")
    return {offers: (folder, url.replace("/postgres?", f"/offers_{offers}?")) for offers in SIZES_ON_POSTGRES}


@contextmanager
def grown(places):
    """Processes with as many offers as `places` says, by this number."""
    with ExitStack() as running:
        by_size = {offers: running.enter_context(closing(Inside(*place))) for offers, place in places.items()}
        for offers, inside in by_size.items():
            inside.call("bring_to", offers)
        for inside in by_size.values():
            inside.result()
        yield by_size


def tell(name, value, target="", met=True):
    verdict = f" [target {target}: {'ok' if met else 'MISSED'}]" if target else ""
    print(f"  {name:<26} {value}{verdict}", flush=True)
    if target and not met:
        missed.append(name)


def spread(values, digits=2):
    """ "0.17 (0.15 to 0.18)": the median and the range over the rounds."""
    return f"{median(values):.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"


def weigh(inside):
    print("Weight of a page with its style sheets, brotli")
    for name, most in (("start page", 10), ("finder, filtered", 12)):
        page, styles = inside.ask("weight", PAGES[name])
        size = (page + styles) / 1000
        tell(name, f"{size:.1f} KB, {page / 1000:.1f} KB of them the page", f"≤ {most} KB", size <= most)


def grow(database, by_size):
    print(f"Growth on {database} inside one process, computing time")
    for offers, inside in by_size.items():
        seconds, queries = inside.ask("build")
        tell(f"catalogue of {offers:,}", f"built in {seconds:.2f} s by {queries} queries", "≤ 6 queries", queries <= 6)
    for name in ("finder", "finder, filtered", "search", "Lotse", "offer page"):
        times = {offers: [] for offers in by_size}
        for _ in range(ROUNDS):
            for offers, inside in by_size.items():
                times[offers].append(inside.ask("render", PAGES[name], RENDERINGS))
        fewest, *others = by_size
        for offers in others:
            ratios = [many / few for many, few in zip(times[offers], times[fewest], strict=True)]
            target = "≤ 1.5" if offers == others[-1] else ""
            tell(f"{name}, {offers:,}", f"{spread(ratios)} × the time at {fewest}", target, median(ratios) <= 1.5)


def search(inside):
    print("Search among 10,000 offers, realistic queries, computing time")
    first, again, unit = inside.ask("search"), inside.ask("search"), inside.ask("unit")
    for name, times in (("asked for the first time", first), ("asked again", again)):
        p95 = sorted(times)[len(times) * 95 // 100]
        value = f"p95 {p95:.1f} ms = {p95 / unit:.1f} × adding up 100,000 numbers; median {median(times):.1f} ms"
        tell(name, value, "≤ 5 ms", p95 <= 5)


def remember(folder, inside):
    print("Memory of the larger worker with 10,000 offers")
    with closing(Server(PORTAL, folder)) as portal:
        ask_for_each(PAGES, portal)
        tell_memory("every kind of page", portal)
        for number in range(KEPT):
            for _ in range(6):  # at least twice in each worker, or nearly
                portal.get(FILTERED.format(number))
        tell_memory("front cache full", portal)
        for number in range(1, EDITS + 1):
            inside.ask("edit")
            time.sleep(1.1)  # a worker asks at most once a second whether anything changed
            ask_for_each(PAGES, portal)
            tell_memory(f"after edit {number}", portal)
        ask_for_each(OPEN_DATA, portal)
        tell_memory("open data too", portal)


def ask_for_each(pages, portal):
    for path in pages.values():
        load([(portal, path)], connections=4, rounds=1, seconds=SECONDS)


def tell_memory(name, portal):
    own_share, all_it_sees = (max(portal.memory(kind).values()) for kind in ("Pss", "Rss"))
    tell(name, f"PSS {own_share:.0f} MB, RSS {all_it_sees:.0f} MB", "PSS ≤ 90 MB", own_share <= 90)


def start(folder):
    print("Cold start with 1,000 offers: from the command to the first page")
    seconds = {PORTAL: [], BARE: []}
    for _ in range(STARTS):
        for application, path in ((PORTAL, PAGES["finder"]), (BARE, "/1")):
            began = time.perf_counter()
            with closing(Server(application, folder)) as server:
                server.get(path)
                seconds[application].append(time.perf_counter() - began)
    value = f"{spread(seconds[PORTAL])} s; bare gunicorn {spread(seconds[BARE])} s"
    tell("portal", value, "≤ 3 s", median(seconds[PORTAL]) <= 3)


def compare(folder):
    print(f"Requests per second ÷ those of bare gunicorn with as many bytes; 1,000 offers, {ROUNDS} rounds")
    generator = {"the portal": [], "bare gunicorn": [], "nginx": []}
    with (
        closing(Server(PORTAL, folder)) as portal,
        closing(Server(UNCACHED, folder)) as uncached,
        closing(Server(BARE, folder)) as bare,
        proxy(portal) as nginx,
    ):
        measured = [
            ("kept by nginx, finder", nginx, PAGES["finder"], 3),
            ("kept, finder", portal, PAGES["finder"], 0.9),
            ("kept, filtered", portal, PAGES["finder, filtered"], 0.9),
        ]
        measured += [(name, uncached, path, 0.19) for name, path in (PAGES | OPEN_DATA).items()]
        measured += [("smallest view", uncached, SMALLEST_VIEW, None)]
        for name, server, path, target in measured:
            sides = [(server, path), (bare, f"/{len(portal.get(path))}")]
            for connections in (1, 4):
                ours, theirs = load(sides, connections, ROUNDS, SECONDS)
                tell_ratios(f"{name}, {connections} at once", ours, theirs, target if connections == 4 else None)
                for side, times in (("nginx" if server is nginx else "the portal", ours), ("bare gunicorn", theirs)):
                    generator[side].append(median(times["own_computing"]) / median(times["computing"]))
            tell(f"{name}, p99 ÷ p50", f"{ours['p99'] / ours['p50']:.1f}", "≤ 10", ours["p99"] <= 10 * ours["p50"])
    for side, shares in generator.items():
        tell("load generator", f"computes {spread(shares)} × what {side} does")


def book(folder):
    print(f"Bookings a second ÷ Argon2id derivations a second in as many processes, {BOOKING_ROUNDS} rounds")
    with (
        closing(Server(UNTHROTTLED, folder)) as portal,
        closing(Inside(folder)) as visitors,
        ExitStack() as running,
    ):
        bare = [running.enter_context(closing(Inside(folder))) for _ in portal.workers]
        visitors.ask("bookings", portal.port, 0.1)  # so that no round finds cold workers
        bookings, derivations = [], []
        for _ in range(BOOKING_ROUNDS):
            bookings.append(visitors.ask("bookings", portal.port, BOOKING_SECONDS))
            for inside in bare:
                inside.call("derivations", BOOKING_SECONDS)
            derivations.append(sum(inside.result() for inside in bare))
        ratios = [booked / derived for booked, derived in zip(bookings, derivations, strict=True)]
        tell("form, check, confirmation", f"{spread(ratios)}: {spread(bookings, 1)} ÷ {spread(derivations, 1)}")


def tell_ratios(name, ours, theirs, target):
    rates = [our / their for our, their in zip(ours["rates"], theirs["rates"], strict=True)]
    computing = [their / our for our, their in zip(ours["computing"], theirs["computing"], strict=True)]
    waits = f"p50 {ours['p50'] * 1000:.2f} ms, p99 {ours['p99'] * 1000:.2f} ms"
    value = f"{spread(rates, 3)}; by computing time {spread(computing, 3)}; {waits}"
    tell(name, value, target and f"≥ {target}", target is None or median(rates) >= target)


if __name__ == "__main__":
    main()
