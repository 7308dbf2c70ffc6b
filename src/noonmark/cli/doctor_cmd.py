"""What is installed, what an extra would add, and a self-test.

Exit 3 if a test fails, 1 if footage can't be locked in on this machine.
"""

from __future__ import annotations

import argparse

from noonmark import actions
from noonmark.cli.tell import Result


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None."""


def run(args: argparse.Namespace) -> Result:
    """Versions, extras, self-test."""
    versions, extras, checks = actions.versions(), actions.extras(), actions.self_test()
    healthy = all(check.ok for check in checks)
    unlocked = any(check.code == "sandbox-locks-missing" for check in checks)
    lines = ["# installed", *(f"  {name:<14}{version}" for name, version in versions.items())]
    if extras:
        lines += ["# extras"]
        lines += [
            f"  {e.name:<14}{'present' if e.present else e.command}: {e.adds}" for e in extras
        ]
    lines += [
        "# self-test",
        *(f"  {'ok' if c.ok else 'FAILED':<8}{c.name}: {c.detail}" for c in checks),
    ]
    lines += [
        "All is well."
        if healthy
        else "Something is wrong with this installation; see FAILED above."
    ]
    data = {"ok": healthy, "versions": versions, "extras": extras, "checks": checks}
    return Result(data, lines, exit_code=0 if healthy else 1 if unlocked else 3)
