"""A visitor who books a talk as with a browser, whatever happens meanwhile."""

import json
import random
import re
import time
from collections import Counter
from contextlib import suppress
from html import unescape
from http.client import HTTPException

from contact import tickets
from tests.contact.factories import WAYS
from tests.contact.portal import Server
from tests.contact.storm.comparison import Row

MOST_TRIES = 200  # with one form
MOST_SLOTS = 20  # that one visitor wishes for
HANGS_UP = 10  # each tenth visitor,
HANGS_UP_AFTER = 0.05  # seconds: the portal is reckoning


class GaveUp(Exception):
    """MOST_TRIES or MOST_SLOTS were not enough."""


class Visitor:
    def __init__(self, number: int, server: Server):
        self.server = server
        self.kind = list(WAYS)[number // HANGS_UP % 2]  # ten of each in turns
        self.source = f"127.1.{number // 250}.{number % 250 + 1}"
        self.hangs_up = number % HANGS_UP == 0
        message = f"Drohung {number}: {'vor dem Haus ' * (number % 50)}"  # of many lengths
        self.words = {"name": f"Petra {number}", "message": message.strip()}
        self.pickup = f"nur Petra {number}" if self.kind == "callback" else ""
        self.code = self.slot = self.codename = ""
        self.again = Counter()

    def walk(self):
        """Until the confirmation; raises GaveUp."""
        page = self.ask("GET")
        form = {**self.words, "ticket": hidden_fields(page)["ticket"], "consent": "on"}
        if self.kind == "callback":
            form |= {"way": "team", "number": "030 25208838", "pickup": self.pickup}
        time.sleep(tickets.YOUNGEST)  # who fills in a form takes that long, or is refused
        for _ in range(MOST_SLOTS):
            # a slot may be taken before it is sent, or gone before it is checked: the page then offers others
            self.slot = random.choice(re.findall(r'name="slot" value="([^"]+)"', unescape(page)))
            page = self.ask("POST", {**form, "slot": self.slot, "step": "check"})
            if code := shown(page, r'<p class="code">([\d ]+)</p>'):
                self.code = code
                page = self.send({**hidden_fields(page), "noted": "on", "step": "send"})
                if name := shown(page, r"<dt>Terminname</dt><dd><strong>(.*?)</strong>"):
                    if shown(page, r'<dd class="code">([\d ]+)</dd>') != code:
                        raise AssertionError("confirmed with another code than the one to note")
                    self.codename = name
                    return
        raise GaveUp

    def send(self, form):
        if self.hangs_up:
            self.hangs_up = False
            self.again["hung up"] += 1
            with suppress(OSError, HTTPException):
                self.server.post(WAYS[self.kind], form, source=self.source, patience=HANGS_UP_AFTER)
        return self.ask("POST", form)

    def ask(self, method, form=None):
        """The page, as often as it takes."""
        for _ in range(MOST_TRIES):
            try:
                status, page = self.server.ask(method, WAYS[self.kind], form, source=self.source)
            except (OSError, HTTPException):
                self.again["no answer"] += 1
                continue
            if status in {200, 409}:
                return page
            if status not in {500, 503}:
                raise AssertionError(f"{method} was answered with {status}")
            self.again[f"answer {status}"] += 1
            time.sleep(1)  # the page asks for a minute
        raise GaveUp

    def expected(self, lookup_id, reply_key):
        words = [{"name": self.words["name"], "threats": [], "state": "", "message": self.words["message"]}]
        if self.kind == "callback":
            others = {"line": "", "pickup": self.pickup, "voicemail": False, "phrase": "", "reminder": ""}
            words.append({"number": "+493025208838", **others})
        return Row(lookup_id, reply_key, self.codename, self.kind, self.slot, json.dumps(words))


def hidden_fields(page):
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return {name: unescape(value) for name, value in found}


def shown(page, pattern):
    found = re.search(pattern, page)
    return found[1] if found else ""
