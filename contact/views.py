"""The ways to talk to a person: all of them on one page, booking a talk, and coming back with the code."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.db import OperationalError, transaction
from django.shortcuts import render
from django.utils import timezone
from django.views.generic import TemplateView, View

from contact import keyring, retention, sealing, slots, throttle, tickets
from contact.codenames import new_codename
from contact.forms import ActionForm, CallbackForm, CodeForm, ContactForm, slot_label
from contact.models import ContactRequest, VisitorMessage
from contact.origin import private_form

logger = logging.getLogger(__name__)

MOST_BOOKINGS, MOST_BOOKINGS_IN_ALL = 6, 200  # an hour
MOST_CODES, MOST_CODES_IN_ALL = 20, 1000
VIDEO_EARLY, VIDEO_LATE = timedelta(minutes=10), timedelta(minutes=60)
UNKNOWN = "Zu diesem Code finden wir nichts. Vielleicht ist das Anliegen schon gelöscht."
ARRIVED = "Ihre Nachricht ist angekommen."
ENDED = "Dieses Anliegen ist abgesagt oder abgeschlossen."


class WaysView(TemplateView):
    template_name = "contact/ways.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(has_video=has_video(), **kwargs)


@private_form
class BookingView(View):
    """Form, check page with the code, confirmation: three answers of one address, nothing of them in it."""

    form_class = ContactForm

    def get(self, request):
        return self.show(self.form_class(initial={"ticket": tickets.issue(self.form_class.kind)}))

    def post(self, request):
        form = self.form_class(request.POST)
        if not form.is_valid() and not form.is_sent_again():
            return self.show(form)
        if form.cleaned_data["website"]:
            return self.again(form, tickets.BadTicket.advice)
        ticket = form.cleaned_data["ticket"]
        try:
            code = tickets.code_of(ticket, form.kind)
        except tickets.BadTicket as refusal:
            return self.again(form, refusal.advice, tickets.instead_of(ticket, form.kind, refusal))
        step = form.cleaned_data["step"]
        if step == "change":
            return self.show(form)
        if step != "send" or not form.cleaned_data["noted"]:
            return self.render("contact/check.html", form, code=sealing.in_groups(code), missed=step == "send")
        return self.send(form, code)

    def send(self, form, code):
        busy = "Gerade kommen sehr viele Anfragen. Bitte senden Sie in einer Minute noch einmal, oder rufen Sie uns an."
        if throttle.is_too_often("book", self.request, MOST_BOOKINGS, MOST_BOOKINGS_IN_ALL):
            return self.again(form, busy, status=429)
        try:
            booked = book(form, code)
        except sealing.Busy:
            return self.again(form, busy, status=503)
        except keyring.KeyMissing:
            return self.again(form, "Termine gehen zurzeit nur am Telefon. Bitte rufen Sie uns an.", status=503)
        except OperationalError as error:  # it may be stored all the same: sent again, it is not stored twice
            logger.error("booking: %s", type(error).__name__)
            away = "Wir können das gerade nicht speichern. Bitte senden Sie es gleich noch einmal, oder rufen Sie an."
            return self.again(form, away, status=503)
        except slots.SlotTaken:
            return self.taken(form)
        if not booked.is_open:
            return self.again(form, f"{ENDED} Für ein neues senden Sie es bitte noch einmal.", tickets.issue(form.kind))
        return self.render("contact/booked.html", form, booked=booked, code=sealing.in_groups(code))

    def taken(self, form):
        if form.has_error("slot"):
            return self.show(form, status=409)
        slot = form.fields["slot"]
        free = [each for each in slot.free if each != form.cleaned_data["slot"]]
        nearest = slots.nearest(free, form.cleaned_data["slot"])
        form.add_error("slot", "Dieser Termin ist gerade vergeben worden. Ihre anderen Angaben stehen noch da.")
        slot.choices = [
            (each.isoformat(), slot_label(each)) for each in nearest + [s for s in free if s not in nearest]
        ]
        return self.show(form, status=409)

    def again(self, form, message, ticket=None, status=200):
        """The form with all that was typed, a message, and a new ticket if the old one is of no use."""
        form.add_error(None, message)
        if ticket:
            form.data = form.data.copy()
            form.data["ticket"] = ticket
        return self.show(form, status)

    def show(self, form, status=200):
        return self.render("contact/form.html", form, status)

    def render(self, template, form, status=200, **context):
        context |= {"form": form, "kind": form.kind, "has_video": has_video()}
        return render(self.request, template, context, status=status)


class CallbackView(BookingView):
    form_class = CallbackForm


class VideoView(BookingView):
    form_class = ContactForm


def book(form, code) -> ContactRequest:
    """Store the request once, however often it is sent.

    Raises sealing.Busy, keyring.KeyMissing and slots.SlotTaken; then nothing was stored.
    """
    derived = sealing.derive(code)
    known = ContactRequest.objects.for_visitors().filter(lookup_id=derived.lookup_id).first()
    if known:
        return known
    if "slot" not in form.cleaned_data:
        raise slots.SlotTaken
    request = ContactRequest(
        kind=form.kind,
        codename=free_codename(),
        lookup_id=derived.lookup_id,
        reply_public_key=derived.reply_key.public_key.encode(),
    )
    content = sealing.seal(request.id, form.content())
    request.kid, request.content, request.content_spare = content.kid, content.box, content.spare_box
    if phone := form.phone():
        sealed = sealing.seal(request.id, phone, sealing.PHONE_SIZE, content.kid)
        request.phone, request.phone_spare = sealed.box, sealed.spare_box
    try:
        slots.book(request, form.cleaned_data["slot"], timezone.now())
    except slots.AlreadyReceived:
        return ContactRequest.objects.for_visitors().get(lookup_id=derived.lookup_id)
    tell_staff()
    return request


def free_codename() -> str:
    """One that no open request has; after some tries any."""
    for _ in range(20):
        name = new_codename()
        if not ContactRequest.objects.filter(codename=name, status__in=ContactRequest.OPEN).exists():
            break
    return name


def tell_staff():
    """An e-mail without any content: that something came."""
    if settings.CONTACT_NOTIFY_EMAIL:
        text = "Im Portal ist ein neues Anliegen eingegangen. Bitte sehen Sie in der Redaktion nach."
        send_mail("Neues Anliegen", text, None, [settings.CONTACT_NOTIFY_EMAIL], fail_silently=True)


@private_form
class CodeView(View):
    """What became of a request. The code comes by POST only, each time anew: there is no session."""

    def get(self, request):
        return self.ask(CodeForm())

    def post(self, request):
        """Whatever stops it: a message that was typed comes back with the form."""
        form = ActionForm(request.POST)
        if "code" in form.errors:
            return self.ask(form)
        if throttle.is_too_often("code", request, MOST_CODES, MOST_CODES_IN_ALL):
            return self.ask(
                form, "Gerade werden sehr viele Codes geprüft. Bitte versuchen Sie es gleich noch einmal.", 429
            )
        try:
            return self.answer(form)
        except sealing.Busy:
            return self.ask(form, "Bitte gleich noch einmal: Es werden gerade andere Codes geprüft.", 503)
        except OperationalError as error:
            logger.error("code: %s", type(error).__name__)
            return self.ask(form, "Bitte gleich noch einmal: Unsere Daten sind gerade nicht erreichbar.", 503)

    def answer(self, form):
        derived = sealing.derive(form.cleaned_data["code"])
        found = ContactRequest.objects.for_visitors().filter(lookup_id=derived.lookup_id).first()
        if found is None:
            return self.ask(form, UNKNOWN)
        action = form.cleaned_data.get("action")
        if action not in DEEDS or (form.errors and action != "delete"):
            return self.show(form, found, derived)
        with transaction.atomic():  # what a colleague or a second window has just done must not be undone
            found = ContactRequest.objects.for_visitors().select_for_update().filter(pk=found.pk).first()
            if found is None:
                return self.ask(form, UNKNOWN)
            done = DEEDS[action](found, form.cleaned_data)
        if found.pk is None:
            return render(self.request, "contact/deleted.html")
        if done == ARRIVED:
            form.data = {}  # the field is empty, so that the same is not sent twice
        return self.show(form, found, derived, done)

    def ask(self, form, message="", status=200):
        return render(self.request, "contact/code.html", {"form": form, "message": message}, status=status)

    def show(self, form, found, derived, done=""):
        context = {
            "form": form,
            "done": done,
            "request": found,
            "code": form.cleaned_data["code"],
            "replies": [(reply.created_on, opened(derived, reply)) for reply in found.replies.all()],
            "video": video_address(found, derived),
            "has_video": has_video(),
            "free": [
                (slot.isoformat(), slot_label(slot))
                for slot in slots.published(found.kind, timezone.now())
                if slot != found.slot
            ],
            "deleted_on": retention.deleted_on(found),
        }
        return render(self.request, "contact/request.html", context)


def opened(derived, reply) -> dict | None:
    """A reply's content; None when the team cannot have written it so."""
    try:
        return sealing.open_reply(derived, reply.kid, reply.box)
    except sealing.Unreadable:
        logger.warning("A reply to request %s cannot be opened", reply.request_id)
        return None


