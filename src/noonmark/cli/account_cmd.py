"""Accounts: interviews and recordings with what was said, under aliases."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from noonmark.actions.account_export import AccountExport, account_segments, export_account
from noonmark.actions.transcripts import (
    AccountGiven,
    TranslationGiven,
    add_account,
    code_words,
    voice_pairs,
)
from noonmark.cli.case_actor import add_actor
from noonmark.cli.tell import Result

_ADD, _SEGMENTS, _EXPORT = "add", "segments", "export"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-command for each act."""
    acts = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    _add_arguments(acts)
    _translation_arguments(_add_arguments_of_consent(acts.choices[_ADD]))
    said = "show what was said in an account, translations beside it"
    segments = acts.add_parser(_SEGMENTS, help=said, description=said[0].upper() + said[1:] + ".")
    segments.add_argument("case", metavar="CASE", type=Path, help="the case's folder")
    segments.add_argument("account", metavar="ID", help="the account's id, or its first letters")
    _export_arguments(acts)


def _add_arguments(acts: Any) -> None:
    said = "take a transcript into a case as an account, with what was agreed"
    add = acts.add_parser(_ADD, help=said, description=said[0].upper() + said[1:] + ".")
    add.add_argument("case", metavar="CASE", type=Path, help="the case's folder")
    add.add_argument("file", metavar="FILE", type=Path, help=".srt, .vtt, .ass, .eaf or .trs")
    add.add_argument("--alias", metavar="A", required=True, help="the source: never a name")
    add.add_argument("--language", metavar="L", required=True, help="of the words: ug, zh, ru")
    add.add_argument("--encoding", metavar="NAME", default="", help="of a text not in UTF-8")
    add.add_argument(
        "--voice", metavar="LABEL=A", action="append", default=[],
        help="an alias for a voice of the file; others get one",
    )  # fmt: skip
    add.add_argument("--codes", metavar="FILE", type=Path, help="code words with their basis, JSON")
    add.add_argument(
        "--recorded-voice", choices=("own", "altered", "dubbed"), default="own",
        help="altered: the recording was disguised, and is said to be",
    )  # fmt: skip
    add.add_argument("--interpreter", metavar="A", default="", help="an alias")
    add.add_argument("--interviewer", metavar="A", default="", help="an alias")
    add.add_argument("--given-at", metavar="TIME", default="unknown", help="with its offset, or Z")
    add.add_argument(
        "--how", choices=("interview", "writing", "message", "hearsay"), default="interview"
    )
    add.add_argument("--led", choices=("open", "leading", "unknown"), default="unknown")
    add.add_argument("--paid", choices=("no", "yes", "unknown"), default="unknown")
    add.add_argument("--heard-others", choices=("no", "yes", "unknown"), default="unknown")
    add_actor(add)


def _add_arguments_of_consent(add: argparse.ArgumentParser) -> argparse.ArgumentParser:
    add.add_argument(
        "--publish", choices=("no", "text", "voice_altered", "full"), default="no",
        help="what the source agreed to: no unless it is said",
    )  # fmt: skip
    add.add_argument("--court", choices=("no", "ask", "yes"), default="no")
    add.add_argument("--archive", choices=("no", "yes"), default="no")
    add.add_argument("--restriction", choices=("open", "team", "sealed"), default="")
    add.add_argument("--restriction-why", metavar="TEXT", default="")
    return add


def _translation_arguments(add: argparse.ArgumentParser) -> None:
    add.add_argument(
        "--translation", metavar="FILE", type=Path, help="a transcript with the same segments"
    )
    add.add_argument("--translation-language", metavar="L", default="en")
    add.add_argument("--translated-by", metavar="A", default="", help="an alias")
    add.add_argument(
        "--translated", choices=("human", "machine", "machine-checked"), default="human"
    )
    add.add_argument("--translation-tool", metavar="TEXT", default="", help="of a machine")
    add.add_argument("--translation-checked-by", metavar="A", default="", help="an alias")


