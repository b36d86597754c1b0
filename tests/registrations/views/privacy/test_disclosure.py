import json
import re
from html import unescape

import pytest
from django.conf import settings
from django.utils import translation

from registrations import services
from registrations.models import AccessNeed, Attendance, LegalText, Override, QuestionMark, Registration
from registrations.services.decisions.moves import Decision
from registrations.services.privacy import description
from registrations.services.questions.marks import Mark
from registrations.states import Move
from tests.registrations import at_sight
from tests.registrations.factories import (
    ENDS,
    NOW,
    STARTS,
    approve,
    make_attendance,
    make_registration,
    make_session,
)

IN_FRENCH = {"Accept-Language": "fr"}


@pytest.fixture
def told(registration, approver):
    """Let somebody have everything there can be about them."""
    AccessNeed.objects.create(registration=registration, measure="captions")
    approve(registration, approver)
    services.people.ask_address_change(registration.pk, email="new@example.org", now=NOW)
    return registration


@pytest.fixture
def everything(told, session, later_session, approver):
    """Let there be at least one of everything that can be kept about somebody."""
    seat, later_seat = told.seats.order_by("session__number")
    texts = {text.kind: text for text in LegalText.objects.all()}
    Registration.objects.filter(pk=told.pk).update(
        question="Who pays?\nAnd when?",
        organisation="active",
        organisation_type="research",
        privacy_text=texts["privacy"],
        consent_text=texts["consents"],
        privacy_acknowledged_at=NOW,
        bounced_at=NOW,
        bounce_reply="550 no such user",
    )
    services.people.set_consent(told.pk, consent="share_contact", text_id=texts["consents"].pk, now=NOW)
    services.questions.mark_questions(
        told.webinar_id, marks={told.pk: Mark(QuestionMark.State.TO_ASK, 2)}, by=approver, now=NOW
    )
    reject = Decision(move=Move.REJECT, by=approver, now=NOW, reason="Sorry.", reason_code="twice")
    at_sight.decide_seats(told.pk, seat_ids=[later_seat.pk], decision=reject)
    objection = services.contests.file_contest(later_seat.pk, text="requested", now=NOW)
    at_sight.answer_contest(objection.pk, answer="We looked again.", put_back=False, by=approver, now=NOW)
    Override.objects.create(
        seat=seat, reason="A speaker.", requested_by=approver, requested_at=NOW, lapsed_at=NOW
    )
    stays = [[STARTS.isoformat(), ENDS.isoformat()]]
    make_attendance(
        session, by=approver, seat=seat, state=Attendance.State.MATCHED, match="hand", name="Ada", stays=stays
    )
    return Registration.objects.select_related("webinar").get(pk=told.pk)


def own(registration, name="data.json"):
    return f"{registration.personal_page()}{name}"


def test_file_holds_everything_that_is_kept(client, told):
    response = client.get(own(told))

    data = json.loads(response.content)
    assert response.headers["Content-Disposition"] == (
        f'attachment; filename="registration-{told.reference}.json"'
    )
    assert (data["email"], data["country"], data["access_needs"]) == ("ada@example.org", "BE", ["captions"])
    assert [seat["state"] for seat in data["sessions"]] == ["approved", "approved"]
    assert data["sessions"][0]["verdict"][-1] == "Result for Belgium on 28 April 2020: may take part."
    assert data["changes_of_address"] == [
        {"email": "new@example.org", "asked_at": "2020-04-20T10:00:00+02:00", "confirmed_at": None}
    ]
    assert [mail["kind"] for mail in data["mails"]] == ["invitation", "place_kept", "confirm_new_address"]
    assert [entry["action"] for entry in data["history"]] == ["approved", "approved", "address_asked"]


