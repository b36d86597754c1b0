"""What migrations do to rows that were there before."""

import json
import os
import subprocess
import sys
from importlib import import_module

import pytest
from django.apps import apps
from django.conf import settings
from django.db.migrations.loader import MigrationLoader

from registrations import services
from registrations.models import (
    AddressChange,
    BulkJob,
    Kind,
    OutgoingMail,
    Registration,
    Seat,
    WebinarSession,
)
from registrations.states import Move
from tests.registrations.factories import NOW, approve, decide, make_registration, make_session

pytestmark = pytest.mark.usefixtures("migrations")


def migration(topic):
    """Return the module of the migration about a topic, whatever its number."""
    (name,) = (
        name
        for app, name in MigrationLoader(None).disk_migrations
        if (app, name[5:]) == ("registrations", topic)
    )
    return import_module(f"registrations.migrations.{name}")


def migrated(folder, *stops):
    """Return what `tests.registrations.migrated` says of a database of its own that takes these stops."""
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "tests.registrations.migrated", *stops],
        cwd=settings.BASE_DIR,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "webinar_site.settings",
            "DATABASE_URL": f"sqlite:///{folder / 'site.sqlite3'}",
            "DATA_DIR": str(folder),
            "SECRET_KEY": "0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


# 0013, 0015 and 0016 of registrations and 0003 of eligibility changed labels alone; earlier migrations have them now.
OLD_SITES = {
    "half-way": [
        "eligibility.0002_proposals",
        "registrations.0012_webinar_language",
        "registrations.0013_names",
    ],
    "at the newest": [
        "registrations.0021_corrigendum",
        "registrations.0013_names",
        "registrations.0015_labels_of_columns",
        "registrations.0016_contest_received",
        "eligibility.0003_corrigendum",
    ],
}


@pytest.mark.long
@pytest.mark.embedded
def test_site_that_applied_migrations_of_labels_becomes_what_a_new_one_is(tmp_path):
    new = migrated(tmp_path / "new")

    assert new["left"] == []
    assert {name: migrated(tmp_path / name, *stops) for name, stops in OLD_SITES.items()} == dict.fromkeys(
        OLD_SITES, new
    )


def test_desk_fills_in_who_may_be_one_person_and_on_which_list_a_verdict_rests(webinar, session):
    for number, country in enumerate(("BE", "TN", "UA", "US")):
        make_registration(webinar, [session], country=country, first_name="Zoë", last_name=f"Ortiz {number}")
    make_registration(webinar, [session], kind=Kind.GUEST, first_name="", last_name="")
    before = [list(model.objects.order_by("pk").values()) for model in (Registration, Seat)]
    Registration.objects.update(person_key="")
    Seat.objects.update(list_key="")

    migration("desk").fill_person_keys(apps, None)
    migration("desk").fill_lists(apps, None)

    assert [list(model.objects.order_by("pk").values()) for model in (Registration, Seat)] == before
    assert list(Seat.objects.order_by("pk").values_list("list_key", flat=True)) == [
        "EU",
        "ENI",
        "COSME-3C",
        "",
        "",
    ]
    assert Registration.objects.order_by("pk").values_list("person_key", flat=True)[0] == "0 ortiz zoe"


@pytest.mark.parametrize("people", [1, 3])
def test_text_rewrites_what_people_are_searched_and_compared_by(
    webinar, session, django_assert_num_queries, people
):
    for number in range(people):
        make_registration(
            webinar,
            [session],
            first_name="\u200eZoë\u00a0",
            last_name=f"O\u2019Mueller {number}",
            organisation="Cluster\ufeff",
            question="One\u202e.\nTwo",
            email=f"{number}@example.org",
        )
    gone = make_registration(webinar, [session], kind=Kind.GUEST)
    services.privacy.erase(gone.pk, by=None, now=NOW)
    Registration.objects.exclude(pk=gone.pk).update(search_key="zoe", person_key="zoe")
    erased = Registration.objects.filter(pk=gone.pk).values().get()

    with django_assert_num_queries(2):
        migration("text").rewrite_names(apps, None)

    first = Registration.objects.earliest("pk")
    assert (first.first_name, first.organisation, first.question) == ("Zoë", "Cluster", "One.\nTwo")
    assert first.search_key == "zoe o'mueller 0 cluster omueller o'muller omuller 0@example.org"
    assert first.person_key == "0 muller o zoe"
    assert Registration.objects.filter(pk=gone.pk).values().get() == erased


