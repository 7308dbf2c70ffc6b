"""What Python tells the page in English is found again by its code, and said in every language."""

from __future__ import annotations

import ast
import json
import re
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from string import Formatter
from types import SimpleNamespace

import pytest

from noonmark.actions.answer_forms import ROUGH
from noonmark.actions.case_intake import Collection
from noonmark.errors import InputError
from noonmark.inference.discrepancy import LEAST_P
from noonmark.inference.nowhere_fits import _why
from noonmark.media import followed_boxes
from noonmark.media.contradictions import of_clocks
from noonmark.media.picture_findings import of_pictures
from noonmark.media.stated_places import PlaceList, StatedPlace, against, of_places
from noonmark.media.stated_times import StatedTime
from noonmark.questions.clue_file import question_of
from noonmark.session.sentence_list import TEMPLATES
from noonmark.session.sentences import recall, told
from noonmark.sites.site_folder import open_site
from noonmark.values import Place

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "frontend/src"
SESSION = ROOT / "src/noonmark/session"
LEFT_OUT = {"act.asked": {"words"}, "act.checked-claim": {"words"}, "answer.wide-sigma": {"size"}}
"""Values that other languages do not repeat: what is told there is English in itself."""


def words_of(language):
    return json.loads((PAGE / f"i18n/said.{language}.json").read_text(encoding="utf-8"))


def places(template):
    return {name for _, name, _, _ in Formatter().parse(template) if name}


@pytest.mark.parametrize("language", ["ar", "ru", "zh"])
def test_every_sentence_has_words_in_every_language(language):
    words = {key.removeprefix("said."): text for key, text in words_of(language).items()}
    assert {code for code in words if not code.startswith("word.")} == set(TEMPLATES)
    for code, template in TEMPLATES.items():
        forms = words[code] if isinstance(words[code], dict) else {"other": words[code]}
        named = places(template) - LEFT_OUT.get(code, set())
        for form in forms.values():
            assert named - {"count"} <= places(form) <= named, (code, form)
        assert "{count:d}" not in template or len(forms) > 1 or language == "zh", code


def test_a_sentence_is_found_with_its_values():
    (one,) = told("planned what to hide in 0123456789ab: boxes on 3 of 1200 frames", "act")
    assert one["code"] == "act.planned-hiding"
    assert one["values"] == {"item": "0123456789ab", "boxed": 3, "frames": 1200}
    (undone,) = told("undid: added a clue: shadow_length", "act")
    inner = [{"code": "act.clue-added", "values": {"clue": "shadow_length"}}]
    assert undone == {"code": "act.undid", "values": {"said": inner}}


def test_how_files_came_in_is_a_sentence_of_its_own():
    (one,) = told(f"added 1 file: {Collection().method}", "act")
    assert one["values"] == {"how": [{"code": "act.from-disk", "values": {}}]}


def test_several_sentences_are_found_or_none():
    line = "added a clue: clock; set the area searched"
    assert [one.code for one in recall(line, "act")] == ["act.clue-added", "act.area"]
    assert recall(f"{line}; what somebody typed", "act") == []
    assert recall("set the area searched", "answer") == []


def acts_of_the_page():
    """The lines that the page's own acts say, a letter for each value."""
    found = set()
    for path in PAGE.rglob("*.ts*"):
        if ".test." in path.name:
            continue
        for call, said in re.findall(
            r"\b(edit|change)\(((?:(?!, \(|=>)[^\n])+)", path.read_text(encoding="utf-8")
        ):
            for text in re.findall(r"`((?:\$\{[^}]*\}|[^`])*)`|\"([^\"]*)\"", said):
                line = re.sub(r"\$\{[^}]*\}", "x", text[0] or text[1])
                found.add(f"{line} on x" if call == "change" else line)
    return found - {"x on x", "x: x", "none", ""}


@pytest.mark.parametrize(
    "number", ["1.2.3", "9" * 400, "1.", "1e400"], ids=["dots", "long", "dot", "e"]
)
def test_what_is_no_number_of_ours_is_not_taken_for_one(number):
    found = told(f"added {number} files: by hand", "act")
    assert found == [{"code": "act.added", "values": {"name": f"{number} files: by hand"}}]


