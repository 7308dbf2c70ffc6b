"""Frames of a film by exact presentation time, tied to the digest of what they came from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noonmark.errors import InputError, OutsideError
from noonmark.sandbox import png, process

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_GIBI = 1 << 30
LIMITS = process.WorkerLimits(
    cpu_s=3600, wall_s=1800.0, memory_bytes=3 * _GIBI, output_bytes=64 << 20
)
"""A film may take long to decode; a photo or a bomb ends by the pixel and memory caps."""
_AT_ONCE = 100
"""Outputs that one worker writes, each an open file."""


@dataclass(frozen=True)
class Reel:
    """What one pass over a film found.

    ``times_s``, ``key`` (1 for a key frame) and ``sharp`` (the higher the sharper) have one value a
    frame. ``cuts`` are the numbers of frames that start a new shot. ``width_px`` and ``height_px``
    are those of the upright frame, which the file turns by ``turned_deg``. ``lost`` counts packets
    that could not be decoded, ``untimed`` frames without a time of their own.
    """

    times_s: NDArray[np.float64]
    key: NDArray[np.uint8]
    sharp: NDArray[np.float64]
    cuts: tuple[int, ...]
    width_px: int
    height_px: int
    turned_deg: float
    lost: int
    untimed: int
    photo: bool
    animation: bool = False

    @property
    def shots(self) -> tuple[tuple[int, int], ...]:
        """First and one-past-last frame of each shot."""
        return tuple(pairwise([0, *self.cuts, len(self.times_s)]))

    @property
    def variable(self) -> bool:
        """Whether frames come at uneven times: then a frame number says nothing about time."""
        import numpy as np

        steps = np.diff(self.times_s)
        if len(steps) < 2:
            return False
        return bool(steps.max() - steps.min() > 0.002 + 0.02 * float(np.median(steps)))

    @property
    def forward(self) -> bool:
        """Whether each frame comes later than the one before it, as the file has it."""
        import numpy as np

        return bool((np.diff(self.times_s) > 0).all())


@dataclass(frozen=True)
class FilmFrame:
    """One frame, upright RGB ``(height, width, 3)``, with its number and presentation time."""

    number: int
    time_s: float
    rgb: NDArray[np.uint8]


def scan(
    path: Path,
    *,
    heavy_px: float | None = None,
    limits: process.WorkerLimits = LIMITS,
) -> Reel:
    """Every frame's exact time, the cuts and the sharpness of each frame, in one locked pass.

    Of a film whose frames have more than ``heavy_px`` pixels together only the packets are read:
    the same times in about a second an hour, but no cuts and no sharpness, and damaged frames are
    not noticed. A photo has one frame at 0 s, an animated picture (GIF, APNG, WebP, AVIF) those it
    states.
    Raises InputError where the file holds no picture that can be decoded,
    OutsideError where that took too much.
    """
    payload = {"op": "scan", "heavy_px": heavy_px}
    value = process.run("frames", payload=payload, files=[path], limits=limits).value
    return Reel(
        times_s=value["times_s"],
        key=value["key"],
        sharp=value["sharp"],
        cuts=tuple(value["cuts"]),
        width_px=int(value["width_px"]),
        height_px=int(value["height_px"]),
        turned_deg=float(value["turned_deg"]),
        lost=int(value["lost"]),
        untimed=int(value["untimed"]),
        photo=bool(value["photo"]),
        animation=bool(value.get("animation", False)),
    )


def keep_ready() -> None:
    """Keep a locked worker waiting for the next film, so that its first picture is there sooner."""
    process.keep_waiting("frames", LIMITS, imports=["noonmark.sandbox.decoders.scan"])


def first(path: Path, *, longest_px: int | None = None) -> tuple[FilmFrame, int, int]:
    """The first frame of a film, or a photo, and the width and height [px] of the original.

    Nothing else of the file is read, so it is there at once however long the film is.
    """
    payload = {"op": "first", "longest_px": longest_px}
    value = process.run("frames", payload=payload, files=[path], limits=LIMITS).value
    frame = FilmFrame(0, float(value["time_s"]), value["rgb"])
    return frame, int(value["width_px"]), int(value["height_px"])


def take(
    path: Path,
    reel: Reel,
    numbers: Sequence[int],
    *,
    longest_px: int | None = None,
    limits: process.WorkerLimits = LIMITS,
) -> Iterator[FilmFrame]:
    """The frames with these numbers, in order, each once.

    With ``longest_px`` they are made smaller, so that no side is longer. Decoding starts at the key
    frame before the first of each batch. Raises InputError for a number that the film has not.
    """
    wanted = _known(reel, numbers)
    scale = min(1.0, (longest_px or 1 << 30) / max(reel.width_px, reel.height_px, 1))
    each = int(reel.width_px * reel.height_px * scale * scale * 3) + 1024
    batch = max(1, limits.output_bytes // each)
    limits = replace(limits, output_bytes=max(limits.output_bytes, each + 4096))
    for start in range(0, len(wanted), batch):
        some = wanted[start : start + batch]
        payload = _asked("take", reel, some) | {"longest_px": longest_px}
        value = process.run("frames", payload=payload, files=[path], limits=limits).value
        for found in value["frames"]:
            yield FilmFrame(int(found["number"]), float(found["time_s"]), found["rgb"])


def save(
    path: Path, reel: Reel, files: Mapping[int, Path], text: Mapping[int, Mapping[str, str]]
) -> list[int]:
    """Write frames by number as PNG into new files, with the ``text`` of each.

    Returns which numbers could be decoded. The worker writes them and :func:`png.check` holds each
    to its form, so no frame passes through our memory.
    """
    wanted = _known(reel, files)
    written = []
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        sizes = _write_pngs(path, reel, {n: files[n] for n in some}, text)
        for number in some:
            if number not in sizes:
                files[number].unlink()
                continue
            wide, high = sizes[number]
            if wide * high > LIMITS.pixels:
                raise OutsideError(
                    f"frame {number} came back with {wide}x{high} pixels", code="worker-output"
                )
            png.check(files[number], width_px=wide, height_px=high, text=text[number])
            written.append(number)
    return written


def _write_pngs(
    path: Path, reel: Reel, files: Mapping[int, Path], text: Mapping[int, Mapping[str, str]]
) -> dict[int, tuple[int, int]]:
    """Let one worker write these frames; width and height of each that it could decode."""
    numbers = list(files)
    largest = 4 * max(1, reel.width_px) * max(1, reel.height_px) + (1 << 20)
    found = process.run(
        "frames",
        payload=_asked("save", reel, numbers) | {"text": [dict(text[n]) for n in numbers]},
        files=[path],
        outputs=list(files.values()),
        limits=replace(LIMITS, file_bytes=largest),
    ).value["frames"]
    return {int(f["number"]): (int(f["width_px"]), int(f["height_px"])) for f in found}


def _known(reel: Reel, numbers: Iterable[int]) -> list[int]:
    """The numbers in order, each once; refused where the film has no such frame."""
    wanted = sorted(set(numbers))
    for number in wanted:
        if not 0 <= number < len(reel.times_s):
            raise InputError(
                f"there is no frame {number}: the film has {len(reel.times_s)}, counted from 0",
                code="no-such-frame",
            )
    return wanted


def _asked(op: str, reel: Reel, numbers: Sequence[int]) -> dict[str, Any]:
    """Which frames a worker is to find: by time where times tell frames apart, else by counting."""
    return {
        "op": op,
        "numbers": list(numbers),
        "times_s": [float(reel.times_s[n]) for n in numbers],
        "counted": bool(reel.untimed) or not reel.forward,
    }


def at_time(reel: Reel, time_s: float) -> int:
    """The number of the frame on the screen at ``time_s``: the last one presented by then.

    The last frame is taken to stand as long as frames usually do. Raises InputError outside.
    """
    import numpy as np

    first, last = float(reel.times_s.min()), float(reel.times_s.max())
    step_s = float(np.median(np.diff(reel.times_s))) if len(reel.times_s) > 1 else 0.04
    if not first <= time_s <= last + step_s:
        raise InputError(
            f"{time_s:g} s is outside the film, which runs from {first:g} to {last:g} s",
            code="no-such-frame",
        )
    # the times need not go forward, so the latest is looked for, not the last
    shown = np.where(reel.times_s <= time_s + 1e-6, reel.times_s, -np.inf)
    return int(len(shown) - 1 - shown[::-1].argmax())


def sharpest(reel: Reel, *, every_s: float) -> list[int]:
    """The sharpest frame of each stretch of ``every_s`` seconds; where no sharpness is known, the
    first key frame of it, which is decoded without others.

    A stretch never crosses a cut, so each shot gives one frame at least.
    """
    import numpy as np

    worth = reel.sharp if reel.sharp.any() else reel.key
    chosen = []
    for first, end in reel.shots:
        at = first
        while at < end:
            stop = int(np.searchsorted(reel.times_s, reel.times_s[at] + every_s, side="left"))
            stop = min(max(stop, at + 1), end)
            chosen.append(at + int(np.argmax(worth[at:stop])))
            at = stop
    return chosen


@dataclass(frozen=True)
class Panorama:
    """A stitched pan: the picture, the frames offered and used, the share that is not black."""

    rgb: NDArray[np.uint8]
    used: tuple[int, ...]
    offered: tuple[int, ...]
    lit: float


def panorama(
    path: Path, reel: Reel, *, from_s: float, to_s: float, count: int = 9, longest_px: int = 960
) -> Panorama:
    """A panorama of a pan, from ``count`` frames spread over a stretch of the film.

    ``from_s`` and ``to_s`` are presentation times; the frames are made no longer than
    ``longest_px`` before they are joined.

    Raises InputError where the result is a scrap, which OpenCV itself calls a success: where too
    few frames went in, or it is hardly wider or higher than one of them.
    """
    offered = _spread(at_time(reel, from_s), at_time(reel, to_s), count)
    if len(offered) < 3:
        raise InputError(
            "a panorama needs three frames at least",
            code="no-panorama",
            hint="name a longer stretch",
        )
    times = [float(reel.times_s[n]) for n in offered]
    payload = {"op": "pan", "times_s": times, "longest_px": longest_px}
    value = process.run("frames", payload=payload, files=[path], limits=LIMITS).value
    if value["status"] != 0:
        raise InputError(
            "the frames could not be joined into one picture", code="no-panorama", hint=_PAN_HINT
        )
    used = tuple(offered[i] for i in value["used"] if 0 <= i < len(offered))
    made = Panorama(value["rgb"], used, offered, float(value["lit"]))
    _refuse_scrap(made, value["frame_px"])
    return made


def _spread(first: int, last: int, count: int) -> tuple[int, ...]:
    """At most ``count`` frame numbers, evenly spread from the first to the last."""
    import numpy as np

    numbers = np.linspace(first, last, count).round().astype(int)
    return tuple(int(number) for number in dict.fromkeys(numbers))


def _refuse_scrap(made: Panorama, frame_px: Sequence[int]) -> None:
    """Raise where a panorama hardly shows more than one frame of ``frame_px`` (width, height)."""
    height, width = made.rgb.shape[:2]
    grown = max(width / frame_px[0], height / frame_px[1])
    enough = len(made.used) >= max(3, round(0.6 * len(made.offered)))
    if enough and grown >= 1.15 and made.lit >= 0.5:
        return
    raise InputError(
        f"joining gave a scrap of {width}x{height} px from {len(made.used)}"
        f" of {len(made.offered)} frames, {100 * made.lit:.0f} % of it picture",
        code="no-panorama",
        hint=_PAN_HINT,
    )


_PAN_HINT = "choose a stretch in which the camera turns slowly and the scene stands still"
