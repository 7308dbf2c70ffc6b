"""Write docs/options.md: every option of every command, from the parsers themselves.

python builders/options_page.py [--check]
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from noonmark.cli.commands import COMMANDS
from noonmark.cli.completion_cmd import whole_parser

TARGET = Path(__file__).resolve().parents[1] / "docs" / "options.md"
HEAD = """# Every option of every command

Made from the commands' own parsers by `python builders/options_page.py`; a test holds it to them.
[commands.md](commands.md) shows each command at work. `--json` and `-h` are taken by every command.
"""
OWN_HELP = {"help", "json"}


def page() -> str:
    """The text of docs/options.md."""
    parsers = dict(_subparsers(whole_parser()))
    parts = [HEAD]
    for command in COMMANDS:
        parts.append(f"## {command.name}\n\n{_sentence(command.help)}\n")
        parts += list(_tables(f"noonmark {command.name}", parsers[command.name]))
    return "\n".join(parts)


def _tables(name: str, parser: argparse.ArgumentParser) -> Iterator[str]:
    """The table of a command's own arguments, then those of its actions."""
    rows = [_row(action) for action in parser._actions if _is_shown(action)]
    if rows:
        yield "\n".join([f"`{name}`", "", "| argument | meaning |", "|---|---|", *rows, ""])
    for action, below in _subparsers(parser):
        yield from _tables(f"{name} {action}", below)


def _subparsers(parser: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            yield from action.choices.items()


def _is_shown(action: argparse.Action) -> bool:
    if isinstance(action, argparse._SubParsersAction) or action.help == argparse.SUPPRESS:
        return False
    return action.dest not in OWN_HELP


def _row(action: argparse.Action) -> str:
    value = _value(action)
    names = [f"{option} {value}".strip() for option in action.option_strings] or [value]
    meaning = _sentence(action.help or "")
    if action.option_strings and action.default not in (None, False, argparse.SUPPRESS, [], ()):
        meaning += f" Default: {action.default}."
    shown = ", ".join(f"`{name}`" for name in names)
    return f"| {shown} | {meaning} |".replace("\n", " ")


def _value(action: argparse.Action) -> str:
    """How the value is written in a usage line."""
    if action.nargs == 0:
        return ""
    if action.choices is not None and action.metavar is None:
        return "{" + ",".join(map(str, action.choices)) + "}"
    name = action.metavar or action.dest.upper()
    return " ".join(name) if isinstance(name, tuple) else str(name)


def _sentence(text: str) -> str:
    text = text.replace("|", "\\|").strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", ")")) else ".")


def main() -> int:
    """Write the page, or with --check say whether it is as built."""
    if "--check" in sys.argv[1:]:
        return int(TARGET.read_text(encoding="utf-8") != page())
    TARGET.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
