"""From a report's rows to people: rejoins are one, two devices count once, and what cannot be read is named."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registrations.meeting_reports import attendance
from registrations.meeting_reports.attendance import (
    Attendee,
    Reading,
    WrongRow,
    guess,
    key_of,
    read_report,
    time_there,
    words_of,
)
from registrations.meeting_reports.headings import Part, part_of
from registrations.meeting_reports.times import Order
from tests.examples import examples
from webinar_site.foundation.days import BRUSSELS
from webinar_site.foundation.tables import reader
from webinar_site.foundation.tables.delimited import decode

HEADINGS = "Display Name\tAttendee Email\tCompany\tRole\tJoin Time\tLeave Time\tAttendance Duration\n"


def table(*rows, headings=HEADINGS):
    return read_table(headings + "\n".join("\t".join(row) for row in rows))


def read_table(text):
    return reader.read_table(text, most_rows=1000, known=lambda cell: part_of(cell) is not None)


def people(*rows):
    report = table(*rows)
    return read_report(report, guess(report), SESSION)


def at(hour, minute=0):
    return datetime(2020, 4, 28, hour, minute, tzinfo=UTC)


SESSION = (at(8, 30), at(10, 30))  # 10:30 to 12:30 in Brussels


def row(name="Ada Person", email="ada@example.org", joined="10:30", left="12:30", house="", duration=""):
    joined, left = (f"2020-04-28 {time}" if time else "" for time in (joined, left))
    return (name, email, house, "Attendee", joined, left, duration)


def test_rejoins_are_one_person_whose_time_is_summed():
    report = people(row(left="11:00"), row(name="Ada", email="ADA@example.org", joined="11:30", left="12:00"))

    assert report.attendees == (
        Attendee(
            (2, 3),
            "Ada Person",
            "ada@example.org",
            role="Attendee",
            intervals=((at(8, 30), at(9)), (at(9, 30), at(10))),
        ),
    )


def test_time_on_two_devices_counts_once():
    report = people(row(left="11:30"), row(joined="11:00", left="12:00"), row(joined="12:00", left="12:15"))

    [ada] = report.attendees
    assert ada.intervals == ((at(8, 30), at(10, 15)),)


def test_rows_without_an_address_are_one_person_by_name_and_organisation():
    report = people(
        row(email="", house="Nord"),
        row(name="PERSON, Ada", email="", house="NORD", joined="12:00", left="12:10"),
        row(email="", house="Süd"),
        row(name="Call-in User 2", email=""),
    )

    assert [(each.name, each.organisation, each.lines) for each in report.attendees] == [
        ("Ada Person", "Nord", (2, 3)),
        ("Ada Person", "Süd", (4,)),
        ("Call-in User 2", "", (5,)),
    ]


@pytest.mark.parametrize(
    ("given", "intervals", "elsewhere"),
    [
        pytest.param(
            {"left": "", "duration": "90 mins"}, ((at(8, 30), at(10)),), 0, id="duration for leaving"
        ),
        pytest.param({"left": ""}, ((at(8, 30), at(8, 30)),), 0, id="joining alone"),
        pytest.param({"joined": "", "left": "", "duration": "1:30:00"}, (), 90, id="duration alone"),
        pytest.param(
            {"duration": "3 mins"}, ((at(8, 30), at(10, 30)),), 0, id="times go before the duration"
        ),
    ],
)
def test_time_by_whatever_the_report_gives(given, intervals, elsewhere):
    [ada] = people(row(**given)).attendees

    assert (ada.intervals, ada.elsewhere) == (intervals, timedelta(minutes=elsewhere))


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        (row(name="", email=""), "It names nobody."),
        (row(joined="10h99"), "“2020-04-28 10h99” is no time that can be read."),
        (row(joined="12:30", left="10:30"), "Somebody leaves before they join."),
        (row(duration="9" * 200), f"“{'9' * 40}” is no duration that can be read."),
    ],
    ids=["nobody", "time", "backwards", "duration"],
)
def test_row_that_cannot_be_read_is_named_and_left_out(wrong, what):
    report = people(row(), wrong)

    assert (len(report.attendees), report.wrong) == (1, (WrongRow(3, what),))


def test_guess_says_nothing_of_dates_that_can_be_read_in_two_ways():
    columns = {Part.NAME: 0, Part.JOINED: 1}

    assert guess(table(("Ada", "05/06/2020 10:30"), headings="Name\tJoin Time\n")) == Reading(columns)
    assert guess(table(("Ada", "28/04/2020 10:30"), headings="Name\tJoin Time (GMT)\n")) == Reading(
        columns, Order.DAY_FIRST, UTC
    )


def test_time_is_capped_at_the_length_of_the_session():
    intervals = [(at(8), at(9)), (at(8, 30), at(12))]
    all_day = (at(0), at(23))

    assert time_there(intervals, timedelta(minutes=5), session=SESSION) == timedelta(hours=2)
    assert time_there(intervals, timedelta(minutes=5), session=all_day) == timedelta(hours=4, minutes=5)


CASES = Path(__file__).parents[2] / "cases"


def read_case(name):
    text, _is_assumed = decode((CASES / f"attendance-{name}.csv").read_bytes())
    report = read_table(text)
    return read_report(report, guess(report), SESSION)


def minutes(attendee, session=SESSION):
    return round(time_there(attendee.intervals, attendee.elsewhere, session=session).total_seconds() / 60)


@pytest.mark.parametrize(
    ("case", "people", "wrong", "absent"),
    [
        ("absent-rows", [("Ann Nord", 119)], (), ((3, "Bo Sud: not there, says the report."), (4, "Cy Ouest: not there, says the report."))),
        ("before-the-session", [], (), ((2, "Ann Nord: no time in the session."),)),
        ("one-nul", [("Bo Sud", 119)], ((2, "“Ann\ufffd Nord” has a character that cannot be read."),), ()),
        ("teams-sections", [("Ann Nord", 88)], (), ()),
    ],
)  # fmt: skip
def test_reports_that_went_wrong(case, people, wrong, absent):
    report = read_case(case)

    assert [(each.name, minutes(each)) for each in report.attendees] == people
    assert tuple((row.line, row.what) for row in report.wrong) == wrong
    assert tuple((row.line, row.what) for row in report.absent) == absent


@pytest.mark.parametrize(
    ("joined", "left", "expected"),
    [
        ("10:30", "12:30", 120),
        ("10:00", "10:31", 1),
        ("10:20", "10:29", None),
        ("10:20", "10:30", None),
        ("10:20", "12:45", 120),
        ("12:29", "13:30", 1),
        ("12:30", "13:30", None),
        ("12:40", "12:50", None),
        ("10:40", "10:40", None),
        ("10:20", "", None),
        ("10:40", "", 0),
        ("", "", None),
        ("--", "--", None),
    ],
)
def test_only_time_in_the_session_counts(joined, left, expected):
    report = read_table(f"Name\tJoin Time\tLeave Time\nAda\t{joined}\t{left}")
    found = read_report(report, guess(report), SESSION)

    assert [minutes(each) for each in found.attendees] == ([] if expected is None else [expected])
    assert [row.line for row in found.absent] == ([2] if expected is None else [])


@pytest.mark.parametrize(
    ("heading", "cell", "is_there"),
    [
        ("Attended", "Yes", True), ("Attended", "No", False), ("Teilgenommen", "Nein", False), ("Teilgenommen", "Ja", True),
        ("A participé", "Non", False), ("A participé", "Oui", True), ("Status", "Absent", False), ("Anwesenheit", "Abwesend", False),
        ("Status", "Waiting room", False), ("Role", "Lobby", False), ("In Waiting Room", "Yes", False),
        ("In Waiting Room", "No", True), ("In Waiting Room", "", True), ("Salle d'attente", "Oui", False), ("Im Warteraum", "Ja", False),
        ("Attended", "", True), ("Role", "Attendee", True),
    ],
)  # fmt: skip
def test_row_that_says_somebody_was_not_in_the_meeting_counts_nothing(heading, cell, is_there):
    report = read_table(f"Name,{heading},Join Time,Leave Time\nAda,{cell},2020-04-28 10:30,2020-04-28 12:30")
    found = read_report(report, guess(report), SESSION)

    assert (len(found.attendees), len(found.absent)) == ((1, 0) if is_there else (0, 1))


def test_row_of_the_waiting_room_takes_nothing_from_the_row_of_the_meeting():
    text = (
        "Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest,In Waiting Room\n"
        "Ada,ada@example.org,04/28/2020 10:20:00 AM,04/28/2020 10:31:00 AM,11,Yes,Yes\n"
        "Ada,ada@example.org,04/28/2020 10:31:00 AM,04/28/2020 12:30:00 PM,119,Yes,No\n"
    )
    report = read_table(text)
    found = read_report(report, guess(report), SESSION)

    assert [(each.lines, minutes(each)) for each in found.attendees] == [((3,), 119)]
    assert found.absent == (WrongRow(2, "Ada: in the waiting room."),)


REPORTS = {
    "Zoom": (
        "Attendee Report\nTopic,Actual Start Time\nSupply,04/28/2020 10:28:11 AM\nHost Details\n"
        "Attended,User Name (Original Name),Email,Join Time,Leave Time,Time in Session (minutes)\n"
        "Yes,Host,h@b.eu,04/28/2020 10:20:00 AM,04/28/2020 12:30:00 PM,130\nAttendee Details\n"
        "Attended,User Name (Original Name),First Name,Last Name,Email,Registration Time,Join Time,Leave Time,Time in Session (minutes)\n"
        "Yes,Ada,Ada,Nord,ada@b.eu,04/01/2020 09:00:00 AM,04/28/2020 10:31:00 AM,04/28/2020 12:30:00 PM,119\n"
        "No,Bo,Bo,Sud,bo@b.eu,04/01/2020 09:00:00 AM,--,--,--\n"
    ),
    "WebEx in German": "Anzeigename\tE-Mail-Adresse\tBeitrittszeit\tAustrittszeit\nAda Nord\tada@b.eu\t28.04.2020 10:31 Uhr\t28.04.2020 12:30 Uhr\n",
    "Teams in French": "Nom complet\tHeure d'arrivée\tHeure de départ\tDurée\nAda Nord\t28/04/2020 à 10:31:00\t28/04/2020 à 12:30:00\t1 h 59 min\n",
    "GoTo": "Attended,First Name,Last Name,Email Address,Join Time,Leave Time,Time in Session (minutes)\nYes,Ada,Nord,ada@b.eu,10:31 AM CEST,12:30 PM CEST,119\n",
    "BigBlueButton": "Name;Moderator;Duration;Join time;Left time\nAda Nord;no;01:59:00;2020-04-28T08:31:00Z;2020-04-28T10:30:00Z\n",
    "durations alone": "Name;Dauer\nAda Nord;112 Minuten\nAda Nord;7 Min.\n",
    "a date of its own": "Name;Date;Joined;Left\nAda Nord;28/04/2020;10:31;12:30\n",
    "a date with midnight": "Name;Date;Joined;Left\nAda Nord;2020-04-28 00:00;10:31;12:30\n",
    "a zone in the heading": "Name;Join Time (GMT+03:00);Leave Time (GMT+03:00)\nAda Nord;2020-04-28 11:31;2020-04-28 13:30\n",
    "a zone above": "Time zone:;America/New_York\n\nName;Join Time;Leave Time\nAda Nord;4/28/2020 4:31 AM;4/28/2020 6:30 AM\n",
    "a zone behind": "Name;Join Time;Leave Time\nAda Nord;2020-04-28 04:31 AM New York Time;2020-04-28 06:30 AM EDT\n",
    "seconds": "Name;Duration (seconds)\nAda Nord;7140\n",
    "text cells": 'Name;Join Time;Leave Time\n"=""Ada Nord""";="2020-04-28 10:31";="2020-04-28 12:30"\n',
}  # fmt: skip


