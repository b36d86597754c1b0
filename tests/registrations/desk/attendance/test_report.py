"""The pages about who was there: a report is read, its columns named, shown, saved, and the rest matched by hand."""

from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from registrations.models import Attendance, AttendanceReport, Seat, WebinarSession
from registrations.services.attendance.report import minutes_there
from tests.pages import was_changed
from tests.registrations.desk.reading import messages, words
from tests.registrations.factories import (
    ENDS,
    NOW,
    STARTS,
    approve,
    make_attendance,
    make_registration,
    make_undated_session,
    make_user,
)
from tests.webinar_site.foundation.tables.test_workbooks import book

pytestmark = pytest.mark.usefixtures("signed_in")

CASES = Path(settings.BASE_DIR, "tests", "cases")
WAY_ON = "Open the list in a spreadsheet program, save it as “CSV UTF-8” or .xlsx, and choose that."
HEADINGS = "Display Name\tAttendee Email\tRole\tJoin Time\tLeave Time\tAttendance Duration"
ROWS = (
    "Ada Nord\tada@example.org\tAttendee\t2020-04-28 10:30:00\t2020-04-28 11:00:00\t30 mins",
    "Ada Nord\tada@example.org\tAttendee\t2020-04-28 11:30:00\t2020-04-28 12:30:00\t60 mins",
    "Call-in User 2\t\tAttendee\t2020-04-28 10:40:00\t2020-04-28 12:00:00\t80 mins",
    "Waiting Wanda\twanda@example.org\tAttendee\t2020-04-28 10:40:00\t2020-04-28 12:00:00\t80 mins",
    "The Moderator\tmod@example.eu\tHost\t2020-04-28 10:00:00\t2020-04-28 12:30:00\t150 mins",
)
TEXT = "\n".join((HEADINGS, *ROWS))


@pytest.fixture(autouse=True)
def _the_session_is_over(at_the_moment):
    """Open every page when the session has just ended."""
    with time_machine.travel(ENDS, tick=False):
        yield


@pytest.fixture
def ada(webinar, session, approver):
    make_registration(webinar, [session], first_name="Wanda", last_name="Wait", email="wanda@example.org")
    return approve(
        make_registration(webinar, [session], first_name="Ada", last_name="Nord", email="ada@example.org"),
        approver,
        now=NOW,
    )


def url(session, page="attendance", *args):
    return reverse(f"admin:registrations_webinarsession_{page}", args=[session.pk, *args])


def first(client, session, text=TEXT):
    """Read a report; return the page that asks which column says what, and what it would send back."""
    response = client.post(url(session, "attendance-upload"), {"text": text})
    reading = response.context["reading"]
    sent = {field.name: field.value() or "" for field in reading} if reading else {}
    return response, sent | {"text": text, "mapped": response.context["mapped"]}


def shown(client, session, text=TEXT, **changes):
    _response, sent = first(client, session, text)
    response = client.post(url(session, "attendance-upload"), sent | changes)
    return response, sent | changes | {"seen": response.context["token"]}


def save(client, session, text=TEXT, **changes):
    _response, sent = shown(client, session, text, **changes)
    return client.post(url(session, "attendance-upload"), sent | {"save": "Save"}, follow=True)


def test_reading_a_report_guesses_its_columns_and_shows_values(client, session, ada):
    response, sent = first(client, session)

    page = words(response)
    assert {name: sent[name] for name in ("name", "email", "role", "joined", "left", "duration")} == {
        "name": "0", "email": "1", "role": "2", "joined": "3", "left": "4", "duration": "5",
    }  # fmt: skip
    assert "Display Name (for example Ada Nord, Call-in User 2, Waiting Wanda)" in page
    assert (sent["order"], sent["clock"]) == ("dmy", "brussels")
    assert AttendanceReport.objects.count() == 0


def test_preview_says_what_saving_would_and_changes_nothing(client, session, ada):
    response, _sent = shown(client, session)

    page = words(response)
    assert "By the report, 4 people were in the session." in page
    assert "Matched (email address): 2" in page
    assert "To be matched by hand: 1" in page
    assert "Set aside, because they ran the meeting or were set aside before: 1" in page
    assert "Wanda Wait: <strong>attended without a place</strong>" in page
    assert AttendanceReport.objects.count() == 0


