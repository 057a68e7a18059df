"""Says why and exits before it reads anything."""

import sys

sys.exit("no licence file found")
