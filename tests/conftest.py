"""What all tests share: no example of Hypothesis is refused for the time that a busy machine took over it."""

from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
