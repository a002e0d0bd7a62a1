"""The name service (DNS): every question ends in time."""

import dns.exception
import dns.name
import dns.resolver


class NameUnknown(Exception):
    """No such name, or none that has an address."""


class NameServiceSilent(Exception):
    """No answer, or none that says yes or no."""


def lookup(name: str, record: str, seconds: float) -> list[str]:
    """The records of one kind ("A", "MX") as text; none when the name has others only.

    Raises NameUnknown or NameServiceSilent. Every function that stands in for it keeps to that.
    """
    try:
        # search: a name of ours must not be completed with the domain of this machine
        answer = dns.resolver.resolve(name, record, lifetime=seconds, search=False, raise_on_no_answer=False)
    except (dns.resolver.NXDOMAIN, dns.exception.SyntaxError, dns.name.NameTooLong, dns.name.IDNAException) as error:
        raise NameUnknown(name) from error
    except dns.exception.DNSException as error:
        raise NameServiceSilent(name) from error
    return [item.to_text() for item in answer]
