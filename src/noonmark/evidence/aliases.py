"""Made-up names: two random words, so that nobody is tempted to use initials, places or roles.

The words are of weather, plants, animals and things; none is a given name, a place, a trade or a
trait of people.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Sequence

_FIRST = """
ample azure blue bold brass brief bright brisk broad bronze calm chalk clear cobalt cool copper
crisp curved damp dappled deep dense distant dry dusky early even faint far fine flat fleet
floating folded fresh gentle glass gliding golden green grey half hidden high hollow humming
indigo iron keen lapis late leafy level light lilac linen long low marble mellow mild misty
mossy narrow near neat new noon oaken ochre open paper pine plain polar quartz quick quiet rapid
red round russet rustic sable shaded silent silver slate smooth soft solar spare spotted square
steady still stone striped sunlit swift tawny teal tidal tin topaz velvet warm wax wide winding
woven zinc
"""
_SECOND = """
acorn alder anchor antler apple arch badger bamboo barley basin beacon beaver beech bell birch
bison bramble buoy cactus candle canoe cedar comet compass condor cove crane creek cricket
current cypress dolphin dune eagle echo egret elk elm falcon feather fig finch fjord flint fox
gecko geyser glacier grove gull harbor harp hawk heron hickory ibis inlet kestrel kettle kite
lagoon lantern larch ledge lemon lichen linnet lotus lynx magnet mango maple marten meadow
meteor mill mint moth nettle newt oak oar orbit orchard osprey otter owl oyster palm panther
pebble pelican pepper petrel pine plover plum pond poplar prism puffin quail quarry quince reef
ridge sail sedge shell shore skylark snow sorrel sparrow spruce starling stork stream summit
swallow thistle thrush tide tulip valley walnut wave yarrow
"""
FIRST, SECOND = tuple(_FIRST.split()), tuple(_SECOND.split())


def new_alias(
    taken: Collection[str],
    *,
    choice: Callable[[Sequence[str]], str] = secrets.choice,
) -> str:
    """Two random words that nobody in the case goes by; after many tries, with a number."""
    for _ in range(200):
        alias = f"{choice(FIRST)}-{choice(SECOND)}"
        if alias not in taken:
            return alias
    number = 2
    while f"{alias}-{number}" in taken:
        number += 1
    return f"{alias}-{number}"
