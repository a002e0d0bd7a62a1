"""What the spare key of the safe is for: the private keys are lost, and the team still has to read open requests."""

from django.db import transaction
from nacl.encoding import Base64Encoder
from nacl.public import PrivateKey

from contact import keyring, retention, sealing
from contact.models import ContactRequest


class WrongKey(Exception):
    """What was typed is not the private key of the spare pair."""


def read_spare(typed: str) -> PrivateKey:
    """Raises WrongKey, and keyring.KeyMissing without the spare pair's public key."""
    public = keyring.public_key(keyring.SPARE)
    try:
        key = PrivateKey("".join(typed.split()).encode(), Base64Encoder)
    except (TypeError, ValueError) as error:  # also binascii.Error
        raise WrongKey from error
    if key.public_key != public:
        raise WrongKey
    return key


@transaction.atomic
def reseal(spare: PrivateKey) -> int:
    """Seal what the team can no longer open to the current pair; return how many requests it is in.

    Raises keyring.KeyMissing when the current pair's private key is not at hand either, and sealing.Unreadable.
    """
    kid = keyring.current_kid()
    keyring.private_key(kid)
    lost = {each for each in retention.kids_in_use() if keyring.is_destroyed(each)}
    count = 0
    for pk in ContactRequest.objects.values_list("pk", flat=True):
        request = ContactRequest.objects.select_for_update().filter(pk=pk).first()  # the visitor may have deleted it
        if request:
            count += _reseal(request, lost, kid, spare)
    return count


def _reseal(request, lost, kid, spare):
    """Whether something of the request was lost; then all of it is sealed anew."""
    related = [*request.messages.all(), *request.notes.all()]
    if lost.isdisjoint(each.kid for each in (request, *related)):
        return False
    contents = [_renew(each, request, kid, spare) for each in related]
    _renew(request, request, kid, spare)
    if request.phone:
        phone = sealing.unseal(request.pk, "", request.phone_spare, sealing.PHONE_SIZE, spare)
        sealed = sealing.seal(request.pk, phone, sealing.PHONE_SIZE, kid)
        request.phone, request.phone_spare = sealed.box, sealed.spare_box
    for content in contents:
        if "room" in content:  # the visitor's is sealed by the team; a note has the copy
            request.video_room = sealing.seal_reply(kid, request.reply_public_key, request.lookup_id, content)
    for each in (*related, request):
        each.save()
    return True


def _renew(row, request, kid, spare):
    """Change the boxes of `row`, and return what is in them."""
    content = sealing.unseal(request.pk, "", row.content_spare, key=spare)
    sealed = sealing.seal(request.pk, content, kid=kid)
    row.kid, row.content, row.content_spare = sealed.kid, sealed.box, sealed.spare_box
    return content
