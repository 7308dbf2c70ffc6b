"""The one table of commands. To add a command, add a row and a module; nothing else knows the list.

A command module is thin and holds two functions, imported only when its command is chosen::

    def add_arguments(parser: argparse.ArgumentParser) -> None: ...
    def run(args: argparse.Namespace) -> Result: ...       # parse -> call actions -> tell

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
TOOL = "the tool itself"

COMMANDS: tuple[Command, ...] = (
    Command(
        "locate", "noonmark.cli.locate_cmd", "where and when can this have been filmed?", QUESTIONS
    ),
    Command("check", "noonmark.cli.check_cmd", "they say it was here, then: can it be?", QUESTIONS),
    Command(
        "frame",
        "noonmark.cli.frame_cmd",
        "from marks on a frame to the sun, with its error",
        QUESTIONS,
    ),
    Command("sun", "noonmark.cli.sun_cmd", "where the sun stood at a place and time", QUESTIONS),
    Command(
        "place",
        "noonmark.cli.place_cmd",
        "where do these things stand so? From your own maps, offline",
        QUESTIONS,
    ),
    Command(
        "world",
        "noonmark.cli.world_cmd",
        "your own maps of what stands where: add, list, remove",
        QUESTIONS,
    ),
    Command(
        "horizon",
        "noonmark.cli.horizon_cmd",
        "how high the land stands round a place",
        QUESTIONS,
    ),
    Command(
        "ridge",
        "noonmark.cli.ridge_cmd",
        "when the sun clears the ridges about a place",
        QUESTIONS,
    ),
    Command(
        "skyline",
        "noonmark.cli.skyline_cmd",
        "which places a photo's skyline fits",
        QUESTIONS,
    ),
    Command(
        "elevation",
        "noonmark.cli.elevation_cmd",
        "your own tiles of elevation: add, list, remove",
        QUESTIONS,
    ),
    Command(
        "open", "noonmark.cli.open_cmd", "the page: mark a shadow, see where and when", QUESTIONS
    ),
    Command(
        "probe",
        "noonmark.cli.probe_cmd",
        "what a file says of itself, and what contradicts what",
        FOOTAGE,
    ),
    Command(
        "frames",
        "noonmark.cli.frames_cmd",
        "frames of a film by exact time, tied to its digest",
        FOOTAGE,
    ),
    Command(
        "turns",
        "noonmark.cli.turns_cmd",
        "angles between things, from a clip whose camera turns",
        FOOTAGE,
    ),
    Command("seen", "noonmark.cli.seen_cmd", "whether an index holds what a file shows", FOOTAGE),
    Command(
        "align",
        "noonmark.cli.align_cmd",
        "several clips of one event on one line of time, by sound",
        FOOTAGE,
    ),
    Command(
        "index",
        "noonmark.cli.index_cmd",
        "an index of frames, to ask what was seen before",
        FOOTAGE,
    ),
    Command("redact", "noonmark.cli.redact_cmd", "hide faces and drawn boxes for good", FOOTAGE),
    Command(
        "strip", "noonmark.cli.strip_cmd", "a copy without metadata, read back to be sure", FOOTAGE
    ),
    Command(
        "sites",
        "noonmark.cli.sites_cmd",
        "what was built or removed at a place, between which two images",
        FOOTAGE,
    ),
    Command(
        "case",
        "noonmark.cli.case_cmd",
        "keep files and a log of what was done; seal, check, hand on",
        EVIDENCE,
    ),
    Command(
        "docs",
        "noonmark.cli.docs_cmd",
        "papers, mail and chats: keep them in a case and read their text",
        EVIDENCE,
    ),
    Command(
        "account",
        "noonmark.cli.account_cmd",
        "interviews and recordings: what was said, and what was agreed",
        EVIDENCE,
    ),
    Command(
        "list",
        "noonmark.cli.list_cmd",
        "two lists compared entry by entry: people decide, it counts",
        EVIDENCE,
    ),
    Command(
        "verify", "noonmark.cli.verify_cmd", "check a bundle that somebody handed you", EVIDENCE
    ),
    Command(
        "inquiry",
        "noonmark.cli.inquiry_cmd",
        "claims and what bears on them: origins, bounds, judgements, disputes",
        EVIDENCE,
    ),
    Command(
        "reply",
        "noonmark.cli.reply_cmd",
        "the right of reply: who was asked, by when, and what came of it",
        EVIDENCE,
    ),
    Command(
        "release",
        "noonmark.cli.release_cmd",
        "what may leave a case; the report and a signed bundle of it",
        EVIDENCE,
    ),
    Command(
        "schema", "noonmark.cli.schema_cmd", "print the JSON Schema of an input or an answer", TOOL
    ),
    Command(
        "doctor",
        "noonmark.cli.doctor_cmd",
        "what is installed, what an extra would add, a self-test",
        TOOL,
    ),
    Command(
        "demo",
        "noonmark.cli.demo_cmd",
        "a published case and a scene of known truth, with pictures",
        TOOL,
    ),
    Command(
        "calibrate",
        "noonmark.cli.calibrate_cmd",
        "how often your own clues hold a truth you know",
        TOOL,
    ),
    Command(
        "completion", "noonmark.cli.completion_cmd", "print a completion script for a shell", TOOL
    ),
)
