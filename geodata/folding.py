"""Folding ways into a graph: where streets meet, end or change their rules is a node, what lies between is shape.

A barrier that stops some mode becomes several nodes at one spot, one for each
street that runs up to it. Modes that may pass are joined again by edges of no
length, the others are not, so everybody can walk up to the wall and nobody
through it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from geodata.osm import Extract

Int = NDArray[np.int32]
Long = NDArray[np.int64]
Bits = NDArray[np.uint8]


@dataclass(frozen=True)
class Folded:
    """Nodes and edges in no particular order.

    Attributes
    ----------
    node_ref, node_copy
        int64 [N]: OpenStreetMap identifier; 0, or the number of the copy at a barrier.
    node_x, node_y
        int32 [N]: degrees times 1e7.
    edge_u, edge_v
        int64 [E]: indices of nodes.
    edge_permission, edge_kind
        uint8 [E]
    edge_key
        int64 [E]: the identifier of the edge's second shape point, which tells parallel edges apart.
    shape_start
        int64 [E + 1]
    shape_x, shape_y
        int32 [P]
    """

    node_ref: Long
    node_copy: Long
    node_x: Int
    node_y: Int
    edge_u: Long
    edge_v: Long
    edge_permission: Bits
    edge_kind: Bits
    edge_key: Long
    shape_start: Long
    shape_x: Int
    shape_y: Int


def fold(extract: Extract) -> Folded:
    """Fold the ways of an extract that some mode may use."""
    points = np.diff(extract.way_start)
    permission = np.repeat(extract.permission, points)
    kind = np.repeat(extract.kind, points)
    refs, index = np.unique(extract.node_ref, return_inverse=True)
    first_seen = np.zeros(refs.size, np.int64)
    first_seen[index[::-1]] = np.arange(index.size - 1, -1, -1)
    last = extract.way_start[1:] - 1
    has_next = np.ones(index.size, bool)
    has_next[last] = False
    a = np.flatnonzero(has_next)
    degree = np.bincount(index[a], minlength=refs.size) + np.bincount(index[a + 1], minlength=refs.size)
    blocked = np.isin(refs, np.fromiter(extract.blocked, np.int64, len(extract.blocked)))
    is_end = np.zeros(refs.size, bool)
    is_end[index[extract.way_start[:-1]]] = True
    is_end[index[last]] = True
    plain = (degree == 2) & ~blocked
    pieces = _pieces(index, extract.way_start, stop=~plain | is_end)
    chains = _join(pieces, index, plain & is_end, permission, kind)
    return _assemble(extract, chains, index, first_seen, refs, blocked, permission, kind)


def _pieces(index: Long, way_start: Long, stop: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Runs (first, last) of positions in the ways between nodes at which an edge may end."""
    at_stop = stop[index]
    at_stop[way_start[:-1]] = True
    at_stop[way_start[1:] - 1] = True
    positions = np.flatnonzero(at_stop)
    first, last = positions[:-1], positions[1:]
    way = np.searchsorted(way_start, positions, side="right")
    same_way = way[:-1] == way[1:]
    return list(zip(first[same_way].tolist(), last[same_way].tolist(), strict=True))


Chain = list[tuple[int, bool]]
"""Pieces in order, each with whether it runs against its way."""


def _join(
    pieces: list[tuple[int, int]], index: Long, joint: NDArray[np.bool_], permission: Bits, kind: Bits
) -> list[list[tuple[int, int]]]:
    """Join pieces of different ways that meet two by two at a node where nothing changes.

    Returns
    -------
    list of chains
        Each a list of (from, to) positions; ``from > to`` where the way is run backwards.
    """
    at: dict[int, list[int]] = {}
    for number, (first, last) in enumerate(pieces):
        for position in (first, last):
            node = int(index[position])
            if joint[node]:
                at.setdefault(node, []).append(number)
    chains: list[list[tuple[int, int]]] = []
    used = [False] * len(pieces)

    def onward(number: int, position: int) -> tuple[int, int, int] | None:
        """The piece beyond the end of a piece: (number, from, to)."""
        node = int(index[position])
        meeting = at.get(node, [])
        other = [n for n in meeting if n != number]
        if len(meeting) != 2 or len(other) != 1 or used[other[0]]:
            return None
        first, last = pieces[other[0]]
        step = (other[0], first, last) if int(index[first]) == node else (other[0], last, first)
        here = _oriented(permission[pieces[number][0]], runs_back=pieces[number][0] == position)
        there = _oriented(permission[first], runs_back=step[1] > step[2])
        return step if here == there and kind[pieces[number][0]] == kind[first] else None

    for start, (first, last) in enumerate(pieces):
        if used[start]:
            continue
        used[start] = True
        chain = [(first, last)]
        number = start
        while (step := onward(number, chain[-1][1])) is not None:
            number = step[0]
            used[number] = True
            chain.append((step[1], step[2]))
        number = start
        while (step := onward(number, chain[0][0])) is not None:
            number = step[0]
            used[number] = True
            chain.insert(0, (step[2], step[1]))
        chains.append(chain)
    return chains


def _oriented(permission: int, *, runs_back: bool) -> int:
    """Permission bits seen by one who runs the way from its end to its start: each pair of bits changes places."""
    bits = int(permission)
    return ((bits & 0x55) << 1) | ((bits & 0xAA) >> 1) if runs_back else bits


