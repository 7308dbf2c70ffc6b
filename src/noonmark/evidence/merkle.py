"""The Merkle tree of RFC 6962: hashes, roots, inclusion proofs and consistency proofs.

Proofs are made from a store of complete subtrees, and checked without it.

Complete subtrees are kept in the order in which they become complete ("post-order"), so that the
store only ever grows. The subtree at ``level`` whose number among its level is ``n`` ends with leaf
``i = (n + 1) * 2**level - 1``; before leaf i the store holds ``2 i - popcount(i)`` hashes, after it
also the leaf's own and those of the subtrees it completes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

from noonmark.errors import EvidenceError

HASH_BYTES = 32
Read = Callable[[int], bytes]  # the hash at a place in the post-order store

EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf's data [32 bytes]."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node [32 bytes]."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def stored(size: int) -> int:
    """How many hashes the store holds for a tree of so many leaves."""
    return 2 * size - size.bit_count()


def place_of(level: int, number: int) -> int:
    """Where in the store the root of a complete subtree stands."""
    last_leaf = ((number + 1) << level) - 1
    return stored(last_leaf) + level


def peaks_of(size: int) -> list[tuple[int, int]]:
    """The complete subtrees (level, number) of a tree, from the left, which is the largest."""
    peaks = []
    start = 0
    for level in range(size.bit_length() - 1, -1, -1):
        if size >> level & 1:
            peaks.append((level, start >> level))
            start += 1 << level
    return peaks


def grow(peaks: list[bytes], size: int, leaf: bytes) -> list[bytes]:
    """The hashes that one more leaf adds to the store, in order; ``peaks`` is updated."""
    added = [leaf]
    while size & 1:
        leaf = node_hash(peaks.pop(), leaf)
        added.append(leaf)
        size >>= 1
    peaks.append(leaf)
    return added


def fold(peaks: Sequence[bytes]) -> bytes:
    """The root above some peaks, given from the left."""
    if not peaks:
        return EMPTY_ROOT
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = node_hash(peak, root)
    return root


def root_of_leaves(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes that are all at hand."""
    peaks: list[bytes] = []
    for size, leaf in enumerate(leaves):
        grow(peaks, size, leaf)
    return fold(peaks)


def range_hash(read: Read, start: int, stop: int) -> bytes:
    """The hash over leaves [start, stop).

    ``start`` is a multiple of the least power of two that is not below the count.
    """
    hashes = []
    for level, number in peaks_of(stop - start):
        hashes.append(read(place_of(level, (start >> level) + number)))
    return fold(hashes)


def inclusion_proof(read: Read, index: int, size: int) -> list[bytes]:
    """PATH(index, D[size]) of RFC 6962, Section 2.1.1: from the leaf's sibling up."""
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    proof: list[bytes] = []
    start, stop = 0, size
    while stop - start > 1:
        middle = start + _split(stop - start)
        if index < middle:
            proof.append(range_hash(read, middle, stop))
            stop = middle
        else:
            proof.append(range_hash(read, start, middle))
            start = middle
    return proof[::-1]


def consistency_proof(read: Read, first: int, second: int) -> list[bytes]:
    """PROOF(first, D[second]) of RFC 6962, Section 2.1.2.

    It is empty where the first tree is empty or the same.
    """
    if not 0 <= first <= second:
        raise ValueError(f"no way from a tree of {first} to one of {second}")
    proof: list[bytes] = []
    if first in (0, second):
        return proof
    start, stop, whole = 0, second, True
    while stop != first:
        middle = start + _split(stop - start)
        if first <= middle:
            proof.append(range_hash(read, middle, stop))
            stop = middle
        else:
            proof.append(range_hash(read, start, middle))
            start, whole = middle, False
    if not whole:
        proof.append(range_hash(read, start, stop))
    return proof[::-1]


def _split(count: int) -> int:
    """The largest power of two below a count above one."""
    return 1 << (count - 1).bit_length() - 1


def check_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> None:
    """Raise unless the proof leads from the leaf to the root (RFC 9162, Section 2.1.3.2)."""
    if not 0 <= index < size:
        raise _bad_proof(f"no leaf {index} in a tree of {size}")
    if any(len(one) != HASH_BYTES for one in (leaf, root, *proof)):
        raise _bad_proof(f"a hash has {HASH_BYTES} bytes")
    number, last, running = index, size - 1, leaf
    for step in proof:
        if last == 0:
            raise _bad_proof("the proof is too long")
        if number & 1 or number == last:
            running = node_hash(step, running)
            number, last = _strip_zeros(number, last)
        else:
            running = node_hash(running, step)
        number >>= 1
        last >>= 1
    if last != 0:
        raise _bad_proof("the proof is too short")
    if running != root:
        raise _bad_proof("the proof leads to another root")


def check_consistency(
    first: int, second: int, proof: Sequence[bytes], old: bytes, new: bytes
) -> None:
    """Raise unless the tree of the second size extends that of the first.

    The steps are those of RFC 9162, Section 2.1.4.2, with its fn and sn as ``number`` and ``last``,
    its fr and sr as ``one`` and ``two``.
    """
    if not 0 < first <= second:
        raise _bad_proof(f"no way from a tree of {first} to one of {second}")
    if first == second:
        if proof or old != new:
            raise _bad_proof("trees of one size with two roots, or a proof where none is needed")
        return
    # The root of a complete tree is a node of the larger one: the proof leaves it out.
    complete = first & (first - 1) == 0
    steps = [old, *proof] if complete else list(proof)
    if not steps:
        raise _bad_proof("the proof is empty")
    number, last = _strip_ones(first - 1, second - 1)
    one = two = steps[0]
    for step in steps[1:]:
        if last == 0:
            raise _bad_proof("the proof is too long")
        if number & 1 or number == last:
            one, two = node_hash(step, one), node_hash(step, two)
            number, last = _strip_zeros(number, last)
        else:
            two = node_hash(two, step)
        number >>= 1
        last >>= 1
    if (last, one, two) != (0, old, new):
        raise _bad_proof("the proof does not lead to both roots")


def _strip_ones(number: int, last: int) -> tuple[int, int]:
    """Both numbers shifted until the first is even: up the tree while the node is a right child."""
    while number & 1:
        number >>= 1
        last >>= 1
    return number, last


def _strip_zeros(number: int, last: int) -> tuple[int, int]:
    """Both numbers shifted until the first is odd or zero: up the tree without a sibling."""
    while number and not number & 1:
        number >>= 1
        last >>= 1
    return number, last


def _bad_proof(message: str) -> EvidenceError:
    """The error about a proof that does not hold."""
    return EvidenceError(message, code="proof-bad")
