"""What moderators make of the questions that people sent for the discussion."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registrations.models.registration import Registration


def has_mark(state: str) -> Q:
    """Return the condition that a registration's question has this mark; one that nobody has looked at is new."""
    if state == QuestionMark.State.NEW:
        others = set(QuestionMark.State) - {QuestionMark.State.NEW}
        return ~Q(question_mark__isnull=False, question_mark__state__in=others)
    return Q(question_mark__state=state)


class QuestionMark(models.Model):
    """What is to become of one person's question; a question nobody has looked at has no mark yet."""

    class State(models.TextChoices):
        """What is to become of it."""

        NEW = "new", _("not looked at")
        TO_ASK = "to_ask", _("to be asked")
        ASKED = "asked", pgettext_lazy("question", "asked")
        ANSWERED = "answered", _("answered")
        LEFT_OUT = "left_out", _("left out")

    registration = models.OneToOneField(Registration, on_delete=models.CASCADE, related_name="question_mark")
    state = models.CharField(_("mark"), max_length=8, choices=State, default=State.NEW)
    position = models.PositiveSmallIntegerField(_("order"), null=True)
    changed_at = models.DateTimeField(
        null=True,
        help_text=_("When the person changed a question that was marked; empty since it was marked again."),
    )

    class Meta:
        verbose_name = _("mark of a question")
        verbose_name_plural = _("marks of questions")

    def __str__(self) -> str:
        return f"{self.registration.reference}: {self.get_state_display()}"
