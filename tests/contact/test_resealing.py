"""Lost private keys: with the spare key from the safe the team reads on, and the visitor too."""

from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from contact import desk, keyring, resealing, sealing
from contact.models import ContactRequest, VisitorMessage
from tests.contact.factories import CODE, OTHER_CODE, SLOT, derive, make_request

pytestmark = pytest.mark.django_db
WORDS = {"name": "Frau Sander", "threats": [], "state": "", "message": "Bitte rufen Sie an."}
PHONE = {"number": "030 25208838"}


@pytest.fixture
def lost(keys, codes_known, clock):
    """A request with everything that is ever sealed, and its pair's private key gone."""
    request = make_request(content=WORDS, phone=PHONE, kind="video", slot=SLOT, seat=1)
    desk.confirm(request.pk, User.objects.create(username="team"), desk.fingerprint(request))
    sealed = sealing.seal(request.pk, {"message": "Um 15 Uhr passt es besser."})
    VisitorMessage.objects.create(request=request, kid=sealed.kid, content=sealed.box, content_spare=sealed.spare_box)
    (keyring.settings.CONTACT_PRIVATE_KEYS_DIR / f"{keys.kid}.key").unlink()
    return ContactRequest.objects.get()


def reseal(monkeypatch, typed):
    monkeypatch.setattr("contact.management.commands.contact_keys.getpass", lambda prompt: typed)
    output = StringIO()
    call_command("contact_keys", "reseal", stdout=output)
    return output.getvalue()


def rows():
    return list(ContactRequest.objects.order_by("pk").values())


def test_spare_key_gives_everything_to_the_new_pair(lost, keys, monkeypatch):
    room = sealing.open_reply(derive(CODE), lost.kid, lost.video_room)
    keyring.retire(keys.kid)
    kid = keyring.create()
    healthy = make_request(code=OTHER_CODE, content=WORDS)
    before = [row for row in rows() if row["id"] == healthy.pk]

    assert (
        reseal(monkeypatch, f" {keys.spare[:20]} {keys.spare[20:]}\n") == "The key is right. Sealed 1 requests anew.\n"
    )

    request = ContactRequest.objects.get(pk=lost.pk)
    opened = [sealing.unseal(request.pk, each.kid, each.content) for each in (request, *request.messages.all())]
    assert [*opened, *(sealing.unseal(request.pk, each.kid, each.content) for each in request.notes.all())] == [
        WORDS,
        {"message": "Um 15 Uhr passt es besser."},
        room,
    ]
    assert sealing.unseal(request.pk, kid, request.phone, sealing.PHONE_SIZE) == PHONE
    assert sealing.open_reply(derive(CODE), request.kid, request.video_room) == room
    assert [row for row in rows() if row["id"] == healthy.pk] == before
    assert resealing.reseal(resealing.read_spare(keys.spare)) == 0


@pytest.mark.parametrize("typed", ["", "abc", "ü", "A" * 43 + "="])
def test_wrong_key_changes_nothing(lost, keys, monkeypatch, typed):
    keyring.retire(keys.kid)
    keyring.create()
    before = rows()

    with pytest.raises(CommandError, match="not the spare key"):
        reseal(monkeypatch, typed)

    assert rows() == before


def test_lost_pair_has_to_be_replaced_first(lost, keys, monkeypatch):
    before = rows()

    with pytest.raises(CommandError, match="then contact_keys rotate"):
        reseal(monkeypatch, keys.spare)

    assert rows() == before
