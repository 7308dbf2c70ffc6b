"""Print a completion script for a shell.

bash: noonmark completion bash > ~/.local/share/bash-completion/completions/noonmark
zsh:  noonmark completion zsh > a folder of $fpath, as _noonmark
"""

from __future__ import annotations

import argparse
import importlib

from noonmark.cli import tell
from noonmark.cli.commands import COMMANDS
from noonmark.cli.parser import Parser
from noonmark.cli.tell import Result

SHELLS = ("bash", "zsh", "tcsh")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The shell."""
    parser.add_argument("shell", choices=SHELLS, help="whose language the script is in")


def run(args: argparse.Namespace) -> Result | int:
    """The script, made from the same tables as --help."""
    import shtab

    script = shtab.complete(whole_parser(), shell=args.shell)
    if args.json:
        return Result({"ok": True, "shell": args.shell, "script": script})
    tell.page(script)
    return 0


def whole_parser() -> Parser:
    """One parser of every command with all of its options."""
    parser = Parser(prog="noonmark")
    commands = parser.add_subparsers(dest="command")
    for command in COMMANDS:
        module = importlib.import_module(command.module)
        module.add_arguments(commands.add_parser(command.name, help=command.help))
    return parser
