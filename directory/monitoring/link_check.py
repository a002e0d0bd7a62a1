"""What is to be said about one address, e-mail address or phone number after a look at it. No database."""

import re
import ssl
from collections.abc import Callable
from dataclasses import dataclass, replace

import httpcore
import httpx
from django.core.exceptions import ValidationError

from directory.monitoring import names
from directory.monitoring.fetch import SECONDS, Answer, Fetcher, Forbidden, readable
from directory.monitoring.models import LinkCheck
from directory.phone_numbers import canonical

MAX_REDIRECTS = 10
MAX_ADDRESS = 400  # of an offer's website
PERMANENT = {301, 308}
Kind, Result = LinkCheck.Kind, LinkCheck.Result
NO_ADDRESS = (httpx.InvalidURL, UnicodeError)  # the latter where "xn--…" stands for no word in letters

# titles of pages that nobody meant to link to: empty servers, domains for sale, pages that are gone but answer 200
EMPTY_PAGE = re.compile(
    r"\b(domain|domainname|website|webseite)\b.*\b(verkauf|verkaufen|kaufen|parking|geparkt|sale|registriert)\b|"
    r"\b(buy|parked) (this )?domain\b|\bparked\b|account suspended|default (web ?(site )?)?page|^welcome to nginx|"
    r"^index of /|^it works|\b404\b|(seite|page|inhalt) (wurde )?(nicht gefunden|not found)",
    re.IGNORECASE,
)
# where a redirect leads that is no new home of the page: it asks who one is, or holds a session
NO_HOME = re.compile(r"log-?in|sign-?in|anmeld|\bsso\b|oauth|consent|captcha|jsessionid", re.IGNORECASE)


@dataclass(frozen=True)
class Finding:
    result: Result
    detail: str = ""  # German, for the editors
    new_address: str = ""
    title: str = ""


def check(kind: Kind, value: str, fetcher: Fetcher) -> Finding:
    if kind == Kind.LINK:
        return check_link(value, fetcher)
    if kind == Kind.EMAIL:
        return check_email(value, fetcher.lookup)
    return check_phone(value)


def host_of(kind: Kind, value: str) -> str:
    """What is asked one thing at a time: a web server, or the name service about a domain."""
    if kind == Kind.LINK:
        try:
            return httpx.URL(value).host
        except NO_ADDRESS:
            return ""
    return value.rpartition("@")[2]


# ---- telephone and e-mail ----
def check_phone(number: str) -> Finding:
    try:
        canonical(number)
    except ValidationError as error:
        return Finding(Result.INVALID, error.messages[0])
    return Finding(Result.OK)


def check_email(address: str, lookup: Callable[[str, str, float], list[str]]) -> Finding:
    """Whether the domain takes mail (RFC 5321, section 5.1). Nobody is written to."""
    domain = address.rpartition("@")[2]
    try:
        servers = lookup(domain, "MX", SECONDS)
        if servers and all(server.split()[-1] == "." for server in servers):  # RFC 7505
            return Finding(Result.INVALID, f"{domain} nimmt keine E-Mail an.")
        if not servers and not lookup(domain, "A", SECONDS) and not lookup(domain, "AAAA", SECONDS):
            return Finding(Result.INVALID, f"{domain} hat keinen Mailserver.")
    except names.NameUnknown:
        return Finding(Result.NAME, f"{domain} gibt es nicht.")
    except names.NameServiceSilent:
        return Finding(Result.TIMEOUT, f"Der Namensdienst sagt nichts zu {domain}.")
    return Finding(Result.OK)


# ---- web addresses ----
def check_link(value: str, fetcher: Fetcher) -> Finding:
    try:
        return _follow(httpx.URL(value), fetcher)
    except NO_ADDRESS:
        return Finding(Result.INVALID, "Die Adresse oder eine, zu der sie weiterleitet, ist nicht lesbar.")
    except Forbidden as error:
        return Finding(Result.FORBIDDEN, str(error))
    except names.NameUnknown as error:
        return Finding(Result.NAME, readable(f"{error} gibt es nicht.", 200))
    except names.NameServiceSilent as error:
        return Finding(Result.TIMEOUT, readable(f"Der Namensdienst sagt nichts zu {error}.", 200))
    except (httpcore.TimeoutException, httpcore.NetworkError) as error:
        fault = error.__context__  # httpcore raises "from None"
        if isinstance(fault, ssl.SSLError):
            reason = getattr(fault, "verify_message", "") or fault.reason or ""
            return Finding(Result.CERTIFICATE, readable(f"Keine sichere Verbindung: {reason}", 200))
        return Finding(Result.TIMEOUT, "Keine Verbindung oder keine Antwort in der Zeit.")
    except httpcore.ProtocolError:
        return Finding(Result.SERVER_ERROR, "Die Antwort ist nicht lesbar.")


