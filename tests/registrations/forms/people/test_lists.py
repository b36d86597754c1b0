"""Lines of a table, cleaned by the form itself."""

from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation

from registrations.forms import LineForm, WrongColumns, read_people
from registrations.forms.people.lists import is_heading
from registrations.models import Seat
from registrations.services.people.imports import ImportLine
from registrations.services.people.submission import Submission
from registrations.services.reports.exports import EXPORT_COLUMNS as EXPORTED
from registrations.services.reports.exports import Export, export_seats
from tests.registrations.factories import NOW, make_registration
from webinar_site.foundation.tables import reader
from webinar_site.foundation.tables.delimited import decode
from webinar_site.foundation.tables.spreadsheets import FORMATS
from webinar_site.foundation.tables.uploads import read_file

pytestmark = pytest.mark.django_db
CASE = Path(settings.BASE_DIR, "tests", "cases") / "import-email-with-name.csv"
COLUMNS = "first_name,last_name,email,organisation,organisation_type,country,sessions"
ADA = "Ada,Nord,ada@example.org,Cluster Nord,sme,BE,1"


@pytest.fixture
def form(webinar, session, later_session):
    return LineForm(webinar=webinar, now=NOW, language="en")


@pytest.fixture
def ada(session):
    return Submission(
        first_name="Ada",
        last_name="Nord",
        email="ada@example.org",
        organisation="Cluster Nord",
        organisation_type="sme",
        country="BE",
        sessions=(session.pk,),
    )


def adas_line(submission):
    return ImportLine(
        2, "ada@example.org", submission, name="Ada Nord", organisation="Cluster Nord", country="Belgium"
    )


def read(form, text):
    return read_people(reader.read_table(text, most_rows=100, known=is_heading), form)


def test_line_says_what_the_form_would(form, ada):
    assert read(form, f"{COLUMNS}\n{ADA}").lines == (adas_line(ada),)


def test_columns_stand_in_any_order_under_their_names_or_labels(form, ada):
    text = (
        "Country where your organisation is established;EMAIL ADDRESS;First name;Family name;Organisation;"
        "Type of organisation;Sessions\nBelgium;ada@example.org;Ada;Nord;Cluster Nord;sme;1"
    ).replace(";Sessions\n", ";sessions\n")

    assert read(form, text).lines == (adas_line(ada),)


@pytest.mark.parametrize(
    ("column", "cell", "field", "value"),
    [
        ("country", "EL", "country", "GR"),
        ("country", "UK", "country", "GB"),
        ("country", "Kosovo*", "country", "XK"),
        ("country", "türkiye", "country", "TR"),
        ("organisation_type", "small or MEDIUM-sized enterprise", "organisation_type", "sme"),
        ("title", "Prof.", "title", "prof"),
        ("ask_review", "Yes", "ask_review", True),
        ("ask_review", "no", "ask_review", False),
        ("question", "What\nnext?", "question", "What\nnext?"),
        ("position", "'=1+1", "position", "=1+1"),
    ],
)
def test_cells_are_read_as_people_write_them(form, ada, column, cell, field, value):
    cells = dict(zip(COLUMNS.split(","), ADA.split(","), strict=True)) | {column: cell}
    quoted = ",".join(f'"{each}"' for each in cells.values())

    [line] = read(form, f"{','.join(cells)}\n{quoted}").lines

    assert line.submission == replace(ada, **{field: value})


def test_addresses_are_found_in_what_was_pasted(form):
    found = read(form, CASE.read_text(encoding="utf-8-sig")).lines

    assert [line.submission.email for line in found] == ["n13-0@example.ge", "z13-1@example.de"]


@pytest.mark.parametrize(
    ("columns", "cells"),
    [(COLUMNS, ADA.replace("Ada,", ",", 1)), (COLUMNS[11:], ADA[4:])],
    ids=["empty", "no column"],
)
def test_first_name_may_be_missing(form, ada, columns, cells):
    [line] = read(form, f"{columns}\n{cells}").lines

    assert (line.who, line.name, line.submission) == ("ada@example.org", "Nord", replace(ada, first_name=""))


def test_line_without_an_address_is_named_by_the_one_name_there_is(form):
    [line] = read(form, f"{COLUMNS}\n{ADA.replace('Ada,', ',', 1).replace('ada@example.org', '')}").lines

    assert (line.who, line.problems) == ("Nord", ("Email address: Enter your email address.",))


