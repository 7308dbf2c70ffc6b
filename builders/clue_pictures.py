"""Write the picture of every clue into docs/clues/images/, from its page's own example, and the
tables of fields.

python builders/clue_pictures.py

A clue that only cares where the sun stood is drawn on the dome of the sky (north up, as on a map
laid on the ground: east right); one that speaks of places, or of several instants, on the Earth at
one start.
"""

from __future__ import annotations

import re
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

from noonmark.inference.clues.common import Moment
from noonmark.inference.clues.direct import PictureModel
from noonmark.inference.clues.spec import FieldLimits
from noonmark.inference.clues.table import KINDS, World, compile_one, moments
from noonmark.inference.clues.zone_table import ZoneTable
from noonmark.inference.search.domain import Domain, point_view
from noonmark.inference.sky import Sky
from noonmark.questions.clue_file import Question, read_clues
from noonmark.values import from_unix_s, rfc3339, unix_s, utc
from noonmark.world.areas import area_mask
from noonmark.world.coast import land_picture
from noonmark.world.offsets import transitions
from noonmark.world.zones import zone_map

ROOT = Path(__file__).resolve().parents[1]
PAGES = ROOT / "docs" / "clues"
START_S = unix_s(utc("2024-06-05T10:00:00Z"))
"""The scene's start for clues that are drawn on the Earth and do not know their own."""
INK, SOFT, LAND = "#1c2026", "#60676f", "#dedcd6"


def example(kind: str) -> str:
    """The first TOML block of a page."""
    found = re.search(
        r"```toml\n(.*?)```", (PAGES / f"{kind}.md").read_text(encoding="utf-8"), re.S
    )
    assert found, f"docs/clues/{kind}.md has no example"
    return found[1]


def question(kind: str) -> Question:
    """The example as a question; the window stands for the rest of a clue file."""
    window = '[prior]\nnot_before = "2024-01-01T00:00:00Z"\nnot_after = "2024-12-31T00:00:00Z"\n\n'
    return read_clues((window + example(kind)).encode())


def fields_table(kind: str) -> str:
    """The fields of a kind as a table in Markdown."""
    rows = ["| field | needed | what it holds |", "|---|---|---|"]
    for field in fields(KINDS[kind].fields):
        if field.name != "common":
            rows.append(_row(field, ""))
            for inner in fields(field.metadata["of"]) if "of" in field.metadata else ():
                rows.append(_row(inner, f"{field.name}[]."))
    return "\n".join(rows)


def _row(field: Any, before: str) -> str:
    limits: FieldLimits = field.metadata["limits"]
    if field.default is MISSING:
        needed = "yes"
    elif field.default in (None, ()):
        needed = "no"
    else:
        shown = (
            {True: "true", False: "false"}.get(field.default, field.default)
            if isinstance(field.default, bool)
            else field.default
        )
        needed = f"no: {shown:g}" if isinstance(shown, float | int) else f"no: {shown}"
    words = limits.words + (f" ({', '.join(limits.choices)})" if limits.choices else "")
    return f"| `{before}{field.name}` | {needed} | {words} |"


def world() -> World:
    """The Earth as it ships."""
    shipped = zone_map()
    return World(ZoneTable(shipped.index, shipped.zone_sets, transitions), area_mask)


def at_start(instant: Any) -> Moment:
    """The moment of an instant if the scene began at START_S."""
    return (
        Moment(instant.at_s)
        if instant.at_s is not None
        else Moment(START_S + (instant.offset_s or 0.0))
    )


def draw(kind: str) -> None:
    """The picture of one kind."""
    clue = question(kind).clues[0]
    when = tuple(at_start(instant) for instant in moments(clue))
    compiled = compile_one(clue, 0, when, world())
    picture = getattr(compiled, "mixed", None)
    if picture is None and isinstance(getattr(compiled, "model", None), PictureModel):
        picture = compiled.model.picture  # type: ignore[attr-defined]
    if kind == "window":
        _time_line(clue)
    elif kind == "moon_phase":
        _month(clue)
    elif picture is not None:
        _dome(picture, 110.0 if kind in ("night", "twilight") else 96.0)
    else:
        _earth(compiled, when[0].at_s or START_S)
    plt.savefig(PAGES / "images" / f"{kind}.png", dpi=80, metadata={"Software": None})
    plt.close()


def _shade(values: np.ndarray) -> np.ndarray:
    """Likelihood against its greatest, 0 to 1."""
    return np.exp(values - values.max())


