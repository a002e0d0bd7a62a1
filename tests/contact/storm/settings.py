"""Settings of the portal in the storm: those of the other servers that the tests start, with nobody turned away.

The portal takes 200 bookings an hour, and six from one address (contact.views). The storm sends at once what would take
50 hours, from one machine, so the shared counters begin anew with every request: they are asked as always, but have
nothing to tell. tests/contact/test_throttle.py and test_faults.py prove the limits themselves.
"""

import os

from contact import sealing
from contact.throttle import counters
from tests.contact.server_settings import *  # noqa: F403

if os.environ.get("CHEAP_CODES"):  # otherwise a code costs what it costs in production
    sealing.ARGON_MEMORY, sealing.ARGON_PASSES = 1024 * 1024, 1


def count_anew(get_response):
    def answer(request):
        counters.forget()
        return get_response(request)

    return answer


MIDDLEWARE += ["tests.contact.storm.settings.count_anew"]  # noqa: F405
