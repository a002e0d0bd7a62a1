"""The public process's role in PostgreSQL: enough for every page and the whole way of a visitor, and no more."""

import re
import secrets
from contextlib import contextmanager
from io import StringIO
from types import SimpleNamespace
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.urls import get_resolver
from psycopg import sql

from contact import sealing
from starkestelle.database_rights import PUBLIC
from tests.contact import pages
from tests.contact.factories import WAYS, answers, make_ticket
from tests.contact.portal import POSTGRES, new_portal
from tests.docs.test_url_contract import paths

CODE_PAGE = "/kontakt/code/"
needs_postgres = pytest.mark.skipif(not POSTGRES, reason="SQLite has no roles")


@contextmanager
def public_role(portal):
    """The URL with which the public process of `portal` signs in, with the rights that the command gives."""
    name, password = f"public_{secrets.token_hex(8)}", secrets.token_hex(16)
    parts = urlsplit(portal.database_url)
    with psycopg.connect(portal.database_url, autocommit=True) as owner:
        owner.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(name), sql.Literal(password)))
        try:
            portal.manage("database_roles", name, "--apply")
            yield urlunsplit(parts._replace(netloc=f"{name}:{password}@{parts.netloc.rpartition('@')[2]}"))
        finally:
            owner.execute(sql.SQL("DROP OWNED BY {0}; DROP ROLE {0}").format(sql.Identifier(name)))


@pytest.fixture(scope="module")
def portal(tmp_path_factory):
    with new_portal(tmp_path_factory.mktemp("roles") / "var") as portal:
        portal.manage("load_directory")
        yield portal


@pytest.fixture(scope="module")
def role(portal):
    with public_role(portal) as url:
        yield url


@contextmanager
def public_process(portal, role):
    environment = {"STARKESTELLE_ROLE": "public", "CONTACT_PRIVATE_KEYS_DIR": str(portal.folder / "nothing")}
    with portal.serve("public", DATABASE_URL=role, **environment) as server:
        yield server


@needs_postgres
def test_every_public_page_is_served_with_the_public_rights(portal, role):
    with public_process(portal, role) as server:
        addresses = re.findall(r"<loc>https?://[^/]+(/[^<]*)</loc>", server.get("/sitemap.xml")[1])
        searches = ["/angebote/?ort=Neustrelitz&q=hass", "/einbetten/angebote/", "/bereit/", *WAYS.values(), CODE_PAGE]
        fixed = [path for path in paths(get_resolver().url_patterns) if "<" not in path and path != "/redaktion/"]
        statuses = {address: server.get(address)[0] for address in (*addresses, *searches, *fixed)}
        proposal = {
            "ticket": make_ticket("proposal"),
            "name": "Beratung nebenan",
            "comment": "Es fehlt ein Angebot in der Nachbarschaft.",
        }
        proposed = server.post("/aenderung/", proposal)[0]

    assert {address: status for address, status in statuses.items() if status not in {200, 301, 302}} == {}
    assert (proposed, portal.rows("SELECT count(*) FROM monitoring_changeproposal")) == (200, [(1,)])
    assert len(addresses) > 200


INVITE = """
import django
django.setup()
from django.urls import reverse
from django.utils import timezone
from directory.models import Organization
from directory.monitoring import confirmations
from directory.monitoring.models import ConfirmationRound, Invitation, PartnerContact
organization = Organization.objects.get(slug="telefonseelsorge")
PartnerContact.objects.create(organization=organization, email="a@example.org")
today = timezone.localdate()
each = ConfirmationRound.objects.create(started_on=today, answer_by=today + timezone.timedelta(days=28))
invitation = Invitation.objects.create(round=each, organization=organization, sent_at=timezone.now())
print(reverse("confirmations:answer", args=[confirmations.token_of(invitation)]), end="")
"""


@needs_postgres
def test_partner_confirms_and_opts_out_with_the_public_rights(portal, role):
    address = portal.python(INVITE)
    with public_process(portal, role) as server:
        status, page = server.get(address)
        kept = pages.fields(SimpleNamespace(content=page.encode()))
        answered = server.post(address, kept | {"all": "1"})
        out = server.post(f"{address}abmelden/", {})

    assert status == 200
    assert (answered[0], "Danke für Ihre Antwort" in answered[1]) == (200, True)
    assert out[0] == 200
    assert portal.rows("SELECT outcome FROM monitoring_verification") == [("confirmed",)]
    assert portal.rows("SELECT count(*) FROM directory_offer WHERE verified_on IS NOT NULL") == [(1,)]
    assert portal.rows("SELECT count(*) FROM monitoring_partnercontact WHERE opted_out_on IS NOT NULL") == [(1,)]


