"""A whole made inquiry: from files to a sealed report that is verified and computed again.

Everything in it is invented (``examples/story.json``): a photograph with shadows, a tender, images
of a site, two lists, four accounts of which two share an origin, an answer. Nothing of it happened
anywhere. A second person reviews it in a case of her own, under a key of her own.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from noonmark import __version__
from noonmark.actions import cases, inquiry_team, redaction, text_layers
from noonmark.actions.answer_forms import answer_json
from noonmark.actions.answers import locate
from noonmark.actions.case_intake import add_to_case
from noonmark.actions.case_items import Made, item_of, log_derivation, means
from noonmark.actions.demo import show_frame
from noonmark.actions.documents import read_kept
from noonmark.actions.list_comparison import FORM, compare_lists
from noonmark.actions.releases import ReleaseRequest, WrittenRelease, write_release
from noonmark.actions.rerun import RepeatedAnswer, rerun_release
from noonmark.actions.signing_keys import new_case_key
from noonmark.errors import OutsideError
from noonmark.evidence.audit import AuditVerdict
from noonmark.evidence.digest import sha256_hex
from noonmark.evidence.ingest import item_fact
from noonmark.evidence.vault import open_vault
from noonmark.inquiry.say import say

PHOTO = "street.jpg"
MARKED = "marked-street.png"
HIDDEN_COPY = "street-hidden.png"
TEXT_OF = "text of "
"""Before the name of a paper, in the story: the digest of its text."""

HIDDEN = {"box": [{"what": "a sign", "box_px": [905, 40, 1075, 170]}]}
"""What is hidden in the photograph [px]."""
TITLE = "A wall beside four posts: a made case"
TEXT = (
    "This case is invented, to show what a report is. No place, authority or account in it exists."
    "\n\nTwo claims are made. What speaks against each stands first."
)
_DATE = "2023-02-01T00:00:00Z"


@dataclass(frozen=True)
class StoryShown:
    """The made inquiry: its release, the verdict on its bundle, its answers computed again.

    ``reviewer_key`` is the key under which the review was said, ``lists`` what the two lists came
    to. ``unhidden`` says why nothing could be hidden in the photograph; then the photograph is held
    back. Empty where it was hidden.
    """

    release: WrittenRelease
    verdict: AuditVerdict
    answers: tuple[RepeatedAnswer, ...]
    reviewer_key: str
    lists: str
    unhidden: str


@dataclass(frozen=True)
class StoryMember:
    """Somebody of the story: an alias, a case of their own, and their keys."""

    alias: str
    case: Path
    key: Path
    public: str


def show_story(
    folder: Path, *, progress: Callable[[float, str], None] = lambda share, word: None
) -> StoryShown:
    """Make the case below a new folder, release it, verify the release, and compute it again."""
    folder.mkdir(parents=True)
    story = _story()
    desk, colleague = (_member(folder, alias) for alias in ("quiet-desk", "slow-cedar"))
    items, lists, unhidden = _gathered(folder, desk, story, progress)
    progress(0.45, "saying")
    known = {f"${name}": value for name, value in (items | lists).items()}
    _say_in_turn(folder, (desk, colleague), story["said"], known | {"$version": __version__})
    progress(0.6, "releasing")
    held = ((items[PHOTO], "nothing could be hidden in it on this machine"),) if unhidden else ()
    request = ReleaseRequest(title=TITLE, text=TEXT, today=_DATE, withheld=held)
    release = write_release(desk.case, folder / "release", request, key=desk.key, by=desk.alias)
    progress(0.8, "verifying")
    verdict = cases.verify_bundle(release.folder / "bundle", key=desk.public)
    answers = tuple(rerun_release(release.folder))
    said = lists["lists said"]
    return StoryShown(release, verdict, answers, colleague.public, said, unhidden)


def _gathered(
    folder: Path,
    desk: StoryMember,
    story: Mapping[str, Any],
    progress: Callable[[float, str], None],
) -> tuple[dict[str, str], dict[str, str], str]:
    """Everything that forms will name: digests by name, what the lists came to, and why nothing
    was hidden, if so.
    """
    progress(0.0, "keeping files")
    items = _keep_files(folder, desk.case, story["files"])
    progress(0.1, "reading papers")
    papers = [digest for name, digest in items.items() if name.endswith(".txt")]
    read_kept(desk.case, papers, by=desk.alias)  # what can't be read here is shown as unread
    items |= _texts_read(desk.case, items)
    progress(0.15, "hiding")
    unhidden = _hide(folder, desk.case)
    made = {MARKED: folder / "marks" / "frame.png", HIDDEN_COPY: folder / HIDDEN_COPY}
    for name, path in made.items():
        items[name] = items[PHOTO] if unhidden else _digest_of(path)
    progress(0.3, "answering")
    items |= _answer(folder, desk.case)
    return items, _compare(folder, desk, story["lists"], items), unhidden


def _texts_read(case: Path, items: Mapping[str, str]) -> dict[str, str]:
    """The digest of the text of each paper that was read, in which quotations count."""
    heads = {name: text_layers.item_heads(case, digest) for name, digest in items.items()}
    return {f"{TEXT_OF}{name}": found[0].text_sha256 for name, found in heads.items() if found}


def _member(folder: Path, alias: str) -> StoryMember:
    """Somebody with a new case and a new key; the desk's case is called ``case``."""
    name = "case" if alias == "quiet-desk" else f"case-of-{alias}"
    key = folder / ("desk.key" if name == "case" else f"{alias}.key")
    public = new_case_key(key, name=f"example.org/{alias}")
    cases.new_case(folder / name, by=alias)
    return StoryMember(alias, folder / name, key, str(public))


