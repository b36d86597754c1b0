"""From a meeting's report to seats: what is found by what, what is queued, and what a corrected report keeps."""

from dataclasses import replace
from datetime import timedelta

import pytest

from registrations import services
from registrations.meeting_reports.attendance import Attendee, Report
from registrations.models import Attendance, AttendanceReport, HistoryEntry, Seat, WebinarSession
from registrations.services.attendance.report import ReportSource
from tests.registrations.factories import ENDS, MINUTE, NOW, STARTS, approve, make_registration, make_session

pytestmark = pytest.mark.django_db
SOURCE = ReportSource("a" * 64, {"columns": {"name": 0}, "order": "dmy", "is_utc": False})
WHOLE = ((STARTS, ENDS),)


@pytest.fixture
def ada(webinar, session, approver):
    return approve(
        make_registration(webinar, [session], first_name="Ada", last_name="Nørd", email="ada@example.org"),
        approver,
    )


def attendee(name="", email="", organisation="", intervals=WHOLE, **fields):
    return Attendee((2,), name, email, organisation, intervals=intervals, **fields)


def report(*attendees):
    return Report(attendees, ())


def preview(session, *attendees):
    return services.attendance.preview_attendance(session.pk, report(*attendees), source=SOURCE)


def save(session, editor, *attendees, source=SOURCE, now=ENDS):
    return services.attendance.save_attendance(
        session.pk, report(*attendees), source=source, by=editor, now=now
    )


def rows():
    return [
        (row.name, row.state, row.match, row.seat and row.seat.registration.first_name)
        for row in Attendance.objects.order_by("pk")
    ]


def found(session, *attendees):
    return [(row.state, row.match) for row in preview(session, *attendees).matched]


def press(registration, at):
    Seat.objects.filter(registration=registration).update(joined_at=at)


def test_address_finds_the_seat_however_it_is_written(session, ada):
    assert found(session, attendee("Somebody", "ADA@Example.org.")) == [("matched", "address")]


@pytest.mark.parametrize(
    ("pressed", "match"),
    [(STARTS, "joining"), (STARTS - 16 * MINUTE, "address"), (ENDS, "address"), (None, "address")],
    ids=["within the session", "before it opened", "after it", "never"],
)
def test_address_of_somebody_who_came_by_the_joining_page_is_found_by_that(session, ada, pressed, match):
    press(ada, pressed)

    assert found(session, attendee("Somebody", "ada@example.org")) == [("matched", match)]


@pytest.mark.parametrize(
    ("joined", "expected"),
    [
        (STARTS + 2 * MINUTE, ("matched", "joining")),
        (STARTS - 2 * MINUTE, ("matched", "joining")),
        (STARTS - 4 * MINUTE, ("open", "")),
        (STARTS + 16 * MINUTE, ("open", "")),
    ],
    ids=["just after", "clocks differ", "long before", "long after"],
)
def test_name_of_somebody_who_just_pressed_the_joining_button_is_enough(session, ada, joined, expected):
    press(ada, STARTS)

    assert found(session, attendee("NORD, Ada", intervals=((joined, ENDS),))) == [expected]


@pytest.mark.parametrize(
    ("name", "organisation"),
    [("Ada Nørd", "Cluster Nord"), ("nord ada", "CLUSTER NORD"), ("Ada Nørd (Cluster Nord)", "")],
)
def test_name_and_organisation_together_find_the_seat(session, ada, name, organisation):
    assert found(session, attendee(name, organisation=organisation)) == [("matched", "name")]


@pytest.mark.parametrize(
    ("name", "email", "organisation"),
    [("Ada Nørd", "", ""), ("Ada Nørd", "", "Cluster Süd"), ("Call-in User 2", "", ""), ("Ada", "other@example.org", "")],
    ids=["name alone", "another house", "telephone", "unknown address"],
)  # fmt: skip
def test_what_is_not_sure_waits_in_the_queue(session, ada, name, email, organisation):
    assert found(session, attendee(name, email, organisation)) == [("open", "")]


def test_name_that_two_have_finds_nobody(webinar, session, ada):
    make_registration(webinar, [session], first_name="Ada", last_name="Nørd")

    assert found(session, attendee("Ada Nørd", organisation="Cluster Nord")) == [("open", "")]


def test_seat_of_another_session_and_of_who_never_confirmed_is_not_found(webinar, session, ada):
    other = make_session(webinar)
    make_registration(webinar, [other], email="other@example.org")
    make_registration(webinar, [session], email="unproven@example.org", state="unconfirmed")

    assert found(session, attendee("A", "other@example.org"), attendee("B", "unproven@example.org")) == [
        ("open", ""),
        ("open", ""),
    ]