@pytest.mark.parametrize("name", REPORTS)
def test_reports_of_many_programs_say_the_same(name):
    report = read_table(REPORTS[name])
    found = read_report(report, guess(report), SESSION)

    assert [(each.name, minutes(each)) for each in found.attendees] == [("Ada Nord", 119)]
    assert found.wrong == ()


def test_time_past_midnight_and_on_a_twelve_hour_clock():
    night = (at(21), at(23))  # 23:00 to 01:00 in Brussels
    report = read_table("Name;Join Time;Leave Time\nAda;10:55 PM;12:20 AM\nBo;12:10 AM;01:00 AM\n")
    found = read_report(report, guess(report), night)

    assert [(each.name, minutes(each, night)) for each in found.attendees] == [("Ada", 80), ("Bo", 50)]


def test_leaving_past_midnight_with_one_date_for_both():
    night = (at(21), at(23))
    report = read_table("Name;Date;Join Time;Leave Time\nAda;2020-04-28;22:55;00:20\n")
    [ada] = read_report(report, guess(report), night).attendees

    assert minutes(ada, night) == 80


@pytest.mark.parametrize(
    ("text", "lacks"),
    [
        ("Name;Join Time\nAda;10:31", True),
        ("Name;Join Time\nAda;2020-04-28 10:31", False),
        ("Name;Date;Join Time\nAda;2020-04-28;10:31", False),
        ("Name;Join Time\nAda;--", False),
    ],
)
def test_lacks_dates(text, lacks):
    report = read_table(text)

    assert attendance.lacks_dates(report, guess(report).columns) is lacks