def _assemble(
    extract: Extract,
    chains: list[list[tuple[int, int]]],
    index: Long,
    first_seen: Long,
    refs: Long,
    blocked: NDArray[np.bool_],
    permission: Bits,
    kind: Bits,
) -> Folded:
    shapes: list[Long] = []
    ends: list[tuple[int, int]] = []
    bits: list[int] = []
    kinds: list[int] = []
    for chain in chains:
        runs = [np.arange(a, b + 1) if a < b else np.arange(a, b - 1, -1) for a, b in chain]
        shape = np.concatenate([runs[0], *(run[1:] for run in runs[1:])]) if len(runs) > 1 else runs[0]
        (a, b) = chain[0]
        # An edge runs from its lesser end, whichever way was read first, so that one network has one digest.
        turned = tuple(index[shape[[-1, -2]]]) < tuple(index[shape[[0, 1]]])
        shapes.append(shape[::-1] if turned else shape)
        ends.append((int(index[shapes[-1][0]]), int(index[shapes[-1][-1]])))
        bits.append(_oriented(permission[min(a, b)], runs_back=(a > b) != turned))
        kinds.append(int(kind[min(a, b)]))
    sizes = np.array([shape.size for shape in shapes], np.int64)
    taken = np.concatenate(shapes)
    shape_x, shape_y = extract.node_x[taken], extract.node_y[taken]
    starts = np.concatenate(([0], np.cumsum(sizes)))
    keys = extract.node_ref[taken][starts[:-1] + 1]

    edge_u = np.array([end[0] for end in ends], np.int64)
    edge_v = np.array([end[1] for end in ends], np.int64)
    beyond = index[taken[starts[:-1] + 1]], index[taken[starts[1:] - 2]]
    node_of, copy_of = _split_at_barriers(edge_u, edge_v, beyond, blocked)
    joins = _joins(node_of, refs, extract)
    kept, renumbered = np.unique(np.concatenate((edge_u, edge_v)), return_inverse=True)
    number = dict(zip(kept.tolist(), range(kept.size), strict=True))
    edge_u, edge_v = renumbered[: edge_u.size], renumbered[edge_u.size :]
    base = np.where(kept < refs.size, kept, 0)
    base[kept >= refs.size] = [node_of[int(node)] for node in kept[kept >= refs.size]]
    join_u = np.array([number[a] for a, _, _ in joins], np.int64)
    join_v = np.array([number[b] for _, b, _ in joins], np.int64)
    at = first_seen[base[join_u]] if join_u.size else np.empty(0, np.int64)
    return Folded(
        node_ref=refs[base],
        node_copy=np.array([copy_of.get(int(node), 0) for node in kept], np.int64),
        node_x=extract.node_x[first_seen[base]],
        node_y=extract.node_y[first_seen[base]],
        edge_u=np.concatenate((edge_u, join_u)),
        edge_v=np.concatenate((edge_v, join_v)),
        edge_permission=np.array(bits + [permitted for _, _, permitted in joins], np.uint8),
        edge_kind=np.array(kinds + [0] * len(joins), np.uint8),
        edge_key=np.concatenate((keys, np.zeros(len(joins), np.int64))),
        shape_start=np.concatenate((starts, starts[-1] + 2 * np.arange(1, len(joins) + 1))),
        shape_x=np.concatenate((shape_x, np.repeat(extract.node_x[at], 2))),
        shape_y=np.concatenate((shape_y, np.repeat(extract.node_y[at], 2))),
    )


def _split_at_barriers(
    edge_u: Long, edge_v: Long, beyond: tuple[Long, Long], blocked: NDArray[np.bool_]
) -> tuple[dict[int, int], dict[int, int]]:
    """Give every edge end at a barrier a node of its own, in place, in the order of the nodes ``beyond`` them.

    Returns
    -------
    node_of, copy_of
        New node to the one it stands for, and to its number among the copies there.
    """
    node_of: dict[int, int] = {}
    copy_of: dict[int, int] = {}
    seen: dict[int, int] = {}
    fresh = blocked.size
    at_barriers = [
        (int(next_along[edge]), side, int(edge))
        for side, (ends, next_along) in enumerate(zip((edge_u, edge_v), beyond, strict=True))
        for edge in np.flatnonzero(blocked[ends])
    ]
    for _, side, edge in sorted(at_barriers):
        ends = (edge_u, edge_v)[side]
        node = int(ends[edge])
        seen[node] = seen.get(node, 0) + 1
        if seen[node] > 1:
            node_of[fresh], copy_of[fresh] = node, seen[node] - 1
            ends[edge] = fresh
            fresh += 1
    return node_of, copy_of


def _joins(node_of: dict[int, int], refs: Long, extract: Extract) -> list[tuple[int, int, int]]:
    """Edges of no length that lead the modes which may pass through a barrier: (node, copy, permission)."""
    all_bits = int(np.bitwise_or.reduce(extract.permission))
    joins = []
    for copy, node in node_of.items():
        stopped = extract.blocked[int(refs[node])]
        permitted = sum(3 << 2 * i for i in range(4) if not stopped >> i & 1) & all_bits
        if permitted:
            joins.append((node, copy, permitted))
    return joins
