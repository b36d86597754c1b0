"""What the pages around drafts share: permissions, what a form is filled with, and how a refusal is told."""

from contextlib import AbstractContextManager
from typing import Any

from django import forms
from django.http import HttpRequest

from eligibility.services import PublishingRefused
from webinar_site.foundation.desk.pages import refusals_of

VIEW_EDITIONS = "eligibility.view_listedition"
VIEW_RULES = "eligibility.view_ruleversion"
DRAFT_RULES = "eligibility.draft_rules"
PUBLISH_RULES = "eligibility.publish_rules"


def publishing_refusals_in(form: forms.BaseForm) -> AbstractContextManager[None]:
    """Put the reason into the form where a service refuses, and go on behind the block."""
    return refusals_of(form, PublishingRefused)


def sent(request: HttpRequest) -> dict[str, Any]:
    """Return what a form is filled with, by the names of its arguments: on a POST what was sent, else nothing."""
    return {"data": request.POST, "files": request.FILES} if request.method == "POST" else {}