def test_every_column_about_a_person_is_in_the_file_or_left_out_on_purpose(told):
    left_out = {
        "id",
        "email_key",
        "search_key",
        "person_key",  # made of what is in it
        "confirm_token",
        "manage_token",  # the person has the links
        "privacy_text",
        "consent_text",
        "privacy_acknowledged_at",  # under consents
    }

    columns = {field.name for field in Registration._meta.concrete_fields}

    assert columns - left_out == set(services.privacy.own_data(told)) & columns


def shape(data):
    """Return which entries data have, without what they are called and hold: the same for names as for words."""
    if isinstance(data, dict):
        return [shape(inner) for inner in data.values()]
    return [shape(inner) for inner in data] if isinstance(data, list) else None


def entries(data):
    """Yield every name in data with what stands under it."""
    if isinstance(data, dict):
        yield from data.items()
    for inner in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from entries(inner)


def shown(page):
    """Return what a page shows under each label: every text of a label without entries of its own."""
    pairs = re.findall(r"<dt>([^<]*)</dt><dd>([^<]*)</dd>", page)
    return {(unescape(label), unescape(value)) for label, value in pairs}


def test_page_shows_labels_and_words(client, everything):
    page = client.get(own(everything, "data/")).text

    assert shown(page) >= {
        ("First name", "Ada"),
        ("State of the registration", "active"),
        ("Language of our mails", "English"),
        ("Type of organisation", "Research organisation or university"),
        ("Country of establishment", "Belgium"),
        ("You ask for a human look", "no"),
        ("Position", "nothing"),
        ("Registered on", "Monday 20 April 2020, 10:00 (Brussels time)"),
        ("What becomes of it", "to be asked"),
        ("You agree", "yes"),
        ("Since", "Monday 20 April 2020, 10:00 (Brussels time)"),
        ("Words", "Name me in a list."),
        ("Result by the official lists", "may take part"),
        ("Day for which the result holds", "28 April 2020"),
        ("Reason chosen", "You are registered twice; your other registration goes on."),
        ("Starts at", "Tuesday 28 April 2020, 10:30 (Brussels time)"),
        ("Recognised by", "by hand"),
        ("Kind", "place kept, date to be confirmed"),
        ("What", "new address given by the person"),
        ("Details as recorded", json.dumps({"change": everything.address_changes.get().pk})),
    }
    assert "<li>Live captions</li>" in page
    assert "<li>Tuesday 28 April 2020, 10:30 to 12:30 (Brussels time, CEST, UTC+2)</li>" in page
    assert f'href="{own(everything)}"' in page


def test_page_speaks_the_language_of_its_reader(client, everything):
    page = client.get(own(everything, "data/"), headers=IN_FRENCH).text

    assert shown(page) >= {
        ("Prénom", "Ada"),
        ("Adresse électronique", "ada@example.org"),
        ("Question pour le débat", "Who pays?\nAnd when?"),
        ("Fonction", "rien"),
        ("Vous acceptez", "oui"),
        ("Catégorie", "place réservée, date à confirmer"),
        ("Qui", "la personne"),
        ("Début", "mardi 28 avril 2020, 10\xa0h\xa030 (heure de Bruxelles)"),
    }
    assert "<h2>Historique</h2>" in page


@pytest.mark.parametrize("language", dict(settings.LANGUAGES))
def test_page_has_an_entry_for_everything_in_the_file(everything, language):
    with translation.override(language):
        words = services.privacy.own_data_in_words(everything)
    stored = services.privacy.own_data(everything)
    for entry in stored["history"]:
        entry["facts"] = "in one line"
    for seat in stored["sessions"]:
        for row in seat["attendance"]:
            row["stays"] = ["from and to in one line" for _stay in row["stays"]]

    assert shape(words) == shape(stored)