def test_address_of_who_withdrew_and_registered_again_finds_the_seat_that_counts(webinar, session, ada):
    make_registration(webinar, [session], email="ada@example.org", state="withdrawn", first_name="Old")

    [row] = preview(session, attendee("Ada", "ada@example.org")).matched

    assert row.seat.registration == ada


def test_whoever_runs_the_meeting_is_set_aside(session, ada):
    assert found(
        session, attendee("Moderator", role="Host"), attendee("Ada", "ada@example.org", role="Panelist")
    ) == [
        ("dismissed", ""),
        ("matched", "address"),
    ]


def test_attended_without_a_place_is_flagged(webinar, session, ada):
    make_registration(webinar, [session], email="waits@example.org")
    gone = make_registration(webinar, [session], email="gone@example.org", state="withdrawn")
    Seat.objects.filter(registration=gone).update(state="approved")

    seen = preview(session, *(attendee("X", f"{name}@example.org") for name in ("ada", "waits", "gone")))

    assert [row.seat.registration.email for row in seen.without_place] == [
        "waits@example.org",
        "gone@example.org",
    ]
    assert seen.found_by() == {
        "joining page": 0,
        "email address": 3,
        "name and organisation": 0,
        "by hand": 0,
    }


def test_saving_keeps_everybody_and_notes_numbers_alone(webinar, session, ada, editor):
    saved = save(session, editor, attendee("Ada", "ada@example.org"), attendee("Telephone"))

    assert rows() == [("Ada", "matched", "address", "Ada"), ("Telephone", "open", "", None)]
    assert Attendance.objects.first().stays == [[STARTS.isoformat(), ENDS.isoformat()]]
    assert (saved.session, saved.saved_by, saved.saved_at) == (session, editor, ENDS)
    entry = HistoryEntry.objects.get(action="attendance_imported")
    assert (entry.by, entry.session) == (editor, session)
    assert entry.facts == {"sha256": "a" * 64, "replaces": False, "rows": 2, "matched": 1, "without_place": 0}


def test_same_report_again_changes_nothing(session, ada, editor):
    first = save(session, editor, attendee("Ada", "ada@example.org"))

    assert preview(session, attendee("Ada", "ada@example.org")).is_saved
    assert save(session, editor, attendee("Ada", "ada@example.org")) == first
    assert HistoryEntry.objects.filter(action="attendance_imported").count() == 1


def test_same_report_read_in_another_way_takes_the_place_of_the_first(session, ada, editor):
    first = save(session, editor, attendee("Ada", "ada@example.org"))

    second = save(session, editor, attendee("Ada"), source=replace(SOURCE, reading={"columns": {}}))

    assert (AttendanceReport.objects.get(), first.pk != second.pk) == (second, True)
    assert rows() == [("Ada", "open", "", None)]


def test_corrected_report_keeps_what_staff_said_where_it_still_fits(session, ada, editor):
    save(session, editor, attendee("Ada on the phone"), attendee("Test"), attendee("Gone"))
    phone, test, gone = Attendance.objects.order_by("pk")
    seat = ada.seats.get()
    for row in (phone, gone):
        services.attendance.match_attendance(row.pk, seat_id=seat.pk, by=editor, now=ENDS)
    services.attendance.set_attendance_aside(test.pk, by=editor, now=ENDS)

    save(
        session,
        editor,
        attendee("ada ON the phone"),
        attendee("Test"),
        attendee("New"),
        source=replace(SOURCE, sha256="b" * 64),
    )

    assert rows() == [
        ("ada ON the phone", "matched", "hand", "Ada"),
        ("Test", "dismissed", "", None),
        ("New", "open", "", None),
    ]
    assert HistoryEntry.objects.filter(action="attendance_imported").first().facts["replaces"] is True


@pytest.mark.parametrize(
    ("fields", "attendees", "message"),
    [
        ({"starts_at": None, "ends_at": None}, [attendee("Ada")], "The session has no date"),
        ({}, [], "names nobody that can be read"),
        ({}, [attendee("Ada", intervals=((STARTS + timedelta(days=3), ENDS + timedelta(days=3)),))], "nobody was in the session"),
    ],
    ids=["no date", "nobody", "another day"],
)  # fmt: skip
def test_report_that_cannot_be_the_sessions_is_refused(session, editor, fields, attendees, message):
    WebinarSession.objects.update(**fields)

    with pytest.raises(services.errors.AttendanceNotPossible, match=message):
        preview(session, *attendees)
    with pytest.raises(services.errors.AttendanceNotPossible, match=message):
        save(session, editor, *attendees)
    assert AttendanceReport.objects.count() == 0


