"""Headings of attendance reports, in the languages in which they are written."""

import pytest

from registrations.meeting_reports.headings import PARTS, Part, fold_heading, guess_columns, is_host

P = Part


@pytest.mark.parametrize(
    ("headings", "parts"),
    [
        pytest.param(
            "Meeting Name|Meeting Start Time|Meeting End Time|Display Name|First Name|Last Name|Role|Attendee Email|Join Time|Leave Time|Attendance Duration|Connection Type",
            [None, None, None, P.NAME, P.FIRST_NAME, P.LAST_NAME, P.ROLE, P.EMAIL, P.JOINED, P.LEFT, P.DURATION, None],
            id="English, WebEx",
        ),
        pytest.param("Nom|Prénom|Adresse e-mail|Heure d'arrivée|Heure de départ|Durée", [P.LAST_NAME, P.FIRST_NAME, P.EMAIL, P.JOINED, P.LEFT, P.DURATION], id="French"),
        pytest.param("Anzeigename|E-Mail-Adresse|Rolle|Beitrittszeit|Austrittszeit|Teilnahmedauer", [P.NAME, P.EMAIL, P.ROLE, P.JOINED, P.LEFT, P.DURATION], id="German"),
        pytest.param("Nome de exibição|E-mail do participante|Função|Hora de entrada|Hora de saída|Duração da participação", [P.NAME, P.EMAIL, P.ROLE, P.JOINED, P.LEFT, P.DURATION], id="Portuguese"),
        pytest.param("Nombre|Apellidos|Correo electrónico|Empresa|Hora de entrada|Hora de salida", [P.FIRST_NAME, P.LAST_NAME, P.EMAIL, P.ORGANISATION, P.JOINED, P.LEFT], id="Spanish"),
        pytest.param("Nombre|Duración", [P.NAME, P.DURATION], id="a first name alone is the name"),
        pytest.param("Name|Join Time (GMT)|Leave_Time (UTC)", [P.NAME, P.JOINED, P.LEFT], id="zones in headings"),
        pytest.param("Email|E-mail", [P.EMAIL, None], id="of two the first"),
        pytest.param("Fax|||Ünknown", [None, None, None, None], id="nothing known"),
    ],
)  # fmt: skip
def test_guess_columns(headings, parts):
    found = guess_columns(headings.split("|"))

    assert found == {part: position for position, part in enumerate(parts) if part}


def test_headings_are_written_as_they_are_looked_for():
    assert {heading: fold_heading(heading) for heading in PARTS} == {heading: heading for heading in PARTS}


@pytest.mark.parametrize(
    ("role", "runs_it"),
    [
        ("Host", True),
        ("Panelist", True),
        ("Gastgeber", True),
        ("Hôte", True),
        ("Attendee", False),
        ("", False),
    ],
)
def test_is_host(role, runs_it):
    assert is_host(role) is runs_it
