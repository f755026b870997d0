"""What every test shares: how hypothesis searches, and no window for a figure."""

import os

from hypothesis import settings

# The machine that judges a change tries the same examples each time; a developer's tries new ones.
# Neither has a deadline: a first call pays for imports.
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.register_profile("dev", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "dev")

os.environ.setdefault("MPLBACKEND", "Agg")
