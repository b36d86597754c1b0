"""Publishing the agenda."""

from datetime import time

import pytest
from django.urls import reverse

from registrations import services
from registrations.models import AgendaVersion, BulkJob
from tests.pages import was_changed
from tests.registrations.desk.reading import messages, words
from tests.registrations.factories import (
    NOW,
    carry_out,
    kinds,
    make_agenda_item,
    make_registration,
)

pytestmark = pytest.mark.usefixtures("signed_in")


@pytest.fixture
def url(webinar):
    return reverse("admin:registrations_webinar_publish_agenda", args=[webinar.pk])


def test_first_agenda_is_shown_and_published(url, webinar, session, editor, client):
    participant = make_registration(webinar, [session])
    make_agenda_item(session, starts_at=time(10, 30), title="Welcome", speakers="Ada")
    shown = client.get(url)

    response = client.post(url, {"seen": shown.context["seen"]}, follow=True)

    carry_out()
    assert "No agenda has been published yet." in words(shown)
    assert "New: Session 1, 10:30: Welcome (Ada)" in words(shown)
    assert (
        "1 person who has or awaits a place is told by mail what changed, unless you tick the box."
        in words(shown)
    )
    assert messages(response) == [
        "The agenda is published. This page says when everybody who has or awaits a place is told."
    ]
    assert (AgendaVersion.objects.get().number, kinds(participant)) == (1, ["agenda"])


def test_published_agenda_leads_to_the_job_that_tells(url, session, editor, client):
    make_agenda_item(session)

    response = client.post(url, {"seen": client.get(url).context["seen"]})

    job = BulkJob.objects.get()
    assert response["Location"] == reverse("admin:registrations_bulkjob_change", args=[job.pk])


def test_agenda_is_published_silently(url, webinar, session, editor, client):
    participant = make_registration(webinar, [session])
    make_agenda_item(session)
    shown = client.get(url)

    response = client.post(url, {"seen": shown.context["seen"], "silent": "on"}, follow=True)

    carry_out()
    assert ("Tell nobody" in words(shown), "Only where a misprint was corrected." in words(shown)) == (
        True,
        True,
    )
    assert messages(response) == ["The agenda is published, and nobody is told."]
    assert response.redirect_chain == [
        (reverse("admin:registrations_webinar_change", args=[webinar.pk]), 302)
    ]
    assert (AgendaVersion.objects.count(), BulkJob.objects.count(), kinds(participant)) == (1, 0, [])


def test_page_shows_what_changed_since_the_last_one(url, webinar, session, editor, client):
    moved = make_agenda_item(session, starts_at=time(10, 30), title="Welcome")
    dropped = make_agenda_item(session, starts_at=time(11, 0), title="Dropped")
    services.agenda.publish_agenda(webinar.pk, by=editor, now=NOW)
    dropped.delete()
    moved.starts_at = time(10, 45)
    moved.save()
    make_agenda_item(session, starts_at=time(12, 0), title="Questions")

    page = words(client.get(url))

    assert "Agenda 1 was published on" in page
    assert "New: Session 1, 12:00: Questions" in page
    assert "Was: Session 1, 10:30: Welcome <br>Now: Session 1, 10:45: Welcome" in page
    assert "Gone: Session 1, 11:00: Dropped" in page


def test_page_without_a_change_has_no_button(url, webinar, session, editor, client):
    make_agenda_item(session)
    services.agenda.publish_agenda(webinar.pk, by=editor, now=NOW)

    page = words(client.get(url))

    assert ("there is nothing to publish" in page, 'name="seen"' in page) == (True, False)


def test_nothing_to_publish_is_refused(url, webinar, session, editor, client):
    make_agenda_item(session)
    services.agenda.publish_agenda(webinar.pk, by=editor, now=NOW)

    response = client.post(url, {"seen": client.get(url).context["seen"]})

    assert response.context["form"].non_field_errors() == [
        "The working agenda has no change since it was last published."
    ]
    assert AgendaVersion.objects.count() == 1


def test_what_a_colleague_changed_meanwhile_is_shown_first(url, session, editor, client):
    make_agenda_item(session)
    shown = client.get(url)
    make_agenda_item(session, title="Questions")

    response = client.post(url, {"seen": shown.context["seen"]})

    assert messages(response) == [was_changed()]
    assert (AgendaVersion.objects.count(), "Questions" in words(response)) == (0, True)


def test_agenda_of_a_webinar_that_is_not_there_is_not_found(editor, client):
    response = client.get(reverse("admin:registrations_webinar_publish_agenda", args=[4711]))

    assert response.status_code == 404