def test_matching_by_hand_is_noted_about_the_person_by_ids_alone(session, ada, editor):
    save(session, editor, attendee("Telephone"))
    row, seat = Attendance.objects.get(), ada.seats.get()

    services.attendance.match_attendance(row.pk, seat_id=seat.pk, by=editor, now=ENDS)
    services.attendance.match_attendance(row.pk, seat_id=seat.pk, by=editor, now=ENDS)
    services.attendance.reopen_attendance(row.pk, by=editor, now=ENDS)
    services.attendance.reopen_attendance(row.pk, by=editor, now=ENDS)
    services.attendance.set_attendance_aside(row.pk, by=editor, now=ENDS)
    services.attendance.set_attendance_aside(row.pk, by=editor, now=ENDS)

    facts = {"attendance": row.pk, "seat": seat.pk}
    entries = HistoryEntry.objects.filter(action__startswith="attendance_").order_by("pk")
    assert list(entries.values_list("action", "registration", "facts"))[1:] == [
        ("attendance_matched", ada.pk, facts),
        ("attendance_opened", ada.pk, facts),
        ("attendance_dismissed", None, {"attendance": row.pk, "seat": None}),
    ]


def test_matching_with_somebody_of_another_session_is_refused(webinar, session, ada, editor):
    save(session, editor, attendee("Telephone"))
    other = make_registration(webinar, [make_session(webinar)]).seats.get()

    with pytest.raises(services.errors.AttendanceNotPossible, match="registered for this session"):
        services.attendance.match_attendance(
            Attendance.objects.get().pk, seat_id=other.pk, by=editor, now=ENDS
        )


def test_attendance_of_a_report_that_is_replaced_cannot_be_matched(session, ada, editor):
    save(session, editor, attendee("Telephone"))
    row = Attendance.objects.get()
    save(session, editor, attendee("Telephone"), source=replace(SOURCE, sha256="b" * 64))

    with pytest.raises(services.errors.AttendanceNotPossible, match="A newer report"):
        services.attendance.match_attendance(row.pk, seat_id=ada.seats.get().pk, by=editor, now=ENDS)


def test_minutes_of_two_devices_count_once_and_not_before_the_session(session, ada, editor):
    long = ((STARTS - 30 * MINUTE, STARTS + 60 * MINUTE),)
    save(
        session,
        editor,
        attendee("Ada", "ada@example.org", intervals=long),
        attendee("Ada Nørd", organisation="Cluster Nord", intervals=((STARTS, STARTS + 90 * MINUTE),)),
    )

    of_seat = list(ada.seats.get().attendances.all())

    assert (len(of_seat), services.attendance.minutes_there(of_seat, session)) == (2, 90)
    assert services.attendance.minutes_there(of_seat[:1], session) == 60
    assert services.attendance.minutes_there([], session) == 0


@pytest.mark.parametrize("count", [1, 3])
def test_saving_takes_a_fixed_number_of_queries(webinar, session, editor, count, django_assert_num_queries):
    people = [make_registration(webinar, [session]) for _number in range(count)]
    attendees = [attendee("X", person.email) for person in people]

    with django_assert_num_queries(9):
        save(session, editor, *attendees)


@pytest.fixture
def telephone(session, ada, editor):
    save(session, editor, attendee("Nord's iPhone", organisation="Cluster"))
    return Attendance.objects.select_related("report").get()


def test_candidates_are_those_who_share_most_words(webinar, session, telephone, ada):
    others = [
        make_registration(webinar, [session], organisation=house, last_name="Else", first_name=name)
        for name, house in (("Bob", "Cluster Süd"), ("Eve", "Institute"))
    ]
    for person in others:
        person.search_key = f"{person.first_name} else {person.organisation}".lower()
        person.save()

    found = services.attendance.candidates_for(telephone)

    assert [seat.registration.first_name for seat in found] == ["Ada", "Bob"]


@pytest.mark.parametrize(
    ("search", "names"), [("nord ada", ["Ada"]), ("nord bob", []), ("  ", ["Ada"]), ("q " * 99, [])]
)
def test_candidates_match_every_word_of_a_search(telephone, search, names):
    assert [
        seat.registration.first_name for seat in services.attendance.candidates_for(telephone, search)
    ] == names


def test_candidates_for_somebody_without_a_word_that_tells_are_none(session, ada, editor):
    save(session, editor, attendee("?"))

    assert services.attendance.candidates_for(Attendance.objects.select_related("report").get()) == []


def test_now_is_before_the_session():
    assert NOW < STARTS
