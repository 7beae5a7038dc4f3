"""`python -m medcoding.cli`."""

import sys

from medcoding.cli import main

sys.exit(main())
