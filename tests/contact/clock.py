from datetime import timedelta


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
