"""Let `manage.py check` refuse data files that contradict themselves; no database needed."""

from pathlib import Path
from typing import Any

from django.core.checks import CheckMessage, Error

from eligibility import consistency, datafiles
from eligibility.consistency import Problem, ProblemCode
from eligibility.countries import CODES


def check_data_files(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Return an error for every contradiction in the files a new site is seeded from."""
    return [
        Error(problem.message, id=problem.code.value, obj="eligibility/data")
        for problem in data_file_problems(datafiles.DATA)
    ]


def data_file_problems(folder: Path) -> tuple[Problem, ...]:
    """Return what is wrong with the data files of a folder; with a file that cannot be read, that alone."""
    try:
        files = datafiles.read_data_files(folder)
    except datafiles.UnreadableDataFile as error:
        unsourced = isinstance(error.__cause__, datafiles.MissingSource)
        return (Problem(ProblemCode.NO_SOURCE if unsourced else ProblemCode.UNREADABLE, str(error)),)
    return consistency.problems(files.editions, files.rules, CODES)