def test_a_hostile_text_is_looked_through_once():
    # were values sought again, these 10,000 characters would take longer than anyone waits
    for code in ("finding.places-differ", "finding.offset-implied", "finding.no-zone"):
        pieces = Formatter().parse(TEMPLATES[code])
        text = "".join(words + (words or "x") * 200 * bool(name) for words, name, *_ in pieces)
        assert recall(f"{text}!", "finding") == []


def test_each_act_of_the_page_is_known():
    acts = acts_of_the_page() | {"set the earliest date: none", "set the latest date: none"}
    acts |= {f"set the {which} date: 2024-06-21" for which in ("earliest", "latest")}
    assert len(acts) > 25
    assert sorted(line for line in acts if not recall(line, "act")) == []


def texts_of(node, values):
    """The text of a literal, of an f-string, or of several that are added or chosen from."""
    match node:
        case ast.Constant(value=str()):
            return [node.value]
        case ast.JoinedStr():
            return ["".join(p.value if isinstance(p, ast.Constant) else "7" for p in node.values)]
        case ast.Name():
            return values.get(node.id, [])
    return []


def acts_of_the_server():
    """The lines that the server's acts say, 7 for each value."""
    for path in SESSION.glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        values = {
            node.targets[0].id: texts_of(node.value, {})
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                at = {"act": 0, "act_if_possible": 0, "log": 1, "_log": 2, "_add": 3}.get(name)
                if at is not None and len(node.args) > at:
                    yield from texts_of(node.args[at], values)


def test_each_act_of_the_server_is_known():
    acts = set(acts_of_the_server()) - {"checked a claim: 7"}
    acts |= {"ruled out by eye node/1: a wall", "took back that the scene is not at node/1"}
    acts |= {"asked where and when: 50 km2; 90 % in a day. More.", "added x (2 kept, 1 refused)"}
    acts |= {"checked a claim: They do not contradict it (p = 1e-05)."}
    assert len(acts) > 14
    assert sorted(line for line in acts if not recall(line, "act")) == []


SIGMAS = {"height_sigma": 0.1, "length_sigma": 0.1}
LEG = {"bearing_deg": 10, "length": 5, "rise": -4}
LEG |= {"bearing_sigma_deg": 1, "length_sigma": 0.1, "rise_sigma": 0.1}
SHADOW = {"kind": "shadow_length", "height": 1, "length": 1, **SIGMAS}


@pytest.mark.parametrize(
    ("clue", "code"),
    [
        ({**SHADOW, "length": 900}, "odd-units"),
        ({**SHADOW, "height": 900}, "odd-units-overhead"),
        ({**SHADOW, "height_sigma": 2}, "wide-sigma"),
        ({**SHADOW, "length_sigma": 2}, "wide-sigma"),
        ({"kind": "sun_elevation", "elevation_deg": 40, "sigma_deg": 0.001}, "fine-sigma"),
        ({"kind": "ray", "legs": [LEG]}, "north-unsaid"),
    ],
)
def test_each_warning_about_a_clue_is_known(clue, code):
    prior = {"not_before": "2022-10-07T00:00:00Z", "not_after": "2022-10-08T00:00:00Z"}
    question = question_of({"prior": prior, "clue": [clue]})
    assert [one.code for text in question.warnings for one in recall(text, "answer")] == [
        f"answer.{code}"
    ]


def test_each_warning_about_days_and_calendars_is_known():
    prior = {"not_before": "1850-10-07", "not_after": "1850-12-09T00:00:00+02:00"}
    clue = {"kind": "sun_elevation", "elevation_deg": 40, "sigma_deg": 1}
    asked = {"calendar": "julian", "prior": prior, "clue": [clue]}
    codes = [one.code for text in question_of(asked).warnings for one in recall(text, "answer")]
    assert codes == ["answer.gregorian", "answer.whose-days"]


@pytest.mark.parametrize("reason", ROUGH)
def test_each_reason_of_a_rough_answer_is_known(reason):
    assert [one.code for one in recall(ROUGH[reason], "answer")] == [f"answer.{reason}"]


@pytest.mark.parametrize("freedom", [0, 2])
@pytest.mark.parametrize("tail", [1e-5, LEAST_P])
def test_each_clue_that_fits_nowhere_is_known(freedom, tail):
    clue = SimpleNamespace(freedom=freedom, index=2, kind="night")
    (one,) = recall(_why(clue, tail), "answer")
    assert one.code.startswith("answer.nowhere") and one.values["clue"] == "night"


SITE_FORM = {"form": "noonmark-site-1", "name": "yard", "features": []}
DAMAGES = {
    "missing": None,
    "json": b'{"form": ',
    "text": b"\xff\xfe",
    "lacks": json.dumps({"form": SITE_FORM["form"]}).encode(),
    "kind": b"[]",
    "form": json.dumps(SITE_FORM | {"form": "other"}).encode(),
}


@pytest.mark.parametrize("cause", DAMAGES)
def test_each_cause_of_an_unreadable_site_is_known(cause, tmp_path):
    data = DAMAGES[cause]
    if data is not None:
        (tmp_path / "site.json").write_bytes(data)
    with pytest.raises(InputError) as caught:
        open_site(tmp_path)
    (one,) = recall(caught.value.message, "site")
    assert [inner["code"] for inner in one.values["error"]] == [f"site.cause-{cause}"]


def test_each_reason_to_look_again_is_known():
    source = (ROOT / "src/noonmark/media/hidden_boxes.py").read_text(encoding="utf-8")
    calls = [n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Call)]
    said = [
        n.args[2].value for n in calls if len(n.args) == 3 and isinstance(n.args[2], ast.Constant)
    ]
    chosen = re.findall(r'why = "([^"]+)" if .* else "([^"]+)"', source)
    said = [text for text in said if isinstance(text, str)] + [*chosen[0]]
    followed = followed_boxes
    said += [followed.FOLLOWED, followed.LOST, followed.APART, followed.CUT]
    assert len(said) == 9
    assert [text for text in said if not recall(text, "stretch")] == []