def test_zone_of_a_report_that_names_none_is_that_of_brussels():
    assert guess(read_table("Name;Join Time\nAda;10:31")).zone is BRUSSELS


GOOD = st.lists(
    st.tuples(st.sampled_from(["Ada Nord", "Zoë Müller", "Bo Sud"]), st.integers(31, 59), st.integers(0, 29)),
    min_size=1,
    max_size=5,
    unique_by=lambda row: row[0],
)


@settings(max_examples=examples(200))
@given(
    people=GOOD,
    delimiter=st.sampled_from("\t;,"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"]),
    above=st.sampled_from(["", "sep={}\n", "Session detail\n\n"]),
    end=st.sampled_from(["", "{0}{0}"]),
    place=st.integers(0, 200),
    damage=st.sampled_from(["", '"', "\x00", "#REF!"]),
)
def test_damage_of_a_report_loses_at_most_one_row_which_is_named(
    people, delimiter, encoding, above, end, place, damage
):
    rows = [[name, f"2020-04-28 10:{joined}", f"2020-04-28 12:{left:02}"] for name, joined, left in people]
    head = above.format(delimiter) + delimiter.join(["Name", "Join Time", "Leave Time"]) + "\r\n"
    body = "".join(delimiter.join(row) + end.format(delimiter) + "\r\n" for row in rows)
    text = head + body[: place % len(body)] + damage + body[place % len(body) :]

    report = read_table(decode(text.encode(encoding))[0])
    found = read_report(report, guess(report), SESSION)

    good = {(name, 120 - joined + left): True for name, joined, left in people}
    read = [(each.name, minutes(each)) for each in found.attendees]
    assert len(read) + len(found.wrong) + len(found.absent) >= len(people)
    assert len([row for row in good if row not in read]) <= (1 if damage else 0)


def test_words_of_a_name_have_no_order_case_or_accents():
    assert words_of("MÜLLER, Ann-Léa") == words_of("ann lea muller") == ("ann", "lea", "muller")
    assert key_of("Ada", "no address", "") == key_of("ADA", "", "")


CELLS = st.sampled_from(
    ["", "Ada", "a@b.eu", "2020-04-28 10:30", "28/04/20 9:99", "5 mins", "12:30", "x" * 300]
)


@settings(max_examples=examples(200))
@given(
    st.lists(
        st.lists(CELLS | st.text(alphabet="\n\t;,'\"é0", max_size=5), min_size=1, max_size=8), max_size=6
    )
)
def test_no_report_raises_anything(rows):
    try:
        report = table(*rows)
    except reader.UnreadableTable:
        return
    attendance.read_report(report, guess(report), SESSION)
