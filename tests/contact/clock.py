from datetime import datetime, timedelta

from directory.opening import BERLIN

TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=BERLIN)


class Clock:
    """Stands in for the clocks of Django's timezone, of `time` and of `datetime`."""

    def __init__(self, moment):
        self.moment = moment

    def now(self):
        return self.moment

    def time(self):
        return self.moment.timestamp()

    def move(self, **duration):
        self.moment += timedelta(**duration)
