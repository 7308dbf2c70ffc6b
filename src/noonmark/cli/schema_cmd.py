"""Print the JSON Schema (draft 2020-12) of an input or an answer, or list their names."""

from __future__ import annotations

import argparse
import json

from noonmark import actions
from noonmark.cli.tell import Result


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One optional name."""
    parser.add_argument(
        "name", nargs="?", metavar="NAME", help="which schema; without it, list them"
    )


def run(args: argparse.Namespace) -> Result:
    """List the schemas, or print one."""
    if args.name is None:
        names = actions.schema_names()
        return Result({"ok": True, "schemas": names}, names)
    schema = actions.schema(args.name)
    return Result(schema, json.dumps(schema, indent=2).splitlines())