def test_page_shows_no_code_and_no_name_that_things_are_kept_by(everything):
    what_the_person_typed = {"organisation", "text", "question"}
    codes = {
        value
        for name, value in entries(services.privacy.own_data(everything))
        if name not in what_the_person_typed and isinstance(value, str)
        if re.fullmatch(r"[a-z]+(_[a-z]+)+|research|hand|twice|eligible|en|BE|.*T\d\d:\d\d:.*", value)
    }

    with translation.override("fr"):
        words = list(entries(services.privacy.own_data_in_words(everything)))

    assert codes >= {"research", "hand", "twice", "eligible", "en", "BE", "to_ask", "place_kept"}
    assert [value for _label, value in words if isinstance(value, str) and value in codes] == []
    assert [label for label, _value in words if "_" in label] == []


def test_column_without_a_label_for_readers_is_not_shown_under_its_name():
    with pytest.raises(KeyError, match="email_key"):
        description.label_of(Registration, "email_key")


def test_what_somebody_typed_is_no_code(client, everything):
    page = client.get(own(everything, "data/"), headers=IN_FRENCH).text

    assert {("Organisation", "active"), ("Question pour le débat", "Who pays?\nAnd when?")} <= shown(page)
    assert "<dd>requested</dd>" in page
    assert "<dd>active</dd>" in page


def test_file_keeps_names_and_codes_in_every_language(client, everything):
    english, french = (
        json.loads(client.get(own(everything), headers={"Accept-Language": language}).content)
        for language in ("en", "fr")
    )
    seat = english["sessions"][0]
    for data in (english, french):
        for each in data["sessions"]:
            del each["verdict"]  # sentences, in the reader's language

    assert english == french
    assert (english["state"], english["organisation_type"], english["created_at"]) == (
        "active",
        "research",
        "2020-04-20T10:00:00+02:00",
    )
    assert (seat["outcome"], seat["judged_as_of"], seat["told_method"]) == (
        "eligible",
        "2020-04-28",
        "REQUEST",
    )
    assert english["question_mark"] == {"state": "to_ask", "position": 2, "changed_at": None}
    assert english["mails"][1] == {
        "kind": "place_kept",
        "recipient": "ada@example.org",
        "state": "waiting",
        "created_at": "2020-04-20T10:00:00+02:00",
        "sent_at": None,
        "returned_at": None,
        "reply": "",
    }
    assert english["history"][2] == {
        "at": "2020-04-20T10:00:00+02:00",
        "actor": "person",
        "action": "address_asked",
        "facts": {"change": everything.address_changes.get().pk},
    }


def test_my_registration_leads_there(client, registration):
    assert f'href="{own(registration, "data/")}"' in client.get(registration.personal_page()).text


@pytest.mark.parametrize("name", ["data/", "data.json"])
def test_data_is_for_its_owner_only(client, told, name):
    response = client.get(own(told, name))

    assert (response.headers["Cache-Control"], response.headers["X-Robots-Tag"]) == ("no-store", "noindex")
    assert client.get(f"/r/forged/{name}").status_code == 404
    assert client.post(own(told, name)).status_code == 405


def test_data_shows_no_link_and_no_staff(client, told):
    text = client.get(own(told)).text

    assert told.manage_token not in text
    assert told.seats.first().join_token not in text
    assert "approver" not in text


def test_what_somebody_typed_stays_text(client, webinar, session):
    registration = make_registration(webinar, [session], question="<script>alert(1)</script>")

    page = client.get(own(registration, "data/")).text

    assert "<script>alert" not in page
    assert "<dd>&lt;script&gt;alert(1)&lt;/script&gt;</dd>" in page


def test_page_has_the_footnote_of_the_country_it_names(client, webinar, session):
    registration = make_registration(webinar, [session], country="XK")

    page = client.get(own(registration, "data/")).text

    assert '<p class="small">Kosovo*: This designation is without prejudice' in page


@pytest.mark.parametrize("name", ["data/", "data.json"])
@pytest.mark.parametrize("count", [1, 3])
def test_data_takes_a_fixed_number_of_queries(
    client, webinar, approver, django_assert_num_queries, count, name
):
    sessions = [make_session(webinar) for _number in range(count)]
    registration = approve(make_registration(webinar, sessions), approver)

    with django_assert_num_queries(15):
        client.get(own(registration, name))
