import queue
import sys
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from directory.monitoring import link_results, names
from directory.monitoring.fetch import Fetcher
from directory.monitoring.link_check import check, host_of

HOSTS_AT_ONCE = 40  # most of them keep us waiting


class Command(BaseCommand):
    help = (
        "Checks every web address, e-mail domain and phone number of published offers. Run it every day. "
        "Exit code 1: something is newly judged broken."
    )

    def __init__(self, *args, fetcher=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fetcher = fetcher  # tests bring one that may reach their own servers

    def add_arguments(self, parser):
        parser.add_argument("--again", action="store_true", help="also what was checked in the last 20 hours")

    def handle(self, again, verbosity, **options):
        fetcher = self.fetcher or Fetcher(user_agent())
        link_results.forget_unused()
        targets = link_results.to_check(timezone.now(), again)
        self.demand_name_service(fetcher)
        counts, broken = Counter(), []
        for number, (target, finding) in enumerate(check_all(targets, fetcher), 1):
            self.show_progress(number, len(targets))
            if isinstance(finding, Exception):  # a fault of ours; the next ones are checked all the same
                self.stderr.write(f"Not checked: {target[1]} ({finding!r})")
                counts["not checked"] += 1
                continue
            kept, newly_broken = link_results.record(*target, finding, timezone.now())
            counts[kept.result] += 1
            broken += [kept] * newly_broken
        for kept in broken:
            self.stdout.write(f"Broken: {kept.value} ({kept.result})")
        ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        results = ", ".join(f"{count} {result}" for result, count in ordered) or "nothing to do"
        if verbosity:
            self.stdout.write(f"Checked {len(targets)}: {results}. Newly broken: {len(broken)}.")
        if broken:
            sys.exit(1)

    def demand_name_service(self, fetcher):
        """While our own name service is out of order every address would seem broken."""
        try:
            fetcher.lookup(".", "NS", fetcher.seconds)
        except (names.NameServiceSilent, names.NameUnknown) as error:  # the root of all names does exist
            raise CommandError("The name service does not answer. Nothing was checked.", returncode=2) from error

    def show_progress(self, number, total):
        if self.stdout.isatty():
            self.stdout.write(f"\r{number} of {total}", ending="\n" if number == total else "")


def user_agent():
    """Tells webmasters who asks, and where to complain."""
    return f"starke-Stelle-Linkcheck/1.0 (+{settings.PUBLIC_ADDRESS}/; {settings.OPERATOR['email']})"


def check_all(targets, fetcher):
    """Yields (target, finding or exception) as they come: many hosts at once, those of one host one by one."""
    waiting = defaultdict(list)
    for target in targets:
        waiting[host_of(*target)].append(target)
    done = queue.SimpleQueue()
    pool = ThreadPoolExecutor(HOSTS_AT_ONCE)

    def start_next(host):
        if waiting[host]:
            target = waiting[host].pop()
            future = pool.submit(check, *target, fetcher)
            future.add_done_callback(lambda future: done.put((host, target, future)))

    try:
        for host in list(waiting):
            start_next(host)
        for _ in targets:
            host, target, future = done.get()
            start_next(host)
            yield target, future.exception() or future.result()
    finally:
        pool.shutdown(cancel_futures=True)  # after Ctrl-C only what is under way comes to its end