@pytest.mark.parametrize("cell", ["1, 2", "1;2", "2 1", "1/2"])
def test_sessions_are_numbers_however_separated(form, session, later_session, cell):
    [line] = read(form, f'{COLUMNS}\n{ADA.removesuffix("1")}"{cell}"').lines

    assert set(line.submission.sessions) == {session.pk, later_session.pk}


@pytest.mark.parametrize(
    ("change", "problems"),
    [
        (("Nord,ada", ",ada"), ("Family name: Enter your family name.",)),
        (("ada@", "ada"), ("Email address: Enter an email address in the usual form, like name@example.org.",)),
        (("BE", "Atlantis"), ("Country where your organisation is established: Select a country from the list.",)),
        (("sme", "circus"), ("Type of organisation: Select a valid choice. circus is not one of the available choices.",)),
        ((",1", ",3"), ("Sessions you want to attend: Choose from the sessions of this webinar that are still to come.",)),
        ((",1", ","), ("Sessions you want to attend: Choose at least one session.",)),
        (("Nord,ada", f"{'x' * 81},ada"), ("Family name: Use at most 80 characters here; there are 81.",)),
        ((",1", ""), ("Sessions you want to attend: Choose at least one session.",)),
        ((",1", ",1,more"), ("Cells in this line: 8, columns in the first line: 7.",)),
    ],
    ids=["missing", "address", "country", "type", "session", "no session", "too long", "too few cells", "too many cells"],
)  # fmt: skip
def test_what_is_wrong_is_said_in_the_forms_own_words(form, change, problems):
    [line] = read(form, f"{COLUMNS}\n{ADA.replace(*change)}").lines

    assert (line.submission, line.problems) == (None, problems)


def test_ask_review_that_is_neither_yes_nor_no_is_wrong(form):
    [line] = read(form, f"{COLUMNS},ask_review\n{ADA},perhaps").lines

    assert line.problems == ("I ask a member of staff to look at my case: Write yes or no.",)


def test_a_line_does_not_inherit_what_was_wrong_with_the_one_before(form, ada):
    lines = read(form, f"{COLUMNS}\n{ADA.replace('Nord,ada', ',ada')}\n{ADA}").lines

    assert [line.submission for line in lines] == [None, ada]


def test_what_only_the_person_may_say_is_named_and_not_taken(form):
    people = read(
        form,
        f"{COLUMNS},share_contact,contact_me,privacy_acknowledged,access_needs,Fax\n{ADA},yes,yes,yes,captions,1",
    )

    submission = people.lines[0].submission
    assert people.only_the_person == ("share_contact", "contact_me", "privacy_acknowledged", "access_needs")
    assert (people.unknown, len(people.ignored)) == (("Fax",), 5)
    assert (submission.share_contact, submission.contact_me, submission.access_needs) == (False, False, ())


@pytest.mark.parametrize(
    ("headings", "message"),
    [
        (
            "first_name,email",
            "Missing columns: last_name, organisation, organisation_type, country, sessions.",
        ),
        (f"{COLUMNS},Email", "Columns named twice: email."),
    ],
)
def test_list_whose_columns_do_not_do_is_refused(form, headings, message):
    with pytest.raises(WrongColumns) as refusal:
        read(form, f"{headings}\nx")

    assert str(refusal.value).startswith(message)
    assert str(refusal.value).endswith("title, position, question, language, ask_review.")


def test_list_of_200_unknown_columns_is_read_and_names_them(form):
    unknown = [f"Column {number}" for number in range(200)]

    people = read(form, f"{COLUMNS},{','.join(unknown)}\n{ADA}{',' * 200}")

    assert (len(people.unknown), people.lines[0].problems) == (200, ())


CASES = Path(settings.BASE_DIR, "tests", "cases")


def read_case(form, name):
    return read(form, decode((CASES / f"import-{name}.csv").read_bytes())[0])


@pytest.mark.parametrize(
    ("case", "first", "organisation"),
    [
        ("excel-drops-trailing-delimiters", "Nino", "Cluster"),
        ("sep-line", "Nino", "Cluster"),
        ("vertical-tab", "Nino", "Line one Line two"),
        ("excel-text-cells", "Nino", "Cluster"),
    ],
)
def test_lists_that_went_wrong_are_taken(form, case, first, organisation):
    lines = read_case(form, case).lines

    assert [line.problems for line in lines] == [(), ()]
    assert [line.submission.last_name for line in lines] == ["Kavtaradze", "Müller"]
    assert (lines[0].submission.first_name, lines[0].submission.organisation) == (first, organisation)


