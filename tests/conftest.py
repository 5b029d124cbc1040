"""Settings for all tests."""

import os

from hypothesis import settings

# Machines are noisy, so no example is timed; the gate draws the same examples every time, a developer new ones.
settings.register_profile("dedup", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("dedup")
