"""``noonmark COMMAND ...``: find the command in the table, import it, run it, tell what it found.

Exit codes: 0 done, 1 trust broken, 2 the user can fix it, 3 the world failed us, 130 Ctrl-C,
141 the reader of the pipe went away. Nothing heavy is imported here, so that ``--help`` is instant.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType

from noonmark import __version__
from noonmark.cli import tell
from noonmark.cli.commands import COMMANDS, Command
from noonmark.cli.parser import Parser
from noonmark.error_mapping import as_ours
from noonmark.errors import InputError, NoonmarkError, OutsideError
from noonmark.typed_words import nearest

INTERRUPTED, PIPE_CLOSED = 130, 141


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    words, json_wanted = _take_json(words)
    call = _Call()
    try:
        with tell.recoveries_told():
            return _run(words, json_wanted, call)
    except SystemExit as end:  # argparse, after --help
        return int(end.code or 0)
    except BrokenPipeError:
        tell.hush()
        return PIPE_CLOSED
    except KeyboardInterrupt:
        stopped = OutsideError("stopped by Ctrl-C", code="interrupted", hint=call.kept or None)
        return _failed(stopped, json_wanted, INTERRUPTED)
    except Exception as trouble:
        if os.environ.get("NOONMARK_DEBUG") and not isinstance(trouble, NoonmarkError):
            raise
        return _failed(as_ours(trouble), json_wanted)


@dataclass
class _Call:
    """What a command line has come to: ``kept`` is what is said to be safe after Ctrl-C."""

    kept: str = ""


def _run(words: list[str], json_wanted: bool, call: _Call) -> int:
    if not words or words[0] in ("-h", "--help", "help"):
        tell.page(overview())
        return 0 if words else 2
    if words[0] in ("-V", "--version"):
        version = tell.Result({"ok": True, "noonmark": __version__}, [f"noonmark {__version__}"])
        tell.answer(version, json_wanted=json_wanted)
        return 0
    command = _find(words[0])
    module = importlib.import_module(command.module)
    args = _parse(command, module, words[1:])
    args.json = json_wanted
    if hasattr(module, "kept"):
        call.kept = module.kept(args)
    result = module.run(args)
    if isinstance(result, int):
        return result
    tell.answer(result, json_wanted=json_wanted)
    return int(result.exit_code)


def overview() -> str:
    """The text of ``noonmark --help``."""
    width = max(len(command.name) for command in COMMANDS)
    text = [
        "usage: noonmark COMMAND ... [--json]",
        "",
        "Where and when can this have been filmed, and how sure may we be?",
    ]
    for group in dict.fromkeys(command.group for command in COMMANDS):
        text += ["", f"{group}:"]
        text += [f"  {c.name:<{width}}  {c.help}" for c in COMMANDS if c.group == group]
    text += [
        "",
        "noonmark COMMAND --help says more. "
        "Exit codes: 0 done, 1 trust broken, 2 yours to mend, 3 the world failed.",
    ]
    return "\n".join(text)


def _take_json(words: list[str]) -> tuple[list[str], bool]:
    stop = words.index("--") if "--" in words else len(words)
    before = [word for word in words[:stop] if word != "--json"]
    return before + words[stop:], len(before) < stop


def _find(name: str) -> Command:
    for command in COMMANDS:
        if command.name == name:
            return command
    near = nearest(name, [command.name for command in COMMANDS])
    hint = f"did you mean noonmark {near}?" if near else "noonmark --help lists the commands"
    raise InputError(f"there is no command {name!r}", code="usage", hint=hint)


def _parse(command: Command, module: ModuleType, words: list[str]) -> argparse.Namespace:
    parser = Parser(prog=f"noonmark {command.name}", description=module.__doc__)
    module.add_arguments(parser)
    return parser.parse_args(words)


def _failed(trouble: NoonmarkError, json_wanted: bool, exit_code: int | None = None) -> int:
    try:
        tell.error(trouble, json_wanted=json_wanted)
    except BrokenPipeError:
        tell.hush()
    return trouble.exit_code if exit_code is None else exit_code
