"""What is measured inside the portal, without a server: calls as lines of JSON come in, results go out.

Times are computing times of this process, because other processes of the machine must not count.
"""

import json
import re
import sys
from statistics import median
from time import process_time
from urllib.parse import urlencode
from wsgiref.util import setup_testing_defaults

import brotli
from django.conf import settings
from django.db import connection, transaction
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.benchmarks.uncached import application  # makes Django ready, which the models wait for

# isort: split
from directory import catalogue
from directory.filters import OfferFilter
from directory.models import CatalogueVersion, Offer
from directory.selection import Selection
from tests.benchmarks import synthetic
from tests.benchmarks.booking import book, bookings, derivations, open_office  # noqa: F401 - called by name
from tests.directory.test_search_queries import QUERIES

STYLE_SHEET = re.compile(r'<link rel="stylesheet" href="/static/([^"]+)"')
PAGE = 20  # offers


def bring_to(offers):
    synthetic.bring_to(offers)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # as its autovacuum does within a minute


@transaction.atomic
def edit():
    """As editors do: change an offer, so that every worker builds its catalogue again."""
    offer = Offer.objects.published().order_by("updated_at").first()
    offer.hours_note = f"Stand {timezone.now():%H:%M:%S}"
    offer.save()
    CatalogueVersion.objects.bump()


def addresses():
    """What visitors ask the public pages for: slugs of offers, values of the finder's parameters."""
    current = catalogue.current()
    return {
        "offer": [offer.slug for offer in current.offers],
        "region": list(current.areas),
        "bedrohung": list(current.threat_types),
        "hilfe": list(current.support_types),
        "q": list(QUERIES),
    }


def build():
    """Seconds and queries that the catalogue costs."""
    with CaptureQueriesContext(connection) as queries:
        seconds = _timed(catalogue.current)
    return seconds, len(queries)


def render(path, times):
    """Median milliseconds of a page, from the request to the last byte."""
    return median(1000 * _timed(_page, path) for _ in range(times))


def search():
    """Milliseconds of each realistic query: from the words to the offers of the first page."""
    current = catalogue.current()
    return [1000 * _timed(_search, current, urlencode({"q": query})) for query in QUERIES]


def unit():
    """Milliseconds of a trivial computation, to compare machines by."""
    return median(1000 * _timed(sum, range(100_000)) for _ in range(20))


def weight(path):
    """Bytes of a page and of its style sheets, as compressed as files are that are compressed only once."""
    html = _page(path)
    sheets = [settings.STATIC_ROOT / name for name in STYLE_SHEET.findall(html.decode())]
    return len(brotli.compress(html)), sum(len(brotli.compress(sheet.read_bytes())) for sheet in sheets)


def _timed(function, *arguments):
    started = process_time()
    function(*arguments)
    return process_time() - started


def _page(path):
    path, _, query = path.partition("?")
    environ = {"PATH_INFO": path, "QUERY_STRING": query}
    setup_testing_defaults(environ)
    answer = application(environ, _must_be_200)
    body = b"".join(answer)
    answer.close()
    return body


def _must_be_200(status, headers):
    if status != "200 OK":
        raise SystemExit(status)


def _search(current, query):
    return OfferFilter(QueryDict(query), Selection(current)).qs[:PAGE]


if __name__ == "__main__":
    for line in sys.stdin:
        name, *arguments = json.loads(line)
        print(json.dumps(globals()[name](*arguments)), flush=True)
