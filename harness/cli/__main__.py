"""`python -m harness.cli`: the same as `sealproof`."""

import sys

from harness.cli import main

sys.exit(main())
