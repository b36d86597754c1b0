"""Personal meeting addresses: read, checked line by line, taken all or none."""

import pytest

from registrations import services
from registrations.models import HistoryEntry, Seat
from registrations.services.sessions.meeting_urls import MeetingUrlLine
from tests.registrations.factories import NOW, approve, make_registration, make_session
from webinar_site.foundation.tables.reader import UnreadableTable

pytestmark = pytest.mark.django_db
QUOTE = "A quotation mark is opened or closed in the wrong place, or a cell is too long."
OWN = "https://own.webex.com/j.php?MTID=m{}"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param("a@b.eu,https://x", [MeetingUrlLine(1, "a@b.eu", "https://x")], id="comma"),
        pytest.param(
            "a@b.eu ; https://x?a,b", [MeetingUrlLine(1, "a@b.eu", "https://x?a,b")], id="semicolon"
        ),
        pytest.param("a@b.eu\thttps://x;y", [MeetingUrlLine(1, "a@b.eu", "https://x;y")], id="tab"),
        pytest.param('"a@b.eu","https://x,y"', [MeetingUrlLine(1, "a@b.eu", "https://x,y")], id="quoted"),
        pytest.param(
            "a@b.eu,https://x\r\n\r\nK7QM-2VXA,https://y\r\n",
            [MeetingUrlLine(1, "a@b.eu", "https://x"), MeetingUrlLine(3, "K7QM-2VXA", "https://y")],
            id="empty lines",
        ),
        pytest.param(
            "Email,Address\na@b.eu,https://x", [MeetingUrlLine(2, "a@b.eu", "https://x")], id="heading"
        ),
        pytest.param(
            "a@b.eu,webex", [MeetingUrlLine(1, "a@b.eu", "webex")], id="an address that is none is no heading"
        ),
        pytest.param("k7qm-2vxa,webex", [MeetingUrlLine(1, "k7qm-2vxa", "webex")], id="nor is a reference"),
        pytest.param("a@b.eu", [MeetingUrlLine(1, "a@b.eu", "")], id="one column"),
        pytest.param(
            "a@b.eu,https://x,more", [MeetingUrlLine(1, "a@b.eu, https://x, more", "")], id="three columns"
        ),
        pytest.param(
            "a@b.eu," + 200_000 * "x",
            [MeetingUrlLine(1, ("a@b.eu " + 80 * "x")[:80], "", QUOTE)],
            id="too long",
        ),
        pytest.param(
            "Person,Link\nK7QM2VXA,webex\na@b.eu,https://x",
            [MeetingUrlLine(2, "K7QM2VXA", "webex"), MeetingUrlLine(3, "a@b.eu", "https://x")],
            id="only one heading",
        ),
        pytest.param("", [], id="nothing"),
        pytest.param("sep=;\na@b.eu;https://x", [MeetingUrlLine(2, "a@b.eu", "https://x")], id="sep line"),
        pytest.param(
            "Our list\n\nPerson;Link;;\na@b.eu;https://x;;",
            [MeetingUrlLine(4, "a@b.eu", "https://x")],
            id="title",
        ),
        pytest.param(
            '"Reference; or address",Link\na@b.eu,https://x',
            [MeetingUrlLine(2, "a@b.eu", "https://x")],
            id="separator in a heading",
        ),
        pytest.param(
            'a@b.eu,"https://x\nc@d.eu,https://y',
            [MeetingUrlLine(1, 'a@b.eu "https://x', "", QUOTE), MeetingUrlLine(2, "c@d.eu", "https://y")],
            id="quotation mark",
        ),
        pytest.param(
            "a@b.eu,#REF!",
            [
                MeetingUrlLine(
                    1, "a@b.eu #REF!", "", "“#REF!” is an error that the spreadsheet shows, and no value."
                )
            ],
            id="error",
        ),
        pytest.param(
            '"=""a@b.eu""",https://x', [MeetingUrlLine(1, "a@b.eu", "https://x")], id="a cell made text"
        ),
    ],
)
def test_read_lines(text, lines):
    assert services.sessions.read_meeting_urls(text, most=10) == lines


def test_read_lines_refuses_too_many():
    with pytest.raises(UnreadableTable, match="more than 2 lines"):
        services.sessions.read_meeting_urls("a@b.eu,https://x\n" * 4, most=2)


@pytest.fixture
def people(webinar, session, approver):
    return [
        approve(make_registration(webinar, [session], email=f"{name}@example.org"), approver)
        for name in ("ada", "bob")
    ]