def test_calendars_keeps_what_was_told_first(webinar, session, approver, settings):
    unheard_of, without_mails = make_session(webinar), make_session(webinar)
    settings.DEFAULT_FROM_EMAIL = "Clusters <old@first.example>"
    WebinarSession.objects.update(uid_domain="first.example")
    approve(make_registration(webinar, [session]), approver)
    settings.DEFAULT_FROM_EMAIL = "Clusters <new@second.example>"
    person = approve(make_registration(webinar, [session, without_mails]), approver)
    OutgoingMail.objects.filter(seat__session=without_mails).delete()
    WebinarSession.objects.update(uid_domain="second.example", organiser_email="", organiser_name="")

    migration("calendars").keep_what_was_told(apps, None)

    columns = ("pk", "uid_domain", "organiser_email", "organiser_name")
    assert list(WebinarSession.objects.order_by("pk").values_list(*columns)) == [
        (session.pk, "first.example", "old@first.example", "Clusters"),
        (unheard_of.pk, "second.example", "", ""),
        (without_mails.pk, "second.example", "new@second.example", "Clusters"),
    ]
    assert person.seats.count() == 2


def test_calendars_puts_people_before_jobs(webinar, session, approver):
    person = approve(make_registration(webinar, [session]), approver)
    decide(person, approver, Move.REJECT)
    invitation, rejected = OutgoingMail.objects.order_by("pk")
    job = BulkJob.objects.create(kind=BulkJob.Kind.AGENDA, created_at=NOW)
    OutgoingMail.objects.filter(pk=invitation.pk).update(job=job)
    OutgoingMail.objects.update(priority=0, cancels=False)

    migration("calendars").put_people_first(apps, None)

    rows = OutgoingMail.objects.order_by("pk").values_list("pk", "priority", "cancels")
    assert list(rows) == [(invitation.pk, 1, False), (rejected.pk, 0, True)]


def test_calendars_writes_keys_of_other_domains_anew(webinar, capsys):
    moved = make_registration(webinar, email="Zoe@faß.example")
    twice = make_registration(webinar, email="ada@straße.example")
    ascii_one = make_registration(webinar, email="bob@example.org", reference="ASCI-IONE")
    impossible = make_registration(webinar, email="eve@example.org")
    change = AddressChange.objects.create(registration=ascii_one, email="b@faß.example", asked_at=NOW)
    other = make_registration(webinar, email="ada@xn--strae-oqa.example", state="expired")
    for row, key in ((moved, "zoe@fass.example"), (twice, "ada@strasse.example")):
        Registration.objects.filter(pk=row.pk).update(email_key=key)
    Registration.objects.filter(pk=impossible.pk).update(email="eve@i❤.example", email_key="eve@old")
    Registration.objects.filter(pk=other.pk).update(state="active")

    migration("calendars").write_keys_anew(apps, None)

    keys = Registration.objects.order_by("pk").values_list("email_key", flat=True)
    assert list(keys) == [
        "zoe@xn--fa-hia.example",
        "ada@strasse.example",
        "bob@example.org",
        "eve@old",
        "ada@xn--strae-oqa.example",
    ]
    change.refresh_from_db()
    assert change.email_key == "b@xn--fa-hia.example"
    told = capsys.readouterr().out
    assert told == f"{twice.reference} and {other.reference} have one address: end one of them.\n"