# ---- what a visitor does with a request: each gets the locked row, and returns what to tell ----
def write(found, cleaned) -> str:
    if not found.is_open:
        return ENDED
    if not cleaned["message"]:
        return "Bitte schreiben Sie erst eine Nachricht."
    try:
        sealed = sealing.seal(found.id, {"message": cleaned["message"]})
    except keyring.KeyMissing:
        return "Ihre Nachricht können wir zurzeit nicht annehmen. Bitte rufen Sie uns an."
    VisitorMessage.objects.create(request=found, kid=sealed.kid, content=sealed.box, content_spare=sealed.spare_box)
    if found.status == ContactRequest.Status.WAITING:
        found.status = ContactRequest.Status.NEW
        found.save(update_fields=["status"])
    transaction.on_commit(tell_staff)
    return ARRIVED


def move(found, cleaned) -> str:
    if not found.is_open:
        return ENDED
    try:
        slot = datetime.fromisoformat(cleaned["slot"])
        if slot not in slots.published(found.kind, timezone.now()):
            raise slots.SlotTaken
        found.status = ContactRequest.Status.NEW
        slots.book(found, slot, timezone.now())
    except (ValueError, slots.SlotTaken):
        found.refresh_from_db()
        kept = "Ihr alter Termin gilt weiter. " if found.slot else ""
        return f"Dieser Termin ist nicht mehr frei. {kept}Bitte wählen Sie einen anderen."
    transaction.on_commit(tell_staff)
    return f"Ihr neuer Termin: {slot_label(slot)}."


def cancel(found, cleaned) -> str:
    if not found.is_open:
        return ENDED
    if cleaned["message"]:
        return "Im Feld steht noch eine Nachricht. Bitte senden Sie sie erst, oder leeren Sie das Feld."
    retention.close(found, ContactRequest.Status.CANCELLED)
    return "Ihr Termin ist abgesagt."


def delete(found, cleaned) -> None:
    retention.delete(found)


DEEDS = {"write": write, "move": move, "cancel": cancel, "delete": delete}


def has_video() -> bool:
    """Whether there is a server for video talks; without one, they are calls."""
    return bool(settings.VIDEO_CALL_BASE_URL)


def video_address(found, derived) -> str:
    """The room of a confirmed video call, from ten minutes before until an hour after its beginning; else ""."""
    if not (found.video_room and has_video() and found.status == ContactRequest.Status.CONFIRMED):
        return ""
    if not found.slot or not found.slot - VIDEO_EARLY <= timezone.now() <= found.slot + VIDEO_LATE:
        return ""
    try:
        room = sealing.open_reply(derived, found.kid, found.video_room)["room"]
    except (sealing.Unreadable, KeyError):
        return ""
    return f"{settings.VIDEO_CALL_BASE_URL}/{room}"
