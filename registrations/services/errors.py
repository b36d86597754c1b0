"""Why a service said no; every message is fit to be shown to the person who asked."""

from collections.abc import Sequence
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from eligibility.rules import Verdict
from registrations.models import LegalText, WebinarSession


class Refused(Exception):
    """The site cannot do that; nothing has changed."""


class RegistrationClosed(Refused):
    """Nobody can register for this webinar now."""

    def __init__(self) -> None:
        super().__init__(_("Registration for this webinar is closed."))


class RegistrationEnded(Refused):
    """The registration was withdrawn, has expired or was never confirmed."""

    def __init__(self) -> None:
        super().__init__(_("This registration is no longer active."))


class NotReady(Refused):
    """Registration cannot open: something is missing that it needs; the message says all of it, in sentences."""

    def __init__(self, missing: Sequence[str]) -> None:
        super().__init__(" ".join([_("Registration cannot open yet."), *missing]))


class SlugTaken(Refused):
    """Another webinar has this address."""

    def __init__(self) -> None:
        super().__init__(_("Another webinar has this address."))


class UnknownSession(Refused):
    """A chosen session does not belong to this webinar, or cannot be chosen any more."""

    def __init__(self) -> None:
        super().__init__(_("Choose from the sessions of this webinar that are still to come."))


class NotEligible(Refused):
    """The country is on no list that admits; the person may ask for a review by staff.

    `verdicts` pairs each refused session with its Verdict.
    """

    def __init__(self, verdicts: tuple[tuple[WebinarSession, Verdict], ...]) -> None:
        super().__init__(_("Organisations established in this country cannot take part."))
        self.verdicts = verdicts


class TextChanged(Refused):
    """A newer version of a text (a LegalText.Kind) was published since somebody's page was made."""

    def __init__(self, kind: LegalText.Kind) -> None:
        words = {
            LegalText.Kind.PRIVACY: _(
                "The privacy statement was changed while this page was open. Read it, tick the box again and send the form."
            ),
            LegalText.Kind.CONSENTS: _(
                "The words of the consents were changed while this page was open. Read them, and tick what you agree to."
            ),
        }
        super().__init__(words[kind])
        self.kind = kind


class LegalTextRefused(Refused):
    """These words cannot be a new version of a text."""


class LinkNotValid(Refused):
    """The link was never ours, or leads nowhere any more."""

    def __init__(self) -> None:
        super().__init__(_("This link is not valid, or has run out."))


class RequestNotWaiting(Refused):
    """The request cannot be confirmed: a newer one of the same person replaced it, or it has ended."""


class AlreadyRegistered(Refused):
    """The address has an active registration for this webinar."""

    def __init__(self) -> None:
        super().__init__(_("This address is already registered for this webinar."))


class SameAddress(Refused):
    """The new address is the one the registration has."""

    def __init__(self) -> None:
        super().__init__(_("This is the address your registration has."))


class JoiningNotPossible(Refused):
    """The meeting cannot be joined with this link now."""


