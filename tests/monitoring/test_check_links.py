"""The command, over a small internet of our own."""

import time
from collections import Counter
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from directory.models import Offer
from directory.monitoring.link_check import Result
from directory.monitoring.management.commands import check_links
from directory.monitoring.models import LinkCheck, ProposedChange
from directory.monitoring.names import NameServiceSilent, NameUnknown
from tests.factories import make_offer, make_organization
from tests.monitoring import web as servers
from tests.monitoring.web import BOMB, GARBAGE, answer, lookup, page, redirect

pytestmark = pytest.mark.django_db


class Terminal(StringIO):
    def isatty(self):
        return True


def run(web, *arguments, output=None, **options):
    """Exit code and what is written."""
    output, code = output or StringIO(), 0
    command = check_links.Command(fetcher=web.fetcher(**options))
    try:
        call_command(command, *arguments, stdout=output, stderr=output)
    except SystemExit as end:
        code = end.code
    return code, output.getvalue()


def results():
    return dict(LinkCheck.objects.values_list("value", "result"))


def fail_before(value, days, **fields):
    """A check that failed on days before today."""
    yesterday = timezone.now() - timezone.timedelta(days=1)
    return LinkCheck.objects.create(
        **{
            "kind": "link",
            "value": value,
            "result": "gone",
            "checked_at": yesterday,
            "failed_days": days,
            "last_failed_on": timezone.localdate(yesterday),
            **fields,
        }
    )


def test_checks_all_kinds_saves_them_and_sums_up(web):
    web.pages |= {"a.example/": page(), "a.example/alt": redirect("/neu"), "a.example/neu": page()}
    offer = make_offer(
        website=web.address("a.example/"),
        online_form=web.address("a.example/alt"),
        sources=[web.address("b.example/")],
        phones=["+498003009944"],
        emails=["hilfe@a.example"],
    )
    before = Offer.objects.values().get()

    code, output = run(web)

    assert (code, output) == (0, "Checked 5: 3 ok, 1 gone, 1 moved. Newly broken: 0.\n")
    assert results() == {
        web.address("a.example/"): "ok",
        web.address("a.example/alt"): "moved",
        web.address("b.example/"): "gone",
        "+498003009944": "ok",
        "hilfe@a.example": "ok",
    }
    assert list(ProposedChange.objects.values_list("proposal__offer", "field", "new")) == [
        (offer.pk, "online_form", web.address("a.example/neu"))
    ]
    assert Offer.objects.values().get() == before


def test_second_run_has_nothing_to_do_unless_told(web):
    web.pages["/"] = page()
    make_offer(website=web.address("a.example/"), sources=[])
    run(web)
    asked = len(web.requests)

    assert run(web) == (0, "Checked 0: nothing to do. Newly broken: 0.\n")
    assert len(web.requests) == asked
    assert run(web, "--again") == (0, "Checked 1: 1 ok. Newly broken: 0.\n")
    assert len(web.requests) == 2 * asked


def test_aborted_run_keeps_what_it_found_and_goes_on_there(web, monkeypatch):
    web.pages["/"] = page()
    make_offer(website=web.address("a.example/"), online_form=web.address("b.example/"), sources=[])
    show = check_links.Command.show_progress

    def abort(command, number, total):
        if number == 2:
            raise KeyboardInterrupt
        show(command, number, total)

    monkeypatch.setattr(check_links.Command, "show_progress", abort)
    with pytest.raises(KeyboardInterrupt):
        run(web)
    monkeypatch.undo()
    kept = LinkCheck.objects.get()

    assert run(web) == (0, "Checked 1: 1 ok. Newly broken: 0.\n")
    assert LinkCheck.objects.get(pk=kept.pk).checked_at == kept.checked_at
    assert LinkCheck.objects.count() == 2


def test_aborted_run_asks_nobody_any_more(web, monkeypatch):
    web.pages["/"] = servers.thoughtful
    organization = make_organization()
    for number in range(100):
        make_offer(organization=organization, website=web.address(f"s{number}.example/"), sources=[])

    def abort(command, number, total):
        raise KeyboardInterrupt

    monkeypatch.setattr(check_links.Command, "show_progress", abort)
    with pytest.raises(KeyboardInterrupt):
        run(web)

    assert len(web.requests) < 180  # of 200: HEAD and GET each


def test_exit_code_tells_what_is_newly_broken(web):
    address = web.address("a.example/")
    make_offer(website=address, sources=[])
    fail_before(address, days=2)

    assert run(web) == (1, f"Broken: {address} (gone)\nChecked 1: 1 gone. Newly broken: 1.\n")
    assert run(web, "--again") == (0, "Checked 1: 1 gone. Newly broken: 0.\n")


def test_quiet_run_names_only_what_is_newly_broken(web):
    web.pages["b.example/"] = page()
    address = web.address("a.example/")
    make_offer(website=address, online_form=web.address("b.example/"), sources=[])
    fail_before(address, days=2)

    assert run(web, "--verbosity=0") == (1, f"Broken: {address} (gone)\n")
    assert run(web, "--again", "--verbosity=0") == (0, "")


