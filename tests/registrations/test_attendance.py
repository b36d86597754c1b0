"""From a report's rows to people: rejoins are one, time on two devices counts once, and what cannot be read is named."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registrations import attendance, tables
from registrations.attendance import (
    Attendee,
    Reading,
    WrongRow,
    guess,
    key_of,
    read_report,
    time_there,
    words_of,
)
from registrations.report_headings import Part
from registrations.report_times import Order

HEADINGS = "Display Name\tAttendee Email\tCompany\tRole\tJoin Time\tLeave Time\tAttendance Duration\n"


def table(*rows, headings=HEADINGS):
    return tables.read(headings + "\n".join("\t".join(row) for row in rows), most_rows=1000)


def people(*rows):
    report = table(*rows)
    return read_report(report, guess(report))


def at(hour, minute=0):
    return datetime(2020, 4, 28, hour, minute, tzinfo=UTC)


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
            stays=((at(8, 30), at(9)), (at(9, 30), at(10))),
        ),
    )


def test_time_on_two_devices_counts_once():
    report = people(row(left="11:30"), row(joined="11:00", left="12:00"), row(joined="12:00", left="12:15"))

    [ada] = report.attendees
    assert ada.stays == ((at(8, 30), at(10, 15)),)


def test_rows_without_an_address_are_one_person_by_name_and_organisation():
    report = people(
        row(email="", house="Nord"),
        row(name="PERSON, Ada", email="", house="NORD", joined="13:00", left="13:10"),
        row(email="", house="Süd"),
        row(name="Call-in User 2", email=""),
    )

    assert [(each.name, each.organisation, each.lines) for each in report.attendees] == [
        ("Ada Person", "Nord", (2, 3)),
        ("Ada Person", "Süd", (4,)),
        ("Call-in User 2", "", (5,)),
    ]


@pytest.mark.parametrize(
    ("given", "stays", "elsewhere"),
    [
        pytest.param(
            {"left": "", "duration": "90 mins"}, ((at(8, 30), at(10)),), 0, id="duration for leaving"
        ),
        pytest.param({"left": ""}, ((at(8, 30), at(8, 30)),), 0, id="joining alone"),
        pytest.param({"joined": "", "left": "", "duration": "1:30:00"}, (), 90, id="duration alone"),
        pytest.param({"joined": "", "left": ""}, (), 0, id="no time at all"),
        pytest.param(
            {"duration": "3 mins"}, ((at(8, 30), at(10, 30)),), 0, id="times go before the duration"
        ),
    ],
)
def test_time_by_whatever_the_report_gives(given, stays, elsewhere):
    [ada] = people(row(**given)).attendees

    assert (ada.stays, ada.elsewhere) == (stays, timedelta(minutes=elsewhere))


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
        columns, Order.DAY_FIRST, is_utc=True
    )


def test_time_is_capped_at_the_length_of_the_session():
    stays = [(at(8), at(9)), (at(8, 30), at(12))]

    assert time_there(stays, timedelta(minutes=5), most=timedelta(hours=2)) == timedelta(hours=2)
    assert time_there(stays, timedelta(minutes=5), most=timedelta(hours=9)) == timedelta(hours=4, minutes=5)


def test_words_of_a_name_have_no_order_case_or_accents():
    assert words_of("MÜLLER, Ann-Léa") == words_of("ann lea muller") == ("ann", "lea", "muller")
    assert key_of("Ada", "no address", "") == key_of("ADA", "", "")


CELLS = st.sampled_from(
    ["", "Ada", "a@b.eu", "2020-04-28 10:30", "28/04/20 9:99", "5 mins", "12:30", "x" * 300]
)


@settings(max_examples=200, deadline=2000)
@given(
    st.lists(
        st.lists(CELLS | st.text(alphabet="\n\t;,'\"é0", max_size=5), min_size=1, max_size=8), max_size=6
    )
)
def test_no_report_raises_anything(rows):
    try:
        report = table(*rows)
    except tables.Unreadable:
        return
    attendance.read_report(report, guess(report))
