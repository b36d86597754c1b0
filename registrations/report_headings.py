"""What the columns of an attendance report are called, in the languages in which WebEx writes them; pure.

Only some of these headings are documented; the others are what the words mean. So a guess is all it is: staff see it
beside values of the column, and correct it.
"""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum

from registrations.models import fold_search

NO_WORD = re.compile(r"[\W_]+")
CLOCKS = {"gmt", "utc"}


class Part(StrEnum):
    """What a column of a report says of a row."""

    NAME = "name"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    EMAIL = "email"
    ORGANISATION = "organisation"
    ROLE = "role"
    JOINED = "joined"
    LEFT = "left"
    DURATION = "duration"


# Folded as `fold_heading` does. In order: English, French, German, Portuguese, Spanish, Italian, Dutch.
HEADINGS: Mapping[Part, str] = {
    Part.NAME: (
        "display name|name|attendee name|attendee|participant name|participant|user name|"
        "nom affiche|nom d affichage|nom du participant|nom|"
        "anzeigename|name des teilnehmers|teilnehmername|teilnehmer|"
        "nome de exibicao|nome para exibicao|nome do participante|nome|"
        "nombre para mostrar|nombre en pantalla|nombre mostrado|nombre del asistente|"
        "nome visualizzato|nome del partecipante|weergavenaam|naam"
    ),
    Part.FIRST_NAME: (
        "first name|given name|prenom|vorname|primeiro nome|nome proprio|nombre|nombre de pila|voornaam"
    ),
    Part.LAST_NAME: (
        "last name|family name|surname|nom de famille|nachname|familienname|sobrenome|ultimo nome|apelido|"
        "apellido|apellidos|cognome|achternaam"
    ),
    Part.EMAIL: (
        "attendee email|attendee email address|email|e mail|email address|e mail address|user email|"
        "adresse e mail|adresse electronique|adresse de messagerie|courriel|e mail du participant|"
        "adresse e mail du participant|e mail adresse|e mail adresse des teilnehmers|e mail des teilnehmers|"
        "endereco de e mail|e mail do participante|endereco de e mail do participante|"
        "correo electronico|direccion de correo electronico|correo electronico del asistente|"
        "indirizzo e mail|e mail del partecipante|e mailadres"
    ),
    Part.ORGANISATION: (
        "company|company name|organisation|organization|entreprise|societe|nom de l entreprise|"
        "firma|unternehmen|empresa|nome da empresa|organizacao|compania|organizacion|azienda|bedrijf|organisatie"
    ),
    Part.ROLE: "role|attendee type|user type|rolle|funcao|papel|rol|funcion|ruolo",
    Part.JOINED: (
        "join time|time joined|joined at|joined|start time|"
        "heure d arrivee|heure de connexion|heure d entree|"
        "beitrittszeit|beitrittsuhrzeit|teilnahmebeginn|beigetreten um|"
        "hora de entrada|hora de ingresso|horario de entrada|hora de incorporacion|hora de union|hora de inicio|"
        "ora di accesso|ora di ingresso|deelnametijd"
    ),
    Part.LEFT: (
        "leave time|time left|left at|left|end time|"
        "heure de depart|heure de deconnexion|heure de sortie|"
        "austrittszeit|verlassen um|teilnahmeende|"
        "hora de saida|horario de saida|hora de salida|hora de abandono|hora de finalizacion|"
        "ora di uscita|ora di abbandono|vertrektijd"
    ),
    Part.DURATION: (
        "attendance duration|duration|time in meeting|minutes|"
        "duree|duree de participation|duree de presence|dauer|teilnahmedauer|anwesenheitsdauer|"
        "duracao|duracao da participacao|tempo de participacao|duracion|duracion de la asistencia|"
        "durata|durata della partecipazione|duur|deelnameduur"
    ),
}
PARTS = {heading: part for part, headings in HEADINGS.items() for heading in headings.split("|")}

# Those who run a meeting rather than attend it, in the same languages.
HOSTS = frozenset(
    [
        "host",
        "cohost",
        "co host",
        "alternate host",
        "presenter",
        "panelist",
        "panellist",
        "hote",
        "cohote",
        "co hote",
        "animateur",
        "presentateur",
        "paneliste",
        "gastgeber",
        "mitgastgeber",
        "moderator",
        "podiumsteilnehmer",
        "diskussionsteilnehmer",
        "anfitriao",
        "organizador",
        "apresentador",
        "panelista",
        "anfitrion",
        "coanfitrion",
        "presentador",
        "ponente",
        "organizzatore",
        "relatore",
        "presentator",
    ]
)


def fold_heading(text: str) -> str:
    """Return a heading as it is looked for: no accents, no case, only words."""
    return " ".join(NO_WORD.sub(" ", fold_search(text)).split())


def is_host(role: str) -> bool:
    """Return whether a role is that of somebody who runs the meeting."""
    return fold_heading(role) in HOSTS


def guess_columns(headings: Sequence[str]) -> dict[Part, int]:
    """Return which column seems to say what, by position; of two alike the first.

    A “name” beside a first name is the family name, and a first name alone is the name.
    """
    found: dict[Part, int] = {}
    for position, heading in enumerate(headings):
        words = " ".join(word for word in fold_heading(heading).split() if word not in CLOCKS)
        if part := PARTS.get(words):
            found.setdefault(part, position)
    if Part.FIRST_NAME in found and Part.LAST_NAME not in found:
        if Part.NAME in found:
            found[Part.LAST_NAME] = found.pop(Part.NAME)
        else:
            found[Part.NAME] = found.pop(Part.FIRST_NAME)
    return found