def test_success_takes_it_back(web):
    web.pages["/"] = page()
    address = web.address("a.example/")
    make_offer(website=address, sources=[])
    fail_before(address, days=5)

    run(web)

    assert list(LinkCheck.objects.values_list("result", "failed_days", "last_failed_on")) == [("ok", 0, None)]


def test_progress_is_for_terminals(web):
    web.pages["/"] = page()
    make_offer(website=web.address("a.example/"), sources=[], phones=["116006"])

    _, output = run(web, output=Terminal())

    assert output == "\r1 of 2\r2 of 2\nChecked 2: 2 ok. Newly broken: 0.\n"


@pytest.mark.parametrize("fault", [NameServiceSilent, NameUnknown])
def test_without_name_service_nothing_is_judged(web, fault):
    def silent(name, record, seconds):
        raise fault(name)

    make_offer(website=web.address("a.example/"))

    with pytest.raises(CommandError, match="Nothing was checked") as error:
        run(web, lookup=silent)
    assert error.value.returncode == 2
    assert results() == {}


def test_fault_of_ours_does_not_stop_the_rest(web):
    def faulty(name, record, seconds):
        if name == "a.example":
            raise RuntimeError("a bug")
        return lookup(name, record, seconds)

    web.pages["/"] = page()
    make_offer(website=web.address("a.example/"), online_form=web.address("b.example/"), sources=[])

    code, output = run(web, lookup=faulty)

    assert code == 0
    assert f"Not checked: {web.address('a.example/')} (RuntimeError('a bug'))\n" in output
    assert results() == {web.address("b.example/"): "ok"}


def test_address_that_nobody_can_read_does_not_stop_the_rest(web):
    """A form takes it: "xn--" and letters, which stand for no word."""
    web.pages["/"] = page()
    make_offer(website="https://xn--a.example/", online_form=web.address("b.example/"), sources=[])

    code, _ = run(web)

    assert code == 0
    assert results() == {"https://xn--a.example/": "invalid", web.address("b.example/"): "ok"}


def test_user_agent_names_portal_and_operator():
    assert check_links.user_agent() == "starke-Stelle-Linkcheck/1.0 (+http://testserver/; test@example.org)"


def test_real_directory_is_checked_without_a_network(web):
    """Nothing exists in this world: every link and domain is an unknown name, every phone number is right."""

    def nowhere(name, record, seconds):
        if name == ".":
            return []
        raise NameUnknown(name)

    call_command("load_directory", verbosity=0, stdout=StringIO())

    code, output = run(web, lookup=nowhere)

    assert code == 0
    assert set(LinkCheck.objects.filter(kind="link").values_list("result", flat=True)) == {"name"}
    assert set(LinkCheck.objects.filter(kind="email").values_list("result", flat=True)) == {"name"}
    assert set(LinkCheck.objects.filter(kind="phone").values_list("result", flat=True)) == {"ok"}
    assert output.startswith(f"Checked {LinkCheck.objects.count()}: ")
    assert web.requests == []


# ---- five hundred servers ----
KINDS = {  # kind of server → (class, what it answers)
    "gut": (Result.OK, page()),
    "still": (Result.TIMEOUT, servers.silent),
    "tropft": (Result.TIMEOUT, {"HEAD": page(), "GET": servers.dripping}),
    "endlos": (Result.OK, {"HEAD": page(), "GET": servers.endless}),
    "bombe": (Result.OK, {"HEAD": page(), "GET": answer("200 OK", "Content-Encoding: gzip", body=BOMB)}),
    "kopf": (Result.SERVER_ERROR, servers.endless_headers),
    "wirr": (Result.SERVER_ERROR, GARBAGE),
    "kreis": (Result.SERVER_ERROR, redirect("/", "302 Found")),
    "fehler": (Result.SERVER_ERROR, answer("500 Fault")),
    "weg": (Result.GONE, answer("410 Gone")),
    "verkauft": (Result.CHANGED, page("Diese Domain steht zum Verkauf")),
    "verschlossen": (Result.REFUSED, answer("403 Forbidden")),
    "innen": (Result.FORBIDDEN, redirect("http://169.254.169.254/")),
    "umgezogen": (Result.MOVED, None),
    "unsicher": (Result.CERTIFICATE, page()),
    "unbekannt": (Result.NAME, page()),
}


def test_five_hundred_servers_end_in_time_with_the_right_classes(web):
    kinds = list(KINDS) + ["gut"] * 4
    organization, expected = make_organization(), {}
    for number in range(500):
        kind = kinds[number % len(kinds)]
        host = f"s{number}.{kind}.example"
        result, behaviour = KINDS[kind]
        web.pages[f"{host}/"] = behaviour or redirect(web.address(f"neu.{host}/"))
        web.pages[f"neu.{host}/"] = page()
        address = web.address(f"{host}/", "https" if kind == "unsicher" else "http")
        make_offer(organization=organization, website=address, sources=[])
        expected[address] = result
    start = time.monotonic()

    code, output = run(web, seconds=1)

    assert time.monotonic() - start < 60
    assert results() == expected
    assert code == 0
    assert output.startswith("Checked 500: ")
    assert Counter(expected.values())[Result.TIMEOUT] == 50
    assert not web.crowded