def test_address_is_found_beside_a_name(form):
    lines = read_case(form, "email-with-name").lines

    assert [line.submission and line.submission.email for line in lines] == [
        "n13-0@example.ge",
        "z13-1@example.de",
    ]


def test_line_with_an_error_or_garbled_is_named_and_no_other(form, ada):
    text = f"{COLUMNS}\n{ADA.replace('Nord,', '#REF!,', 1)}\n{ADA.replace('Nord', 'MÃ¼ller', 1)}\n{ADA}"

    assert [line.problems for line in read(form, text).lines] == [
        ("“#REF!” is an error that the spreadsheet shows, and no value.",),
        ("“MÃ¼ller” seems to be garbled: its accents were read in another encoding.",),
        (),
    ]


def test_line_with_a_quotation_mark_too_many_is_named_and_no_other(form):
    lines = read(form, f'{COLUMNS}\n"{ADA}\n{ADA}').lines

    assert [(line.number, line.problems) for line in lines] == [
        (2, ("A quotation mark is opened or closed in the wrong place, or a cell is too long.",)),
        (3, ()),
    ]


def test_line_breaks_in_a_name_are_blanks_and_in_a_question_stay(form, ada):
    text = f'{COLUMNS},question\n{ADA.replace("Cluster Nord", chr(34) + "Cluster" + chr(10) + "Nord" + chr(34))},"a\nb"'

    [line] = read(form, text).lines

    assert line.submission == replace(ada, question="a\nb")


@pytest.mark.parametrize(
    ("cell", "language"), [("", "en"), ("fr", "fr"), ("German", "de"), ("Français", "fr")]
)
def test_line_may_say_in_which_language_its_mail_is(form, ada, cell, language):
    [line] = read(form, f"{COLUMNS},language\n{ADA},{cell}").lines

    assert line.submission == replace(ada, language=language)


def test_language_in_which_no_mail_is_written_is_wrong(form):
    [line] = read(form, f"{COLUMNS},language\n{ADA},Latin").lines

    assert line.problems == ("“Latin” is no language of our mails; there are: en, fr, de.",)


@pytest.mark.parametrize("language", ["en", "fr", "de"])
@pytest.mark.parametrize("kind", FORMATS)
def test_our_own_export_can_be_brought_back(form, webinar, session, later_session, approver, language, kind):
    make_registration(
        webinar, [session, later_session], first_name="=Ada", last_name="Nord", email="ada@example.org", country="GR",
        organisation="Cluster", organisation_type="sme", title="prof", position="CEO", language="de",
    )  # fmt: skip
    make_registration(webinar, [session], email="bo@example.org", country="XK")
    columns = (*(name for name in EXPORTED if name not in ("attended", "minutes")),)
    with translation.override(language):
        export = Export(Seat.objects.all(), columns, kind, {}, {})
        rows = list(export_seats(export, by=approver, now=NOW))
        file = read_file(b"".join(FORMATS[kind].write(rows)))
        people = read(form, file.text)

    assert [line.problems for line in people.lines] == [(), ()]
    assert [(line.submission.email, line.submission.sessions, line.submission.country) for line in people.lines] == [
        ("ada@example.org", (session.pk, later_session.pk), "GR"),
        ("bo@example.org", (session.pk,), "XK"),
    ]  # fmt: skip
    ada = people.lines[0].submission
    assert (ada.first_name, ada.title, ada.organisation_type, ada.language) == ("=Ada", "prof", "sme", "de")
    assert (people.joined, people.only_the_person) == ((3,), ("share_contact", "contact_me"))
    assert len(people.unknown) == len(columns) - 11 - 2


def test_same_line_twice_is_not_joined(form):
    people = read(form, f"{COLUMNS}\n{ADA}\n{ADA}")

    assert (len(people.lines), people.joined) == (2, ())


def test_country_may_be_a_code_alone_and_a_column_without_a_heading_is_named(form, ada):
    text = f"{COLUMNS.replace('country', 'Country code (EU)').replace('sessions', ',sessions')}\n{ADA.replace('BE,', 'EL,x,')}"

    people = read(form, text)

    assert people.lines[0].submission == replace(ada, country="GR")
    assert people.unknown == ("a column without a heading",)
