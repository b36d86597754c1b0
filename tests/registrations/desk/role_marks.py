"""Words found nowhere else, put wherever somebody's data or a way into a meeting is kept, to see who reads them."""

from registrations.models import (
    AccessNeed,
    AddressChange,
    BulkJob,
    BulkJobRow,
    Contest,
    Override,
    Registration,
    Seat,
    WebinarSession,
)
from tests.registrations.factories import NOW


def plant(world):
    """Put words that stand nowhere else wherever somebody's data, or a way into a meeting, is kept."""
    for number, person in enumerate(Registration.objects.order_by("pk")):
        person.first_name, person.last_name, person.email = "Qname", "Qname", f"qaddress{number}@example.org"
        person.organisation, person.position, person.question = "Qhouse", "Qposition", "Qquestion"
        person.reference = f"QREF-{number:04}"
        person.bounce_reply = person.bounce_reply and "Qbounce"
        person.save()
        person.mails.update(recipient=person.email, reply="Qbounce")
    AccessNeed.objects.create(registration_id=world["registration"], measure=AccessNeed.Measure.SIGN)
    AddressChange.objects.create(
        registration_id=world["registration"], email="qaddress@example.org", email_key="q", asked_at=NOW
    )
    Seat.objects.update(reason="Qreason", meeting_url="https://sample.webex.com/qpersonal")
    Override.objects.update(reason="Qreason")
    Contest.objects.update(text="Qcontest")
    WebinarSession.objects.update(
        meeting_url="https://sample.webex.com/qmeeting",
        meeting_number="Qmeeting",
        meeting_password="Qmeeting",
        dial_in="Qmeeting",
        day_contact="Qmeeting",
    )
    job = BulkJob.objects.get(pk=world["bulkjob"])
    job.facts["reason"] = "Qreason"
    job.save()
    BulkJobRow.objects.create(job=job, seat_id=world["seat"], result="skipped", reason="It is decided.")


def tokens():
    """Return the tokens of all personal links."""
    columns = (
        (Registration, "manage_token"),
        (Registration, "confirm_token"),
        (Seat, "join_token"),
        (AddressChange, "token"),
    )
    return [token for model, column in columns for token in model.objects.values_list(column, flat=True)]


MARKS = {
    "name": "Qname",
    "address": "qaddress",
    "organisation": "Qhouse",
    "position": "Qposition",
    "reference": "QREF-",
    "question": "Qquestion",
    "reason": "Qreason",
    "contest": "Qcontest",
    "bounce": "Qbounce",
    "access-need": "Sign language interpretation",
    "meeting": "qmeeting",
    "personal-meeting": "qpersonal",
}


def marks_in(text):
    """Return what a page shows of all this."""
    text = text.casefold()
    return {what for what, mark in MARKS.items() if mark.casefold() in text}