def _export_arguments(acts: Any) -> None:
    said = "write an account to a new file, as far as what was agreed allows"
    export = acts.add_parser(_EXPORT, help=said, description=said[0].upper() + said[1:] + ".")
    export.add_argument("case", metavar="CASE", type=Path, help="the case's folder")
    export.add_argument("account", metavar="ID", help="the account's id, or its first letters")
    export.add_argument("--out", metavar="OUT", type=Path, required=True, help="a new file")
    export.add_argument(
        "--as", dest="form", choices=("srt", "vtt", "ass", "eaf", "trs"), default="vtt"
    )
    export.add_argument("--language", metavar="L", default="", help="that of a translation")
    export.add_argument(
        "--redacted", action="store_true", help="number the voices, hide code words"
    )
    export.add_argument(
        "--hide", metavar="WORD", action="append", default=[],
        help="paint over a word, under every spelling",
    )  # fmt: skip
    export.add_argument(
        "--withhold", metavar="N", type=int, action="append", default=[], help="a whole segment"
    )
    export.add_argument(
        "--despite-restriction", metavar="REASON", default="",
        help="go against what was agreed; it is logged",
    )  # fmt: skip
    add_actor(export)


def run(args: argparse.Namespace) -> Result:
    """Do the act, and tell what came of it."""
    if args.action == _ADD:
        return _add(args)
    if args.action == _SEGMENTS:
        found = account_segments(args.case, args.account)
        return Result(found, _segment_lines(found))
    return _export(args)


def _add(args: argparse.Namespace) -> Result:
    given = AccountGiven(
        alias=args.alias,
        language=args.language,
        how=args.how,
        given_at=args.given_at,
        interviewer=args.interviewer,
        interpreter=args.interpreter,
        led=args.led,
        paid=args.paid,
        heard_others=args.heard_others,
        publish=args.publish,
        court=args.court,
        archive=args.archive,
        restriction=args.restriction,
        restriction_why=args.restriction_why,
        recorded_voice=args.recorded_voice,
        encoding=args.encoding,
        voices=voice_pairs(args.voice),
        codes=code_words(args.codes),
    )
    found = add_account(args.case, args.file, given, translation=_translation(args), by=args.by)
    lines = [
        f"# account {found['account']}",
        f"item     {found['item']}",
        f"segments {found['segments']}, {found['translated']} translated",
    ]
    lines += [f"voice    {one['label'] or '(none)'} is {one['alias']}" for one in found["voices"]]
    return Result(found, [*lines, *(f"remark   {remark}" for remark in found["remarks"])])


def _translation(args: argparse.Namespace) -> TranslationGiven | None:
    if args.translation is None:
        return None
    return TranslationGiven(
        args.translation,
        args.translation_language,
        args.translated_by,
        args.translated,
        args.translation_tool,
        args.translation_checked_by,
        args.encoding,
    )


def _segment_lines(found: Mapping[str, Any]) -> list[str]:
    """Each segment with its times, alias and words, translations below."""
    lines = [f"# account {found['account']}"]
    for one in found["segments"]:
        words = "[withdrawn]" if one["text"] is None else one["text"].replace("\n", " / ")
        altered = "" if one["voice"] == "own" else f", voice {one['voice']}"
        times = f"{one['start_ms'] / 1000:.3f}-{one['end_ms'] / 1000:.3f} s"
        lines.append(f"{one['number']:>4}  {times}  {one['speaker']}{altered}: {words}")
        code = one.get("spoken_as_code")
        lines += [f"      {code['word']} means {code['means']} ({code['basis']})"] if code else []
        lines += [
            f"      {each['language']} by {each['by']} ({each['kind']}): {each['text']}"
            for each in one["translations"]
        ]
    return lines


def _export(args: argparse.Namespace) -> Result:
    wish = AccountExport(
        args.form,
        args.redacted,
        args.language,
        frozenset(args.withhold),
        tuple(args.hide),
        args.despite_restriction,
    )
    found = export_account(args.case, args.account, args.out, wish, by=args.by)
    lines = [
        f"# {args.out}: {found['segments']} segments as {found['form']}",
        f"withheld {found['withheld']} segments, {found['places_hidden']} places hidden",
    ]
    if found["redacted"]:
        lines.append("read it before it leaves: a word that nobody named is not hidden")
    return Result(found, lines)