def check(session, *rows):
    lines = [MeetingUrlLine(number, who, url) for number, (who, url) in enumerate(rows, start=1)]
    return services.sessions.check_meeting_urls(session.pk, lines)


def take(session, editor, *rows):
    lines = [MeetingUrlLine(number, who, url) for number, (who, url) in enumerate(rows, start=1)]
    return services.sessions.import_meeting_urls(session.pk, lines=lines, by=editor, now=NOW)


def addresses():
    return list(Seat.objects.order_by("id").values_list("meeting_url", flat=True))


def test_import_takes_references_and_email_addresses_however_they_are_written(session, people, editor):
    ada, _bob = people

    take(session, editor, (ada.reference.lower(), OWN.format(1)), ("BOB@Example.ORG", OWN.format(2)))

    entry = HistoryEntry.objects.get(action="addresses_imported")
    assert addresses() == [OWN.format(1), OWN.format(2)]
    assert (entry.by, entry.session, entry.facts) == (editor, session, {"seats": 2, "overwritten": 0})


def test_check_counts_what_would_be_overwritten_and_changes_nothing(session, people, editor):
    take(session, editor, ("ada@example.org", OWN.format(1)), ("bob@example.org", OWN.format(2)))

    report = check(session, ("ada@example.org", OWN.format(9)), ("bob@example.org", OWN.format(2)))

    assert (report.is_good, report.overwritten, report.problems) == (True, 1, 0)
    assert [line.overwrites for line in report.lines] == [True, False]
    assert addresses() == [OWN.format(1), OWN.format(2)]


NOBODY = "Nobody with a place in this session has this reference or email address."


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (("eve@example.org", OWN.format(2)), NOBODY),
        (("no address@", OWN.format(2)), NOBODY),
        (("a@" + "x" * 70 + ".eu", OWN.format(2)), NOBODY),
        (("ada@example.org", OWN.format(2)), "Line 1 names the same person."),
        (
            ("bob@example.org", "https://evil.example/"),
            "The address of a meeting has to begin with https:// and be on webex.com.",
        ),
        (
            ("bob@example.org", OWN.format("x" * 500)),
            "Ensure this value has at most 500 characters (it has 534).",
        ),
        (
            ("bob@example.org", ""),
            "Write a reference or an email address, a separator, and the address.",
        ),
    ],
    ids=["unknown", "no domain", "no such domain", "twice", "other host", "too long", "no address"],
)
def test_one_line_that_cannot_be_taken_keeps_all_out(session, people, editor, row, problem):
    rows = [("ada@example.org", OWN.format(1)), row]

    report = check(session, *rows)
    with pytest.raises(services.errors.MeetingUrlsNotTaken):
        take(session, editor, *rows)

    assert [line.problem for line in report.lines] == ["", problem]
    assert addresses() == ["", ""]
    assert not HistoryEntry.objects.filter(action="addresses_imported").exists()


def test_line_that_cannot_be_read_keeps_all_out(session, people):
    lines = [MeetingUrlLine(1, "ada@example.org", OWN.format(1)), MeetingUrlLine(2, "bob", "", QUOTE)]

    report = services.sessions.check_meeting_urls(session.pk, lines)

    assert ([line.problem for line in report.lines], report.is_good) == (["", QUOTE], False)


def test_import_of_nothing_is_refused(session, people, editor):
    with pytest.raises(services.errors.MeetingUrlsNotTaken):
        take(session, editor)


def test_only_people_with_a_place_in_this_session_are_found(webinar, session, people, approver):
    other = make_session(webinar)
    waiting = make_registration(webinar, [session])
    elsewhere = approve(make_registration(webinar, [other]), approver)
    withdrawn = approve(make_registration(webinar, [session]), approver)
    services.people.withdraw(withdrawn.pk, now=NOW)

    report = check(
        session, *((person.email, OWN.format(1)) for person in (waiting, elsewhere, withdrawn, people[0]))
    )

    assert [line.problem for line in report.lines] == [NOBODY, NOBODY, NOBODY, ""]


@pytest.mark.parametrize("count", [1, 3])
def test_import_takes_a_fixed_number_of_queries(
    webinar, session, approver, editor, count, django_assert_num_queries
):
    people = [approve(make_registration(webinar, [session]), approver) for _number in range(count)]

    with django_assert_num_queries(12):
        take(session, editor, *((person.email, OWN.format(1)) for person in people))

    assert addresses() == [OWN.format(1)] * count
