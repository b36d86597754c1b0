"""Answering somebody who contests the result for their seat."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eligibility.explain import explain_html
from registrations import services
from registrations.desk.refusals import refusals_in
from registrations.models import Contest, MailKind
from registrations.states import Move
from webinar_site.foundation.desk.pages import StaffRequest, back_to, show, tell, warn


class ContestReplyForm(forms.Form):
    """What staff answer to an objection, and whether they will decide about the seat again."""

    answer = forms.CharField(
        label=gettext_lazy("Answer"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "cols": 80}),
        help_text=gettext_lazy("The person reads it in the mail and on their own page."),
    )
    put_back = forms.BooleanField(label=gettext_lazy("Put the place back to requested"), required=False)

    def __init__(self, why_not_put_back: str, data: Any = None) -> None:
        """Offer no tick where the seat cannot be put back, and say why; a page opened before that is refused later."""
        super().__init__(data)
        self.fields["put_back"].help_text = why_not_put_back
        if why_not_put_back:
            self.fields["put_back"].widget.attrs["disabled"] = True


def answer_contest(request: StaffRequest, contest_id: int) -> HttpResponse:
    """Show what somebody contests, the verdict and who will be told what; the POST answers."""
    waiting = Contest.objects.open()
    contest = waiting.select_related("seat__registration", "seat__session").filter(pk=contest_id).first()
    if contest is None:
        warn(request, _("A colleague was faster: this objection is already answered."))
        return redirect("admin:registrations_contest_changelist")
    seat = contest.seat
    why_not_put_back = str(
        services.decisions.why_not(seat, Move.PUT_BACK, timezone.now(), services.seats.Places()) or ""
    )
    form = ContestReplyForm(why_not_put_back, request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_in(form):
            reply = services.contests.ContestReply(**form.cleaned_data, shown=request.POST.get("shown", ""))
            services.contests.answer_contest(contest.pk, reply=reply, by=request.user, now=timezone.now())
            tell(request, _("The objection is answered."))
            return back_to(seat.registration)
    return show(
        request,
        "registrations/contests/answer.html",
        seat.registration,
        title=_("Answer a contest"),
        contest=contest,
        seat=seat,
        reasons=explain_html(seat.verdict) if seat.verdict else [],
        waiting=services.seats.waiting_about([seat.pk]),
        mail=MailKind.CONTEST_ANSWERED.label if seat.registration.is_active else "",
        put_back_mail="" if why_not_put_back else services.decisions.mail_told(seat, Move.PUT_BACK),
        form=form,
    )
