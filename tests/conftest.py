"""What all tests share: how Hypothesis looks for examples.

By default it takes the same examples each time, so that a green run stays green; with HPF_FUZZ=1
it looks for new ones (`HPF_FUZZ=1 make test-all`), and prints how to repeat what it finds.
"""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("steady", derandomize=True, deadline=None, database=None)
settings.register_profile("fuzz", derandomize=False, deadline=None, print_blob=True)
settings.load_profile("fuzz" if os.environ.get("HPF_FUZZ") else "steady")
