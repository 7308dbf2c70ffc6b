"""The one table of commands. To add a command, add a row and a module; nothing else knows the list.

A command module is thin and holds two functions, imported only when its command is chosen::

    def add_arguments(parser: argparse.ArgumentParser) -> None: ...
    def run(args: argparse.Namespace) -> Result: ...       # parse -> call bench -> tell

``args.json`` is always there (main takes ``--json`` from anywhere on the line), so a module never
declares it. A group (``case new``, ``case add``) is one row: its ``add_arguments`` calls
``parser.add_subparsers(dest="action", required=True)``. A module may also hold
``kept(args) -> str``: one sentence, said after Ctrl-C, on what is already safe on disk.
Every row needs a section in docs/commands.md with an example that a test runs.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Command:
    """A name, the module that answers to it, one line of help, and the heading it stands under."""

    name: str
    module: str
    help: str
    group: str


QUESTIONS = "where and when"
FOOTAGE = "footage"
EVIDENCE = "evidence"
HOUSE = "the tool itself"

COMMANDS: tuple[Command, ...] = (
    Command("locate", "noonmark.cli.locate_cmd", "where and when can this have been filmed?", QUESTIONS),
    Command("check", "noonmark.cli.check_cmd", "they say it was here, then: can it be?", QUESTIONS),
    Command("frame", "noonmark.cli.frame_cmd", "from marks on a frame to the sun, with its error", QUESTIONS),
    Command("sun", "noonmark.cli.sun_cmd", "where the sun stood at a place and time", QUESTIONS),
    Command("open", "noonmark.cli.open_cmd", "the page: mark a shadow, see where and when", QUESTIONS),
    Command("probe", "noonmark.cli.probe_cmd", "what a file says of itself, and what contradicts what", FOOTAGE),
    Command("frames", "noonmark.cli.frames_cmd", "frames of a film by exact time, tied to its digest", FOOTAGE),
    Command("seen", "noonmark.cli.seen_cmd", "whether an index holds what a file shows", FOOTAGE),
    Command("index", "noonmark.cli.index_cmd", "an index of frames, to ask what was seen before", FOOTAGE),
    Command("redact", "noonmark.cli.redact_cmd", "hide faces and drawn boxes for good", FOOTAGE),
    Command("strip", "noonmark.cli.strip_cmd", "a copy without metadata, read back to be sure", FOOTAGE),
    Command("case", "noonmark.cli.case_cmd", "keep files and a log of what was done; seal, check, hand on", EVIDENCE),
    Command("verify", "noonmark.cli.verify_cmd", "check a bundle that somebody handed you", EVIDENCE),
    Command("schema", "noonmark.cli.schema_cmd", "print the JSON Schema of an input or an answer", HOUSE),
    Command("doctor", "noonmark.cli.doctor_cmd", "what is installed, what an extra would add, a self-test", HOUSE),
    Command("demo", "noonmark.cli.demo_cmd", "a published case and a scene of known truth, with pictures", HOUSE),
    Command("calibrate", "noonmark.cli.calibrate_cmd", "how often your own clues hold a truth you know", HOUSE),
)
