"""A whole made inquiry: from files to a sealed report that is verified and computed again.

Everything in it is invented (``examples/story.json``): a photograph with shadows, a tender, images
of a site, four accounts of which two share an origin, an answer. Nothing of it happened anywhere.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from noonmark import __version__
from noonmark.actions import cases, redaction
from noonmark.actions.answer_forms import answer_json
from noonmark.actions.answers import locate
from noonmark.actions.case_intake import add_to_case
from noonmark.actions.case_items import Made, item_of, log_derivation, means
from noonmark.actions.demo import show_frame
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

    ``unhidden`` says why nothing could be hidden in the photograph; then the photograph is held
    back. Empty where it was hidden.
    """

    release: WrittenRelease
    verdict: AuditVerdict
    answers: tuple[RepeatedAnswer, ...]
    unhidden: str


def show_story(
    folder: Path, *, progress: Callable[[float, str], None] = lambda share, word: None
) -> StoryShown:
    """Make the case below a new folder, release it, verify the release, and compute it again."""
    folder.mkdir(parents=True)
    story = _story()
    case, key = folder / "case", folder / "desk.key"
    public = new_case_key(key, name="example.org/story")
    progress(0.0, "keeping files")
    items = _keep_files(folder, case, story["files"])
    progress(0.2, "hiding")
    unhidden = _hide(folder, case)
    items[MARKED] = items[PHOTO] if unhidden else _digest_of(folder / "marks" / "frame.png")
    progress(0.4, "answering")
    items |= _answer(folder, case)
    progress(0.5, "saying")
    _say(case, story["said"], items)
    progress(0.6, "releasing")
    held = ((items[PHOTO], "nothing could be hidden in it on this machine"),) if unhidden else ()
    request = ReleaseRequest(title=TITLE, text=TEXT, today=_DATE, withheld=held)
    release = write_release(case, folder / "release", request, key=key, by="quiet-desk")
    progress(0.8, "verifying")
    verdict = cases.verify_bundle(release.folder / "bundle", key=str(public))
    answers = rerun_release(release.folder)
    return StoryShown(release, verdict, tuple(answers), unhidden)


def _story() -> dict[str, Any]:
    """The texts and forms of the story."""
    text = resources.files("noonmark.examples").joinpath("story.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def _keep_files(folder: Path, case: Path, texts: Mapping[str, str]) -> dict[str, str]:
    """Make the case and keep its files; their digests by name."""
    inbox = folder / "inbox"
    inbox.mkdir()
    photo = resources.files("noonmark.examples").joinpath(PHOTO).read_bytes()
    (inbox / PHOTO).write_bytes(photo)
    for name, text in texts.items():
        (inbox / name).write_text(text, encoding="utf-8", newline="\n")
    cases.new_case(case, by="quiet-desk")
    paths = sorted(str(path) for path in inbox.iterdir())
    done = add_to_case(case, paths, by="quiet-desk")
    return {str(one["name"]): str(one["sha256"]) for one in done.added}


def _hide(folder: Path, case: Path) -> str:
    """Hide a sign in the photograph and draw the marks on the hidden copy; why not, if it failed.

    Pictures are decoded in the sandbox, which not every machine allows.
    """
    source = folder / "inbox" / PHOTO
    hidden = folder / "street-hidden.png"
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


def _say(case: Path, turns: list[dict[str, Any]], items: Mapping[str, str]) -> None:
    """Say the forms of the story in turn; what a later turn names by label is looked up."""
    known = {f"${name}": digest for name, digest in items.items()} | {"$version": __version__}
    for turn in turns:
        with open_vault(case, write=True, by=turn["by"]) as vault:
            forms = [_filled(form, known) for form in turn["forms"]]
            said = say(vault, forms)
        for form, new in zip(forms, said, strict=True):
            if "as" in form:
                known[f"@{form['as']}"] = str(new.data["id"])


def _filled(value: Any, known: Mapping[str, str]) -> Any:
    """A form with digests in place of names, and ids in place of labels of earlier turns."""
    if isinstance(value, dict):
        return {key: _filled(inner, known) for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, known) for inner in value]
    return known.get(value, value) if isinstance(value, str) else value
