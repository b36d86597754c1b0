"""What the columns of an attendance report are called, by the programs and in the languages that write them; pure.

Only some of these headings are documented; the others are what the words mean. So a guess is all it is: staff see it
beside values of the column, and correct it.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from enum import StrEnum

from registrations.models import fold_search

NO_WORD = re.compile(r"[\W_]+")
IN_BRACKETS = re.compile(r"\([^)]*\)|\[[^]]*\]")  # a zone, a unit, another name for the same
CLOCKS = {"gmt", "utc"}
# What a bare number in a column of durations counts, where its heading says so; else minutes.
UNITS = {
    timedelta(seconds=1): {
        "s",
        "sec",
        "secs",
        "second",
        "seconds",
        "seconde",
        "secondes",
        "sekunde",
        "sekunden",
    },
    timedelta(minutes=1): {"m", "min", "mins", "minute", "minutes", "minuten"},
    timedelta(hours=1): {"h", "hour", "hours", "heure", "heures", "stunde", "stunden", "std"},
}


class Part(StrEnum):
    """What a column of a report says of a row."""

    NAME = "name"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    EMAIL = "email"
    ORGANISATION = "organisation"
    ROLE = "role"
    ATTENDED = "attended"
    WAITING = "waiting"
    DATE = "date"
    JOINED = "joined"
    LEFT = "left"
    DURATION = "duration"


# Folded as `fold_heading` does. In order: English, French, German, Portuguese, Spanish, Italian, Dutch.
HEADINGS: Mapping[Part, str] = {
    Part.NAME: (
        "display name|name|attendee name|attendee|participant name|participant|user name|full name|screen name|"
        "nom complet|nom d utilisateur|vollstandiger name|benutzername|"
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
        "user e mail|participant email|participant e mail|mail|adresse email|email adresse|email de l utilisateur|"
        "e mail de l utilisateur|e mail utilisateur|benutzer e mail|e mail adresse des benutzers|"
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
    Part.ATTENDED: (
        "attended|attendance status|participation status|status|present|presence|"
        "a participe|present e|statut|statut de participation|"
        "teilgenommen|anwesend|anwesenheit|teilnahmestatus|participou|asistio|ha partecipato|aanwezig"
    ),
    Part.WAITING: (
        "in waiting room|waiting room|waiting room status|lobby|in lobby|"
        "salle d attente|en salle d attente|dans la salle d attente|warteraum|im warteraum|wartebereich|im wartebereich"
    ),
    Part.DATE: "date|join date|date joined|meeting date|session date|day|jour|datum|tag|data|fecha",
    Part.JOINED: (
        "join time|time joined|joined at|joined|start time|first join|first join time|first joined|joined time|"
        "premiere connexion|premiere participation|premiere arrivee|heure de la premiere connexion|rejoint a|"
        "erster beitritt|erste teilnahme|erstmals beigetreten|beitritt|beigetreten|eintrittszeit|"
        "heure d arrivee|heure de connexion|heure d entree|"
        "beitrittszeit|beitrittsuhrzeit|teilnahmebeginn|beigetreten um|"
        "hora de entrada|hora de ingresso|horario de entrada|hora de incorporacion|hora de union|hora de inicio|"
        "ora di accesso|ora di ingresso|deelnametijd"
    ),
    Part.LEFT: (
        "leave time|time left|left at|left|end time|last leave|last leave time|last left|left time|"
        "derniere deconnexion|dernier depart|derniere sortie|heure de la derniere deconnexion|quitte a|"
        "letztes verlassen|letzter austritt|zuletzt verlassen|verlassen|austritt|zeitpunkt des verlassens|"
        "heure de depart|heure de deconnexion|heure de sortie|"
        "austrittszeit|verlassen um|teilnahmeende|"
        "hora de saida|horario de saida|hora de salida|hora de abandono|hora de finalizacion|"
        "ora di uscita|ora di abbandono|vertrektijd"
    ),
    Part.DURATION: (
        "attendance duration|duration|time in meeting|minutes|in meeting duration|time in session|total duration|"
        "total time|online time|attendance time|duree dans la reunion|duree en reunion|duree totale|"
        "temps dans la session|temps de presence|besprechungsdauer|dauer in der besprechung|dauer in besprechung|"
        "zeit in der sitzung|gesamtdauer|dauer der teilnahme|"
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


# What says that somebody was not in the meeting, in a column about that, or about their role.
NOT_THERE = frozenset(
    [
        "no", "n", "false", "0", "absent", "not attended", "did not attend", "no show", "not present", "registered",
        "invited", "declined", "cancelled", "non", "absente", "absent e", "inscrit", "n a pas participe", "nein",
        "abwesend", "nicht teilgenommen", "nicht anwesend", "angemeldet", "eingeladen", "nao", "assente", "ausente", "nee",
    ]
)  # fmt: skip
WAITED = frozenset(
    [
        "waiting room", "in waiting room", "waiting", "lobby", "in lobby", "salle d attente", "en salle d attente",
        "en attente", "warteraum", "im warteraum", "wartebereich", "im wartebereich", "wartend",
    ]
)  # fmt: skip
NOT_WAITED = frozenset(["", "no", "n", "false", "0", "non", "nein", "nao", "nee"])
FIRST = ("first", "premiere", "heure de la premiere", "erste")


def was_not_there(said: str) -> bool:
    """Return whether a cell about attending says that somebody did not."""
    return fold_heading(said) in NOT_THERE


def only_waited(said: str) -> bool:
    """Return whether a cell about attending, or about a role, says that somebody only waited to be let in."""
    return fold_heading(said) in WAITED


def has_waited(said: str) -> bool:
    """Return whether a cell of the column about the waiting room says that this row was there."""
    return fold_heading(said) not in NOT_WAITED


def part_of(heading: str) -> Part | None:
    """Return what a column of this heading seems to say: as it is, without what is in brackets, without a unit."""
    words = fold_heading(heading)
    bare = fold_heading(IN_BRACKETS.sub(" ", heading))
    surplus = CLOCKS.union(*UNITS.values())
    short = " ".join(word for word in bare.split() if word not in surplus)
    return PARTS.get(words) or PARTS.get(bare) or PARTS.get(short)


def unit_of(heading: str) -> timedelta:
    """Return what a bare number under a heading of durations counts."""
    words = set(fold_heading(heading).split())
    return next((unit for unit, names in UNITS.items() if names & words), timedelta(minutes=1))


def says_first(heading: str) -> bool:
    """Return whether a heading is that of the first of several times."""
    return fold_heading(heading).startswith(FIRST)


def is_host(role: str) -> bool:
    """Return whether a role is that of somebody who runs the meeting."""
    return fold_heading(role) in HOSTS


def guess_columns(headings: Sequence[str]) -> dict[Part, int]:
    """Return which column seems to say what, by position; of two alike the first.

    A “name” beside a first name is the family name, and a first name alone is the name.
    """
    found: dict[Part, int] = {}
    for position, heading in enumerate(headings):
        if part := part_of(heading):
            found.setdefault(part, position)
    if Part.FIRST_NAME in found and Part.LAST_NAME not in found:
        if Part.NAME in found:
            found[Part.LAST_NAME] = found.pop(Part.NAME)
        else:
            found[Part.NAME] = found.pop(Part.FIRST_NAME)
    return found
