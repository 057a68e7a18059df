"""What all tests share: no example of Hypothesis is refused for the time that a busy machine took over it, and a gate
that everybody has to pass draws the same examples each time."""

import os

from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.register_profile("gate", deadline=None, derandomize=True)
settings.load_profile("gate" if os.environ.get("CI") else "untimed")