def _dome(picture: Any, edge_deg: float) -> None:
    azimuth, zenith = np.radians(np.linspace(0.0, 360.0, 1441)), np.linspace(0.0, edge_deg, 500)
    a, z = np.meshgrid(azimuth, np.radians(zenith), indexing="ij")
    # Seen from the pole, declination is elevation and the hour angle runs from the south.
    size = a.size
    sky = Sky(
        np.ones(size), np.zeros(size), -np.sin(a).ravel(), -np.cos(a).ravel(), np.cos(z).ravel(),
        np.sin(z).ravel(),
        lambda: np.zeros(size),
    )  # fmt: skip
    shade = _shade(picture.at(sky)).reshape(a.shape)
    figure = plt.figure(figsize=(4.2, 4.4))
    axes = figure.add_axes((0.08, 0.08, 0.84, 0.82), projection="polar")
    axes.set_theta_zero_location("N")
    axes.set_theta_direction(-1)
    axes.pcolormesh(
        azimuth,
        zenith,
        shade.T,
        cmap="YlGnBu",
        vmin=0.0,
        vmax=1.0,
        shading="nearest",
        rasterized=True,
    )
    axes.plot(azimuth, np.full_like(azimuth, 90.0), color=INK, lw=1.2)
    axes.set_rlim(0.0, edge_deg)
    axes.set_rticks([30.0, 60.0], ["60°", "30°"], fontsize=8, color=SOFT)
    axes.set_rlabel_position(20)
    axes.set_thetagrids(range(0, 360, 45), ["N", "NE", "E", "SE", "S", "SW", "W", "NW"], color=INK)
    axes.grid(color="#b0b6be", lw=0.5)
    axes.spines["polar"].set_visible(False)


def _earth(compiled: Any, start_s: float) -> None:
    lat = np.arange(-89.75, 90.0, 0.5)
    lon = np.arange(-179.75, 180.0, 0.5)
    grid_lat, grid_lon = np.meshgrid(lat, lon, indexing="ij")
    domain = Domain(-90.0, -180.0, 90.0, 180.0, start_s, 0.0)
    view = point_view(domain, grid_lat.ravel(), grid_lon.ravel(), np.full(grid_lat.size, start_s))
    shade = _shade(compiled.log_likelihood(view)).reshape(grid_lat.shape)
    figure, axes = plt.subplots(figsize=(7.2, 3.9))
    land = land_picture()
    axes.imshow(
        land, extent=(-180, 180, -90, 90), origin="lower",
        cmap=matplotlib.colors.ListedColormap(["#eef3f7", LAND]),
        interpolation="nearest", aspect="auto",
    )  # fmt: skip
    axes.imshow(
        shade, extent=(-180, 180, -90, 90), origin="lower", cmap="YlGnBu", vmin=0.0, vmax=1.0,
        aspect="auto",
        alpha=np.clip(shade * 3.0, 0.0, 0.85),
    )  # fmt: skip
    if (shade > 0.1).mean() < 1e-3:
        # Too small to be seen: ring what there is.
        rows, columns = np.nonzero(shade > 0.1)
        axes.plot(lon[columns], lat[rows], "o", mfc="none", mec="#c83e14", ms=16, mew=0.8)
    axes.set_xticks(range(-180, 181, 60))
    axes.set_yticks(range(-90, 91, 30))
    axes.tick_params(labelsize=8, colors=SOFT)
    axes.set_title(f"if the scene began at {rfc3339(from_unix_s(start_s))}", fontsize=9, color=INK)
    figure.tight_layout()


def _time_line(clue: Any) -> None:
    figure, axes = plt.subplots(figsize=(7.2, 1.5))
    first, last = clue.not_before, clue.not_after
    span = last - first
    t = np.linspace(first - 0.25 * span, last + 0.25 * span, 1200)
    inside = ((t >= first) & (t <= last)).astype(float)
    axes.fill_between(t, inside, color="#2c7fb8", lw=0)
    axes.set_xticks(
        [first, last],
        [rfc3339(from_unix_s(v))[:16] + "Z" for v in (first, last)],
        fontsize=8,
        color=INK,
    )
    axes.set_yticks([])
    axes.set_xlim(t[0], t[-1])
    axes.set_ylim(0.0, 1.15)
    for side in ("top", "left", "right"):
        axes.spines[side].set_visible(False)
    figure.tight_layout()


def _month(clue: Any) -> None:
    """A clue of the date alone: how well each hour of two months fits, at its best place."""
    t = START_S + 3600.0 * np.arange(24 * 60)
    fits = []
    for at in t:
        domain = Domain(-90.0, -180.0, 90.0, 180.0, float(at), 0.0)
        lon = np.arange(-180.0, 180.0, 30.0)
        view = point_view(domain, np.zeros(lon.size), lon, np.full(lon.size, at))
        fits.append(compile_one(clue, 0, (Moment(float(at)),)).log_likelihood(view).max())
    figure, axes = plt.subplots(figsize=(7.2, 1.5))
    axes.fill_between((t - START_S) / 86400.0, _shade(np.array(fits)), color="#2c7fb8", lw=0)
    axes.set_xlabel("days", fontsize=8, color=INK)
    axes.set_yticks([])
    axes.set_xlim(0.0, 60.0)
    axes.set_ylim(0.0, 1.15)
    axes.tick_params(labelsize=8, colors=SOFT)
    for side in ("top", "left", "right"):
        axes.spines[side].set_visible(False)
    figure.tight_layout()


def main() -> None:
    """Every picture, and every table of fields that is out of date."""
    (PAGES / "images").mkdir(parents=True, exist_ok=True)
    for kind in KINDS:
        page = PAGES / f"{kind}.md"
        text = page.read_text(encoding="utf-8")
        fresh = re.sub(
            r"\| field \| needed.*?(?=\n\n)",
            lambda _, k=kind: fields_table(k),
            text,
            count=1,
            flags=re.S,
        )
        if fresh != text:
            page.write_text(fresh, encoding="utf-8")
        draw(kind)
        print(page.name, (PAGES / "images" / f"{kind}.png").stat().st_size)


if __name__ == "__main__":
    main()
