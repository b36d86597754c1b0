"""The floor that the site is measured against: the least that Django and Celery need to do the same.

One view with a ModelForm and one INSERT, one that reads a row and answers a calendar file, one task that mails a
prepared invitation to many people over one connection and marks each. It takes DATABASE_URL, REDIS_URL and EMAIL_URL
as the site does; `python -m tests.benchmarks.floor` makes its table.
"""

import os
import smtplib

import environ
from celery import Celery
from django import forms
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection, models
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.urls import path
from django.utils.html import escape

CALENDAR = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:floor\r\nBEGIN:VEVENT\r\nUID:1\r\nATTENDEE:mailto:{}\r\n"
CALENDAR += "DTSTART:20310428T083000Z\r\nDTEND:20310428T103000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
MAIL = "From: floor@example.org\r\nTo: {}\r\nSubject: Invitation\r\nContent-Type: text/calendar; method=REQUEST\r\n\r\n"

env = environ.Env()
settings.configure(
    SECRET_KEY="floor",
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["*"],
    DATABASES={"default": {**env.db(), "CONN_MAX_AGE": None}},
    USE_TZ=True,
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
)
application = get_wsgi_application()
app = Celery("floor", broker=env("REDIS_URL"))
app.conf.update(task_ignore_result=True, worker_prefetch_multiplier=1, task_default_queue="floor")


class Person(models.Model):
    """Somebody who registered."""

    first_name = models.CharField(max_length=100)
    last_name = models.CharField(max_length=100)
    email = models.EmailField()
    organisation = models.CharField(max_length=200)
    organisation_type = models.CharField(max_length=40)
    country = models.CharField(max_length=2)
    is_mailed = models.BooleanField(default=False)

    class Meta:
        app_label = "floor"

    def __str__(self) -> str:
        return self.email


class PersonForm(forms.ModelForm):
    """What they fill in."""

    class Meta:
        model = Person
        fields = ("first_name", "last_name", "email", "organisation", "organisation_type", "country")


def register(request: HttpRequest) -> HttpResponse:
    """Write somebody down."""
    form = PersonForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest(str(form.errors))
    return HttpResponse(f"Thank you, {escape(form.save().first_name)}.")


def calendar(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer somebody's calendar file."""
    return HttpResponse(CALENDAR.format(Person.objects.get(pk=pk).email), content_type="text/calendar")


urlpatterns = [path("register/", register), path("<int:pk>.ics", calendar)]


@app.task(name="floor.mail")
def mail(first: int, count: int) -> None:
    """Mail so many people a prepared invitation over one connection, and note of each that it was taken."""
    server = env.email_url("EMAIL_URL")
    with smtplib.SMTP(server["EMAIL_HOST"], server["EMAIL_PORT"]) as smtp:
        for number in range(first, first + count):
            to = f"person{number}@example.org"
            smtp.sendmail("floor@example.org", [to], (MAIL + CALENDAR).format(to, to).encode())
            Person.objects.filter(pk=number).update(is_mailed=True)


if __name__ == "__main__" and os.environ["DATABASE_URL"]:
    with connection.schema_editor() as editor:
        editor.create_model(Person)