def test_saving_shows_figures_queue_and_who_had_no_place(client, session, ada):
    response = save(client, session)

    page = words(response)
    assert messages(response) == ["The attendance is saved."]
    assert '<th scope="row">attended, by the report</th><td>2</td>' in page
    assert '<th scope="row">minutes (median)</th><td>85</td>' in page
    assert '<th scope="row">attended without a place</th><td>1</td>' in page
    assert '<h2 id="without-place">Attended without a place</h2>' in page
    assert [row.name for row in response.context["rows"]] == ["Call-in User 2"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
@pytest.mark.parametrize("delimiter", ["\t", ",", ";"])
def test_file_in_any_of_webex_forms_is_read(client, session, ada, encoding, delimiter):
    upload = SimpleUploadedFile("report.csv", TEXT.replace("\t", delimiter).encode(encoding))

    response = client.post(url(session, "attendance-upload"), {"upload": upload})

    assert response.context["reading"].initial["joined"] == "3"
    assert response.context["report_form"]["text"].value() == TEXT.replace("\t", delimiter)


def test_another_file_starts_with_a_guess_of_its_own(client, session, ada):
    _response, sent = first(client, session)
    upload = SimpleUploadedFile(
        "report.csv", b"E-Mail-Adresse;Beitrittszeit;Dauer\na@b.eu;28.04.2020 10:30;5"
    )

    response = client.post(url(session, "attendance-upload"), sent | {"upload": upload})

    assert response.context["reading"].initial["email"] == "0"
    assert not response.context["reading"].is_bound


def test_dates_that_can_be_read_in_two_ways_are_asked_about(client, session, ada):
    text = TEXT.replace("2020-04-28", "04/05/2020")

    asked, _sent = shown(client, session, text)

    assert asked.context["reading"].errors == {
        "order": ["These dates can be read in two ways: say which of them is meant."]
    }
    assert "<title>Error: " in asked.text
    assert asked.context["seen"] is None


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"name": "", "email": ""}, {"__all__": ["Say in which column names or email addresses are."]}),
        ({"joined": "", "duration": ""}, {"__all__": ["Say in which column the time of joining, or the duration, is."]}),
        ({"name": "99"}, {"name": ["Select a valid choice. 99 is not one of the available choices."]}),
        ({"clock": "moon"}, {"clock": ["Select a valid choice. moon is not one of the available choices."]}),
    ],
    ids=["nobody", "no time", "no such column", "no such clock"],
)  # fmt: skip
def test_reading_that_cannot_be_is_refused(client, session, ada, changes, errors):
    response, _sent = shown(client, session, **changes)

    assert response.context["reading"].errors == errors
    assert AttendanceReport.objects.count() == 0


@pytest.mark.parametrize(("order", "is_refused"), [("dmy", False), ("mdy", True)])
def test_order_that_contradicts_the_dates_is_refused(client, session, ada, order, is_refused):
    response, _sent = shown(client, session, TEXT.replace("2020-04-28", "28/04/2020"), order=order)

    assert ("order" in response.context["reading"].errors) is is_refused


def test_times_in_gmt_are_read_as_such(client, session, ada):
    text = TEXT.replace("Join Time", "Join Time (GMT)").replace(" 10:", " 08:").replace(" 11:", " 09:")

    save(client, session, text.replace(" 12:", " 10:"))

    assert Attendance.objects.get(email="ada@example.org").stays[0][0] == "2020-04-28T08:30:00+00:00"


def test_report_of_another_day_is_refused(client, session, ada):
    response, _sent = shown(client, session, TEXT.replace("2020-04-28", "2020-05-13"))

    assert "another session's report" in response.context["reading"].non_field_errors()[0]


@pytest.mark.parametrize(
    ("data", "field", "message"),
    [
        (b"x" * 50_000_000, "upload", "This file is larger than 1 MB."),
        (b"PK\x03\x04\x14\x00\x06\x00", "upload", f"This is an archive of files (ZIP). {WAY_ON}"),
        (HEADINGS.encode(), "__all__", "There is no line below the headings."),
    ],
    ids=["50 MB", "archive", "headings alone"],
)
def test_file_that_cannot_be_read_is_refused(client, session, ada, data, field, message):
    upload = SimpleUploadedFile("report.csv", data)

    response = client.post(url(session, "attendance-upload"), {"upload": upload})

    assert response.context["form"].errors == {field: [message]}


