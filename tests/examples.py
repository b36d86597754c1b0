"""How many examples are tried of what is drawn at random."""

import hypothesis

FEW = 10  # a tenth


def examples(full: int) -> int:
    """Return so many where the suite is run in full (`--full`), else a tenth: for tests that need more than usual."""
    is_full = hypothesis.settings.get_current_profile_name() == "full"
    return full if is_full else full // FEW