def _follow(start: httpx.URL, fetcher: Fetcher) -> Finding:
    url, home, cookie, seen = start, start, False, set()
    while url not in seen and len(seen) <= MAX_REDIRECTS:
        seen.add(url)
        answer = _visit(url, fetcher)
        if not answer.is_redirect:
            return _moved(start, home, _classify(answer))
        cookie = cookie or "set-cookie" in answer.headers
        if "location" not in answer.headers:
            return Finding(Result.SERVER_ERROR, "Eine Weiterleitung nennt kein Ziel.")
        target = url.join(answer.headers["location"])
        if url == home and answer.status in PERMANENT:  # a temporary step ends what is for ever
            home = target
        url = target
    if cookie:  # a browser that keeps cookies may get through
        return Finding(Result.REFUSED, "Leitet im Kreis, solange man keine Cookies annimmt.")
    return Finding(Result.SERVER_ERROR, f"Leitet im Kreis oder mehr als {MAX_REDIRECTS} Mal weiter.")


def _visit(url, fetcher):
    """HEAD where that is enough: for a redirect, a file, and who wants us to slow down. Else GET has the last word."""
    try:
        answer = fetcher.ask("HEAD", url)
    except (httpcore.RemoteProtocolError, httpcore.ReadError):
        pass  # some servers know GET only
    else:
        if answer.is_redirect or answer.status == 429 or (answer.status == 200 and not answer.is_html):
            return answer
    return fetcher.ask("GET", url)


def _classify(answer: Answer) -> Finding:
    status = answer.status
    if 200 <= status < 300:
        return Finding(Result.OK, title=answer.title)
    if status in {404, 410}:
        return Finding(Result.GONE, f"Status {status}")
    if 400 <= status < 500:  # 401, 403, 405, 429 and what firewalls say to programs
        return Finding(Result.REFUSED, f"Status {status}")
    return Finding(Result.SERVER_ERROR, f"Status {status}")


def _moved(start: httpx.URL, home: httpx.URL, finding: Finding) -> Finding:
    if finding.result != Result.OK or _same_place(start, home):
        return finding
    if start.fragment and not home.fragment:
        home = home.copy_with(fragment=start.fragment)  # as browsers do
    address = str(home)
    if _is_start_page(home) and not _is_start_page(start):
        return replace(finding, result=Result.MOVED, detail="Leitet auf eine Startseite weiter.")
    if home.userinfo or len(address) > MAX_ADDRESS or NO_HOME.search(address):
        return replace(finding, result=Result.MOVED, detail="Leitet auf keine feste Adresse weiter.")
    return replace(finding, result=Result.MOVED, new_address=address)


def _same_place(start, home):
    """Nothing to gain: a slash at the end, or a start page that leads to its own "/de/"."""
    if _without_slash(start) == _without_slash(home):
        return True
    return _is_start_page(start) and (start.scheme, _site(start)) == (home.scheme, _site(home))


def _without_slash(url):
    return url.scheme, url.host, url.port, url.raw_path.rstrip(b"/")


def _is_start_page(url):
    return url.path in {"", "/"} and not url.query


def _site(url):
    return url.host.removeprefix("www.")


# ---- the content ----
def is_other_content(value: str, first_title: str, title: str) -> bool:
    """Whether the page has become something else, as far as its title tells.

    Careful, because editors rename pages: no longer word in common with the first title, and none with the host name.
    """
    if not title or title == first_title:
        return False
    if EMPTY_PAGE.search(title):
        return True
    words = _words(title)
    host = re.sub(r"\W", "", host_of(Kind.LINK, value))
    return bool(
        first_title and words and _words(first_title).isdisjoint(words) and not any(word in host for word in words)
    )


def _words(title):
    return set(re.findall(r"\w{4,}", title.casefold()))