def test_report_that_nobody_was_shown_is_not_saved(client, session, ada):
    _response, sent = shown(client, session)
    Seat.objects.filter(registration=ada).update(joined_at=session.starts_at)

    response = client.post(url(session, "attendance-upload"), sent | {"save": "Save"})

    assert messages(response) == [was_changed()]
    assert AttendanceReport.objects.count() == 0


def test_same_report_again_says_that_nothing_changes(client, session, ada):
    save(client, session)

    page, sent = shown(client, session)
    again = client.post(url(session, "attendance-upload"), sent | {"save": "Save"}, follow=True)

    assert "This report is saved already, read in the same way" in page.text
    assert messages(again) == ["This report was saved before, and nothing has changed."]


def test_line_that_cannot_be_read_is_named(client, session, ada):
    response, _sent = shown(client, session, f"{TEXT}\nBob\tbob@example.org\tAttendee\tat 10:75\t\t")

    assert "<li>Line 7: “at 10:75” is no time that can be read.</li>" in words(response)


def test_session_without_a_date_has_no_attendance(client, webinar, approver):
    session = make_undated_session(webinar)

    page = words(client.get(url(session, "attendance-upload")))

    assert "The session has no date" in page
    assert "<textarea" not in page


@pytest.fixture
def telephone(client, session, ada):
    save(client, session)
    return Attendance.objects.get(name="Call-in User 2")


def test_page_of_an_attendance_offers_who_it_may_have_been(client, session, telephone):
    response = client.get(url(session, "attendance-match", telephone.pk), {"q": "ada nord"})

    page = words(response)
    assert [seat.registration.first_name for seat in response.context["candidates"]] == ["Ada"]
    assert '<th scope="row">Minutes</th><td>80</td>' in page
    assert "Put back to be matched" not in page


def test_matching_setting_aside_and_putting_back(client, session, telephone, ada):
    address = url(session, "attendance-match", telephone.pk)

    said = [
        messages(client.post(address, sent, follow=True))
        for sent in (
            {"act": "match", "seat": ada.seats.get().pk},
            {"act": "reopen"},
            {"act": "aside"},
        )
    ]

    telephone.refresh_from_db()
    assert said == [
        ["The attendance is matched."],
        ["The attendance waits to be matched again."],
        ["The attendance is set aside."],
    ]
    assert (telephone.state, telephone.seat) == ("dismissed", None)


@pytest.mark.parametrize(
    ("sent", "errors"),
    [
        ({"act": "match"}, {"seat": ["Choose somebody from the list."]}),
        ({"act": "match", "seat": "x"}, {"seat": ["Choose somebody from the list."]}),
        ({"act": "match", "seat": "4711"}, {"__all__": ["Choose somebody who registered for this session."]}),
        ({"act": "eat"}, {"act": ["Select a valid choice. eat is not one of the available choices."]}),
    ],
)
def test_what_cannot_be_said_of_an_attendance_is_refused(client, session, telephone, sent, errors):
    response = client.post(url(session, "attendance-match", telephone.pk), sent)

    assert response.context["form"].errors == errors
    telephone.refresh_from_db()
    assert telephone.state == "open"


@pytest.mark.parametrize("state", ["open", "matched", "dismissed", "nonsense"])
def test_list_is_narrowed_by_state(client, session, telephone, state):
    response = client.get(url(session), {"state": state})

    names = {"matched": ["Ada Nord", "Waiting Wanda"], "dismissed": ["The Moderator"]}
    assert [row.name for row in response.context["rows"]] == names.get(state, ["Call-in User 2"])


def test_attendance_of_another_session_is_not_found(client, webinar, session, telephone):
    other = make_undated_session(webinar)

    assert client.get(url(other, "attendance-match", telephone.pk)).status_code == 404
    assert (
        client.get(reverse("admin:registrations_webinarsession_attendance", args=[4711])).status_code == 404
    )


def test_sessions_page_leads_there_and_shows_the_figures_once_it_has_begun(client, session, ada):
    page = reverse("admin:registrations_webinarsession_change", args=[session.pk])

    now = words(client.get(page))
    with time_machine.travel(NOW, tick=False):
        before = words(client.get(page))

    assert (url(session) in now, "came by the joining page" in now) == (True, True)
    assert (url(session) in before, "came by the joining page" in before) == (False, False)
    assert "No attendance report is saved." in now


