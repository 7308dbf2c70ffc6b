"""``python -m noonmark`` is the same door as ``noonmark``."""

import sys

from noonmark.cli.main import main

sys.exit(main())
