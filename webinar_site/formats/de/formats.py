"""Dates and times in German, as EU texts write them: “10.30 Uhr”."""

DATE_FORMAT = "j. F Y"
TIME_FORMAT = "G.i"
DATETIME_FORMAT = "j. F Y, G.i \\U\\h\\r"
SHORT_DATE_FORMAT = "j. M Y"
SHORT_DATETIME_FORMAT = "j. M Y, G.i \\U\\h\\r"