class TooManyAttempts(Refused):
    """Somebody, or somebody's network, has sent this form too often; it may be sent again after `retry_after`."""

    def __init__(self, retry_after: timedelta) -> None:
        minutes = -(-retry_after // timedelta(minutes=1))
        super().__init__(
            ngettext(
                "This form was sent too often. Please wait %(minutes)d minute, then send it again: "
                "what you filled in is still here.",
                "This form was sent too often. Please wait %(minutes)d minutes, then send it again: "
                "what you filled in is still here.",
                minutes,
            )
            % {"minutes": minutes}
        )
        self.retry_after = retry_after


class MeetingUrlsNotTaken(Refused):
    """At least one line of an import of personal meeting addresses cannot be taken, so none is."""

    def __init__(self) -> None:
        super().__init__(_("Nothing was imported: correct the lines that cannot be taken."))


class ImportNotPossible(Refused):
    """A line of a list of registrations cannot be taken, and is not to be left out; or none can be taken."""

    def __init__(self) -> None:
        super().__init__(
            _("Nothing was imported: correct the lines that cannot be taken, or leave them out.")
        )


class PrivacyNotAcknowledged(Refused):
    """Somebody whom staff entered has not said yet that they have read the privacy statement."""

    def __init__(self) -> None:
        super().__init__(_("Tick the box to say that you have read the privacy statement."))


class AttendanceNotPossible(Refused):
    """This attendance report cannot be saved, or this attendance not be matched, in this way."""


class FollowUpNotPossible(Refused):
    """Nobody can be told of recording, slides or feedback now."""


class ErasureNeedsReason(Refused):
    """A member of staff who erases somebody has to say why."""

    def __init__(self) -> None:
        super().__init__(_("Write the reason, and name nobody in it: it stays in the history."))


class ChangedMeanwhile(Refused):
    """Seats are no longer as the page showed them; `count` says how many, `first` what changed about the first."""

    def __init__(self, count: int, first: str) -> None:
        words = ngettext(
            "Nothing was changed: %(count)d place has changed since this page was opened. %(first)s "
            "The page shows it as it is now; what you wrote is still here. Send it again if it still "
            "holds.",
            "Nothing was changed: %(count)d places have changed since this page was opened. "
            "%(first)s The page shows them as they are now; what you wrote is still here. Send it "
            "again if it still holds.",
            count,
        )
        super().__init__(words % {"count": count, "first": first})


class ReasonNeeded(Refused):
    """The decision has to say why."""

    def __init__(self) -> None:
        super().__init__(_("Write the reason; the person will read it."))


class ReasonDoesNotFit(Refused):
    """A reason of the table was chosen that goes with other decisions."""

    def __init__(self) -> None:
        super().__init__(_("This reason does not go with this decision."))


class OrderNotChanged(Refused):
    """Somebody cannot be moved on the waiting list in this way."""


class OverrideNotPossible(Refused):
    """This seat cannot be approved against its verdict in this way."""


class ContestNotPossible(Refused):
    """This seat cannot be contested, or this contest not be answered, in this way."""


class AddressNotBounced(Refused):
    """There is nothing to try again: mail goes to this address."""

    def __init__(self) -> None:
        super().__init__(_("Mail goes to this address already."))


class TooManyChosen(Refused):
    """More rows were chosen than one page can answer for."""

    def __init__(self, most: int) -> None:
        super().__init__(_("Choose %(most)d at most.") % {"most": most})


class MailNotResendable(Refused):
    """This mail cannot be sent again."""


class MailTextRefused(Refused):
    """These words cannot be the text of this mail; `problems` says why, by field, "" for the whole."""

    def __init__(self, problems: dict[str, list[str]]) -> None:
        super().__init__(" ".join(problem for found in problems.values() for problem in found))
        self.problems = problems


class NoAddress(Refused):
    """A member of staff has no address that a test could be sent to."""

    def __init__(self) -> None:
        super().__init__(_("Your account has no email address. Ask an administrator to add it."))


class BadTimes(Refused):
    """The times of a session do not make a meeting."""


class SessionIsCancelled(Refused):
    """A session that was cancelled does not change any more."""

    def __init__(self) -> None:
        super().__init__(_("This session is cancelled."))


class SessionIsOver(Refused):
    """A session that has ended does not change any more, and nobody is decided about in it (D-33)."""

    def __init__(self) -> None:
        super().__init__(_("This session is over."))


class ChangeIsReleased(Refused):
    """A change of a session reaches calendars already, and half of them would be wrong."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "This change is released, and calendars follow it already: it cannot be stopped half-way. "
                "Change the session again instead."
            )
        )


class LaterChangeWaits(Refused):
    """A later change of the same session is in its stop window, and the earlier one leaves with it."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "A later change of this session waits too, and both are released together. Begin with that one."
            )
        )


class NothingToPublish(Refused):
    """The working agenda says what was published last."""

    def __init__(self) -> None:
        super().__init__(_("The working agenda has no change since it was last published."))