def _story() -> dict[str, Any]:
    """The texts and forms of the story."""
    text = resources.files("noonmark.examples").joinpath("story.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def _keep_files(folder: Path, case: Path, texts: Mapping[str, str]) -> dict[str, str]:
    """Keep the files of the case; their digests by name."""
    inbox = folder / "inbox"
    inbox.mkdir()
    photo = resources.files("noonmark.examples").joinpath(PHOTO).read_bytes()
    (inbox / PHOTO).write_bytes(photo)
    for name, text in texts.items():
        (inbox / name).write_text(text, encoding="utf-8", newline="\n")
    paths = sorted(str(path) for path in inbox.iterdir())
    done = add_to_case(case, paths, by="quiet-desk")
    return {str(one["name"]): str(one["sha256"]) for one in done.added}


def _hide(folder: Path, case: Path) -> str:
    """Hide a sign in the photograph and draw the marks on the hidden copy; why not, if it failed.

    Pictures are decoded in the sandbox, which not every machine allows.
    """
    source = folder / "inbox" / PHOTO
    hidden = folder / HIDDEN_COPY
    try:
        plan = redaction.plan_redaction(source, boxes=HIDDEN)
        redaction.redact(
            source, hidden, document=plan, reviewed_by="quiet-desk", case=case, by="quiet-desk"
        )
    except OutsideError as error:
        return error.message
    show_frame(folder / "marks", image=hidden)
    held = item_of(hidden, case=case, by="quiet-desk", command="frame", parameters={})
    drawn = Made(folder / "marks" / "frame.png", MARKED, "frame")
    log_derivation(held, [drawn], means=means("numpy"))
    return ""


def _digest_of(path: Path) -> str:
    """The digest of a small file."""
    return sha256_hex(path.read_bytes())


def _answer(folder: Path, case: Path) -> dict[str, str]:
    """Ask where the sun's direction fits, and keep the clues and the answer; digests by name."""
    marks = folder / "marks"
    if not marks.exists():
        show_frame(marks)
    clues = (marks / "clues.json").read_bytes()
    result = json.dumps(answer_json(locate(clues)), indent=1) + "\n"
    kept = {"clues.json": clues, "answer.json": result.encode()}
    digests = {}
    with open_vault(case, write=True, by="quiet-desk") as vault:
        for name, data in kept.items():
            stored = vault.store.put_bytes(data)
            digests[name] = stored.sha256
            vault.append(item_fact(name.encode(), stored, None, "report"))
    return digests


def _compare(
    folder: Path, desk: StoryMember, lists: Mapping[str, Any], items: dict[str, str]
) -> dict[str, str]:
    """Compare the two lists as both readers decided; what came of it, and the digest of the table.

    ``items`` are the digests of the lists by name.
    """
    (folder / "lists").mkdir()
    read = []
    for reading in lists["readings"]:
        read.append(folder / "lists" / f"{reading['by']}.json")
        told = {"form": FORM, "a_sha256": items[lists["a"]], "b_sha256": items[lists["b"]]}
        text = json.dumps(told | reading, ensure_ascii=False, indent=1)
        read[-1].write_text(text + "\n", encoding="utf-8")
    paths = (folder / "inbox" / lists[side] for side in "ab")
    found = compare_lists(desk.case, *paths, decisions=read[0], second=read[1], by=desk.alias)
    second = found["second_reading"]
    return {
        "list-comparison.json": found["kept"]["sha256"],
        "lists said": found["sentence"],
        "lists differ": f"{second['entries'] - second['same']} of {second['entries']} entries",
    }


def _say_in_turn(
    folder: Path,
    members: tuple[StoryMember, StoryMember],
    turns: list[dict[str, Any]],
    known: dict[str, str],
) -> None:
    """Say the forms of the story in turn, each turn in its speaker's own case; what a later turn
    names by label is looked up. A turn begins with what the other gave.
    """
    by_alias = {one.alias: one for one in members}
    for number, turn in enumerate(turns):
        speaker = by_alias[turn["by"]]
        other = next(one for one in members if one is not speaker)
        if number:
            _hand_over(folder, other, speaker)
        with open_vault(speaker.case, write=True, by=speaker.alias) as vault:
            forms = [_filled(form, known) for form in turn["forms"]]
            said = say(vault, forms)
        for form, new in zip(forms, said, strict=True):
            if "as" in form:
                known[f"@{form['as']}"] = str(new.data["id"])
    if turns[-1]["by"] != members[0].alias:
        _hand_over(folder, by_alias[turns[-1]["by"]], members[0])


def _hand_over(folder: Path, giver: StoryMember, taker: StoryMember) -> None:
    """Give what was said in one case to another, as a sealed bundle that is verified there."""
    bundle = folder / f"given-by-{giver.alias}"
    inquiry_team.give_inquiry(giver.case, bundle, giver.key, by=giver.alias)
    inquiry_team.take_inquiry(taker.case, bundle, key=giver.public, by=taker.alias)


def _filled(value: Any, known: Mapping[str, str]) -> Any:
    """A form with digests in place of names, and ids in place of labels of earlier turns.

    A text that could not be read here is not named, and what stands for two pictures is named once.
    """
    if isinstance(value, dict):
        filled = {key: _filled(inner, known) for key, inner in value.items()}
        unread = f"${TEXT_OF}"
        return {key: inner for key, inner in filled.items() if not str(inner).startswith(unread)}
    if isinstance(value, list):
        several = [_filled(inner, known) for inner in value]
        return [one for at, one in enumerate(several) if one not in several[:at]]
    if not isinstance(value, str):
        return value
    for name in ("$lists said", "$lists differ"):
        value = value.replace(name, known[name])
    return known.get(value, value)
