import pytest

from contact.models import Closure, SlotRule
from tests.contact.admin.staff import at, log_in, make_colleague, said
from tests.contact.factories import make_row, make_rule

RULES, CLOSURES = "/redaktion/contact/slotrule/", "/redaktion/contact/closure/"


@pytest.fixture
def lead(groups, clock):
    make_colleague("lead", "Leitung")
    return log_in("lead")


def mistakes(response):
    assert response.status_code == 200, "the form was saved"
    return dict(response.context["adminform"].form.errors.items())


def test_lead_makes_a_rule(lead):
    rule = {"kind": "callback", "opening_hours": "Mo-Fr 09:00-12:00", "capacity": "2", "kept_back": "1"}

    lead.post(f"{RULES}add/", rule)

    assert SlotRule.objects.values_list("kind", "opening_hours", "capacity", "kept_back").get() == (
        "callback",
        "Mo-Fr 09:00-12:00",
        2,
        1,
    )


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"opening_hours": "montags"}, "opening_hours", "Diese Öffnungszeiten sind nicht lesbar."),
        ({"capacity": "0"}, "capacity", "größer oder gleich 1"),
        ({"capacity": "21"}, "capacity", "kleiner oder gleich 20"),
        ({"kept_back": "3"}, "__all__", "Es können nicht mehr Plätze zurückgehalten werden, als es gibt."),
    ],
)
def test_mistakes_in_a_rule_are_named(lead, changes, field, message):
    rule = {"kind": "callback", "opening_hours": "Mo-Fr 09:00-12:00", "capacity": "2", "kept_back": "1"}

    found = mistakes(lead.post(f"{RULES}add/", rule | changes))

    assert list(found) == [field]
    assert message in str(found[field])


def test_list_shows_hours_in_german(lead):
    make_rule(opening_hours="Mo-Fr 09:00-12:00")

    assert '<td class="field-hours">Mo–Fr 9–12 Uhr</td>' in lead.get(RULES).content.decode()


def test_forms_explain_themselves(lead):
    assert "Ohne Regel gibt es für diese Art keine Termine." in lead.get(f"{RULES}add/").content.decode()
    assert "Gesetzliche Feiertage kennt es schon." in lead.get(f"{CLOSURES}add/").content.decode()


def close(client, first_day, last_day):
    data = {"first_day": first_day, "last_day": last_day, "reason": "Klausur"}
    return client.post(f"{CLOSURES}add/", data, follow=True)


def test_closing_tells_of_the_talks_on_these_days(lead):
    make_row(slot=at(9, day=25), seat=1)
    make_row(slot=at(23, 30, day=26), seat=1)
    make_row(slot=at(23, 30), seat=1)
    make_row(slot=at(0, day=27), seat=1)
    make_row(slot=at(9, day=25), seat=2, status="done", closed_on=at(9).date())

    response = close(lead, "25.11.2026", "26.11.2026")

    assert Closure.objects.count() == 1
    assert "In dieser Zeit sind schon Termine vergeben: 2. Bitte verlegen Sie sie." in said(response)


def test_closing_on_empty_days_warns_of_nothing(lead):
    response = close(lead, "25.11.2026", "26.11.2026")

    assert len(said(response)) == 1


def test_a_closure_that_ends_before_it_begins_is_refused(lead):
    response = close(lead, "26.11.2026", "25.11.2026")

    assert "Der letzte Tag liegt vor dem ersten." in str(mistakes(response))
    assert Closure.objects.count() == 0