@pytest.mark.parametrize("count", [1, 3])
def test_page_takes_a_fixed_number_of_queries(
    client, webinar, session, approver, count, django_assert_num_queries
):
    people = [make_registration(webinar, [session]) for _number in range(count)]
    rows = [f"X\t{person.email}\tAttendee\t2020-04-28 10:30:00\t\t30" for person in people]
    save(client, session, "\n".join((HEADINGS, *rows, f"{ROWS[2]}")))
    client.get(url(session))

    with django_assert_num_queries(14):
        client.get(url(session), {"state": "matched"})


def test_preview_shows_minutes_and_names_who_was_not_in_the_session(client, session, ada):
    late = "Late Lou\tlou@example.org\tAttendee\t2020-04-28 12:31:00\t2020-04-28 12:40:00\t9 mins"

    response, _sent = shown(client, session, f"{TEXT}\n{late}")

    page = words(response)
    assert "<td>Call-in User 2</td> <td></td> <td>80</td>" in page
    assert "1 line is about somebody who was not in the session, and counts for nothing:" in page
    assert "<li>Line 7: Late Lou: no time in the session.</li>" in page


def test_preview_says_on_which_day_times_without_a_date_are(client, session, ada):
    response, sent = shown(client, session, TEXT.replace("2020-04-28 ", ""))
    client.post(url(session, "attendance-upload"), sent | {"save": "Save"})

    assert "Times without a date are those of the session&#x27;s day, 28 April 2020." in words(response)
    assert Attendance.objects.get(email="ada@example.org").stays[0][0] == "2020-04-28T08:30:00+00:00"


def test_report_names_its_own_zone(client, session, ada):
    text = TEXT.replace("Join Time", "Join Time (GMT+03:00)").replace(" 10:", " 11:")

    page, sent = first(client, session, text)
    save(client, session, text)

    assert ("report", "UTC+03:00, as the report says") in page.context["reading"].fields["clock"].choices
    assert sent["clock"] == "report"
    assert AttendanceReport.objects.get().reading["zone"] == "UTC+03:00"


def test_report_in_an_assumed_encoding_says_so(client, session, ada):
    upload = SimpleUploadedFile("report.csv", TEXT.replace("Nord", "Nörd").encode("cp1252"))

    response = client.post(url(session, "attendance-upload"), {"upload": upload})

    assert "It is read as Windows-1252" in words(response)


@pytest.mark.parametrize(
    ("case", "rows"),
    [
        ("absent-rows", [("Ann Nord", 119)]),
        ("one-nul", [("Bo Sud", 119)]),
        ("teams-sections", [("Ann Nord", 88)]),
        ("before-the-session", None),
    ],
)
def test_reports_that_went_wrong_are_read(client, session, ada, case, rows):
    upload = SimpleUploadedFile("report.csv", (CASES / f"attendance-{case}.csv").read_bytes())
    response = client.post(url(session, "attendance-upload"), {"upload": upload})
    save(client, session, response.context["report_form"]["text"].value())

    saved = [(row.name, minutes_there([row], session)) for row in Attendance.objects.all()]
    assert (saved or None) == rows


def test_report_as_a_workbook_is_read(client, session, ada):
    upload = SimpleUploadedFile("report.xlsx", book([line.split("\t") for line in TEXT.split("\n")]))

    response = client.post(url(session, "attendance-upload"), {"upload": upload})

    assert response.context["report_form"]["text"].value() == f"{TEXT}\n"


@pytest.mark.parametrize(
    "page",
    [
        "webinarsession_attendance",
        "webinarsession_attendance-upload",
        "webinarsession_change",
        "webinarsession_follow-up",
        "webinarsession_waiting-list",
        "webinar_numbers",
        "webinar_happened",
    ],
)
def test_date_taken_back_breaks_no_page_that_knows_who_attended(page, webinar, session, client):
    by = make_user("root")
    User.objects.update(is_superuser=True)
    seat = approve(make_registration(webinar, [session]), by).seats.get()
    stays = [[STARTS.isoformat(), ENDS.isoformat()]]
    matched = {"state": Attendance.State.MATCHED, "match": Attendance.Match.HAND, "seat": seat}
    make_attendance(session, by=by, name="Ada", stays=stays, **matched)
    WebinarSession.objects.update(starts_at=None, ends_at=None)
    client.force_login(by)
    row = webinar if page.startswith("webinar_") else session

    response = client.get(reverse(f"admin:registrations_{page}", args=[row.pk]))

    assert response.status_code == 200