@needs_postgres
def test_visitor_books_writes_moves_cancels_and_deletes_with_the_public_rights(portal, role):
    code = sealing.new_code()
    with public_process(portal, role) as server:
        free = server.free_slots()
        booking = answers(code=code, slot=free[-1])
        booked = server.post(WAYS["callback"], booking)
        twice = server.post(WAYS["callback"], booking)
        row = portal.rows("SELECT id, kid FROM contact_contactrequest")[0]
        for table, columns, values in (
            ("reply", "box", "'x'"),
            ("note", "content, content_spare", "'x', 'x'"),
            ("callattempt", "", ""),
        ):
            kid = ("kid,", f"'{row[1]}',") if columns else ("", "")
            comma = "," if columns else ""
            portal.do(
                f"INSERT INTO contact_{table} ({kid[0]} {columns}{comma} request_id, created_on)"
                f" VALUES ({kid[1]} {values}{comma} '{row[0]}', now())"
            )
        deeds = [
            server.post(CODE_PAGE, {"code": code, **deed})
            for deed in (
                {},
                {"action": "write", "message": "Noch etwas"},
                {"action": "move", "slot": free[-2]},
                {"action": "cancel"},
                {"action": "delete"},
            )
        ]
        said = server.output.read_text()

    assert [status for status, _ in (booked, twice, *deeds)] == [200] * 7
    words = ["Diese Antwort lässt sich nicht prüfen", "ist angekommen", "Ihr neuer Termin", "abgesagt"]
    words += ["<h1>Alles gelöscht</h1>"]
    assert [word for word, (_, page) in zip(words, deeds, strict=True) if word not in page] == []
    tables = ("contactrequest", "visitormessage", "reply", "note", "callattempt")
    assert [portal.rows(f"SELECT count(*) FROM contact_{table}") for table in tables] == [[(0,)]] * 5
    assert "ERROR" not in said


@needs_postgres
@pytest.mark.parametrize(
    "statement",
    [
        "SELECT password FROM auth_user",
        "SELECT * FROM django_session",
        "SELECT key FROM otp_totp_totpdevice",
        "SELECT content FROM contact_note",
        "SELECT content FROM contact_contactrequest",
        "SELECT content FROM contact_visitormessage",
        "SELECT handler_id FROM contact_contactrequest",
        "SELECT * FROM contact_auditentry",
        "SELECT email FROM monitoring_partnercontact",
        "UPDATE contact_contactrequest SET lookup_id = ''",
        "UPDATE contact_contactrequest SET reply_public_key = ''",
        "UPDATE directory_phone SET number = '+491'",
        "DELETE FROM directory_offer",
        "INSERT INTO contact_slotrule (kind, opening_hours, capacity, kept_back) VALUES ('video', '24/7', 9, 0)",
        "TRUNCATE contact_contactrequest",
        "DROP TABLE contact_contactrequest",
        "CREATE TABLE mine (x int)",
    ],
)
def test_public_role_is_refused(role, statement):
    with psycopg.connect(role) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)


@needs_postgres
def test_public_role_reaches_the_named_tables_and_no_others(portal, role):
    models = [apps.get_model(label) for label in PUBLIC]
    named = {model._meta.db_table for model in models}
    offer = apps.get_model("directory.Offer")._meta
    named |= {field.m2m_db_table() for field in offer.local_many_to_many}
    name = urlsplit(role).username
    reached = portal.rows(f"""
        SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
        AND has_any_column_privilege('{name}', oid, 'SELECT, INSERT, UPDATE, REFERENCES')
    """)

    assert {table for (table,) in reached} == named


@needs_postgres
def test_rights_given_by_hand_are_taken_away(portal, role):
    name = urlsplit(role).username
    portal.do(f"GRANT ALL ON auth_user TO {name}; GRANT SELECT (content) ON contact_note TO {name}")

    portal.manage("database_roles", name, "--apply")

    for statement in ("SELECT * FROM auth_user", "SELECT content FROM contact_note"):
        with psycopg.connect(role) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement)


@needs_postgres
def test_what_the_public_role_deleted_is_overwritten_by_the_owners_purge(portal, role):
    mark = f"Marke {secrets.token_hex(8)}"
    portal.do(
        "INSERT INTO contact_contactrequest (id, kind, status, codename, created_on, lookup_id, reply_public_key, kid,"
        f" content, content_spare) VALUES (gen_random_uuid(), 'video', 'new', '{mark}', now(), '{mark[:32]}', '', 'x',"
        " '', '')"
    )
    delete = f"""
import django
django.setup()
from contact import retention
from contact.models import ContactRequest
retention.delete(ContactRequest.objects.for_visitors().get(codename="{mark}"))
"""
    said = portal.python(delete, DATABASE_URL=role, STARKESTELLE_ROLE="public")
    after_deletion = portal.bytes_of_tables()

    assert said == ""
    assert mark.encode() in after_deletion
    assert mark.encode() not in portal.bytes_of_tables_without(mark)


@pytest.mark.skipif(POSTGRES, reason="PostgreSQL has roles")
def test_sqlite_has_no_roles():
    with pytest.raises(CommandError, match="SQLite has no roles"):
        call_command("database_roles", "somebody")


@needs_postgres
def test_command_prints_what_it_would_do():
    output = StringIO()

    call_command("database_roles", "somebody", stdout=output)

    lines = output.getvalue().splitlines()
    assert lines[0] == 'GRANT USAGE ON SCHEMA public TO "somebody";'
    assert 'GRANT SELECT ("request_id"), DELETE ON "contact_note" TO "somebody";' in lines


@needs_postgres
def test_role_with_a_quote_in_its_name_is_refused():
    with pytest.raises(CommandError, match="Name the role"):
        call_command("database_roles", 'a" TO b; --')