NOON = datetime(2022, 6, 21, 12)
LEADS_S = (-2 * 86_400, -90_000, -4000, -3, 7200, 7260, 90_000, 2 * 86_400)
FRAMES = ("utc", "offset", "local", "unclear")


def clock(role, frame, wall, **more):
    offset_min = None if frame == "local" else 0
    text = wall.isoformat(" ")
    return StatedTime(f"field {role}", "noonmark", text, role, frame, wall, offset_min, **more)


def clock_findings():
    """What two clocks of every frame say of each other, and each alone."""
    roles = ("gps", "taken", "container", "edited")
    days = [{}, {"whole_day": True}, {"time_of_day_only": True}]
    for a, b, lead_s, how in product(FRAMES, FRAMES, LEADS_S, days):
        for first, second in (roles[:2], roles[1:3], (roles[1], roles[3])):
            one = clock(first, a, NOON, **how)
            other = clock(second, b, NOON + timedelta(seconds=lead_s))
            yield from of_clocks([one, other], now=datetime(2026, 1, 1, tzinfo=UTC))
    odd = [clock("taken", "local", datetime(2050, 2, 2)), clock("gps", "utc", datetime(1970, 1, 1))]
    odd.append(StatedTime("field", "noonmark", "no time", "edited", "local", None))
    yield from of_clocks(odd, now=datetime(2026, 1, 1, tzinfo=UTC))


def other_findings():
    """What places and pictures say."""
    odd = PlaceList([], [])
    odd.keep("GPS", (0.0, 0.0), None)
    odd.keep("GPS", None, None)
    near, far = Place(48.1, 2.3), Place(50.5, -3.25)
    places = [StatedPlace("GPS", near, None), StatedPlace("XMP", far, None)]
    places.append(StatedPlace("DJI", near, None, other=far))
    thumbnail = {"width_px": 160, "height_px": 120, "alike": 0.2}
    facts = {"behind_the_end_bytes": 12, "not_shown": ["a depth map"], "thumbnails": [thumbnail]}
    pictures = of_pictures(facts, [])
    return [*odd.warnings, *of_places(places, []), *against(far, 1.0, places, []), *pictures]


def test_each_finding_about_clocks_and_places_is_known():
    found = [one.message for one in (*clock_findings(), *other_findings())]
    assert [text for text in dict.fromkeys(found) if not recall(text, "finding")] == []
    codes = {one.code for text in set(found) for one in recall(text, "finding")}
    never = {"finding.size-differs", "finding.zone-of-another-place"}
    never |= {"finding.no-clock-transport", "finding.no-clock-bare"}
    assert {code for code in TEMPLATES if code.startswith("finding.")} - codes <= never
