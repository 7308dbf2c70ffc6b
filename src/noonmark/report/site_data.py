"""All that a report of a site draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from noonmark.sites.growth import AreaStep, SiteArea
from noonmark.sites.images import SiteImage
from noonmark.sites.outline import SiteFeature
from noonmark.sites.timeline import SiteEvent, Timeline


@dataclass(frozen=True)
class SiteReportData:
    """A site as its report shows it.

    ``pictures`` holds a PNG by image, only of those whose pixels may be handed on; ``outlines_px``
    the rings of the features in it, scaled to 0..1. ``manifest`` gives the digest of each file
    beside the page. ``proposals`` are the machine's that people have read, as events.json has them.
    """

    name: str
    features: tuple[SiteFeature, ...]
    images: tuple[SiteImage, ...]
    timelines: tuple[Timeline, ...]
    areas: tuple[SiteArea, ...]
    steps: tuple[AreaStep, ...]
    pictures: Mapping[str, bytes]
    manifest: Mapping[str, str]
    agreement: Mapping[str, object]
    versions: Mapping[str, str]
    proposals: Sequence[Mapping[str, Any]] = ()

    @property
    def events(self) -> list[SiteEvent]:
        """The events of all timelines."""
        return [event for held in self.timelines for event in held.events]

    @property
    def conflicts(self) -> list[str]:
        """What is open, in words."""
        said = []
        for held in self.timelines:
            said += [f"{held.feature}: {conflict}" for conflict in held.conflicts]
            for event in held.events:
                said += [f"{held.feature} {event.name}: {c}" for c in event.conflicts]
        return said

    def image(
        self,
        name: str,
    ) -> SiteImage:
        """An image by its name."""
        return next(image for image in self.images if image.id == name)
