"""``python -m noonmark`` is the same as ``noonmark``."""

import sys

if not sys.flags.safe_path:
    # The folder that the command is typed in may be a stranger's: nothing more is imported from it.
    sys.path[:] = [path for path in sys.path if path != sys.path[0]]

from noonmark.cli.main import main

sys.exit(main())
