"""Properties that hold for every history: random graphs of up to sixty revisions."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from idiolect.revisions.errors import CycleDetected
from idiolect.revisions.graph import RevisionMap
from idiolect.revisions.node import Revision

if TYPE_CHECKING:
    from collections.abc import Iterable

#: A busy machine is no fault.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
History = dict[str, tuple[frozenset[str], frozenset[str]]]


@st.composite
def histories(draw: st.DrawFn) -> History:
    """Draw parents and dependencies by id, oldest first; neither implies another.

    Six bytes make a revision: how many parents, which two, whether near ones, dependencies.
    """
    size = 6 * draw(st.integers(1, 60))
    data = draw(st.binary(min_size=size, max_size=size))
    history: History = {}
    below: dict[str, frozenset[str]] = {}
    for number in range(len(data) // 6):
        many, first, second, near, needs, needed = data[6 * number : 6 * number + 6]
        older = list(history)
        # Mostly recent parents, so that histories grow long rather than wide.
        recent = older[-(1, 1, 2, 4, 60)[near % 5] :]
        parents = _picked(recent, [first, second][: (1, 1, 1, 2, 2, 0)[many % 6]], below)
        implied = parents.union(*(below[one] for one in parents))
        others = [one for one in older if one not in implied]
        dependencies = _picked(others, [needed, needs][: (0, 0, 0, 1, 2)[needs % 5]], below)
        direct = parents | dependencies
        history[f"r{number:02}"] = (parents, dependencies)
        below[f"r{number:02}"] = direct.union(*(below[one] for one in direct))
    return history


def _picked(ids: list[str], numbers: list[int], below: dict[str, frozenset[str]]) -> frozenset[str]:
    """Return some of ``ids``, none of which implies another."""
    chosen = {ids[number % len(ids)] for number in numbers} if ids else set()
    return frozenset(one for one in chosen if not any(one in below[other] for other in chosen))


def _map_of(history: History) -> RevisionMap:
    return RevisionMap(
        lambda: [
            Revision(name, tuple(sorted(parents)), tuple(sorted(needed)))
            for name, (parents, needed) in history.items()
        ]
    )


def _below(history: History, starts: Iterable[str]) -> set[str]:
    """Return ``starts`` and all below, by a walk that shares nothing with the graph."""
    found: set[str] = set()
    waiting = list(starts)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(history[name][0] | history[name][1])
    return found


def _tops(history: History, applied: set[str]) -> set[str]:
    """Return those of ``applied`` that no other applied revision follows or needs."""
    implied = {low for name in applied for low in history[name][0] | history[name][1]}
    return applied - implied


@PATIENT
@given(histories())
def test_an_upgrade_to_heads_takes_everything_after_what_it_needs(history: History) -> None:
    """Each revision runs once, and after all that it follows or depends on."""
    order = [one.revision for one in _map_of(history).iterate_revisions("heads", ())][::-1]
    done: set[str] = set()
    for name in order:
        assert history[name][0] | history[name][1] <= done
        done.add(name)

    assert sorted(order) == sorted(history)


@PATIENT
@given(histories())
def test_a_downgrade_to_base_undoes_an_upgrade_to_heads(history: History) -> None:
    """Upgrading to heads and downgrading to base leaves nothing applied."""
    graph = _map_of(history)
    applied = {one.revision for one in graph.iterate_revisions("heads", (), implicit_base=True)}
    for one in graph.iterate_revisions(graph._real_heads, "base", select_for_downgrade=True):
        needed = {low for name in applied for low in history[name][0] | history[name][1]}
        assert one.revision not in needed
        applied.remove(one.revision)

    assert applied == set()


@PATIENT
@given(histories())
def test_heads_are_right_after_every_prefix(history: History) -> None:
    """After each step of an upgrade the rows are the applied revisions that none implies."""
    graph = _map_of(history)
    rows: set[str] = set()
    applied: set[str] = set()
    for one in list(graph.iterate_revisions("heads", (), implicit_base=True))[::-1]:
        rows = rows - set(one._all_down_revisions) | {one.revision}
        applied.add(one.revision)
        assert rows == _tops(history, applied)
        assert applied == graph.ancestors_of(rows)


@PATIENT
@given(histories())
def test_rows_are_right_after_every_step_down(history: History) -> None:
    """After each step of a downgrade, the uncovered ones among its parents get rows."""
    graph = _map_of(history)
    rows = set(graph._real_heads)
    applied = set(history)
    for one in graph.iterate_revisions(tuple(rows), "base", select_for_downgrade=True):
        rows.remove(one.revision)
        applied.remove(one.revision)
        back = one._normalized_down_revisions
        uncovered = graph.uncovered(back, tuple(rows), leaving=one.revision)
        rows.update(uncovered)
        assert uncovered == graph.tops_among(back, applied)
        assert rows == _tops(history, applied)


@PATIENT
@given(histories(), st.data())
def test_any_two_states_are_a_way_apart(history: History, data: st.DataObject) -> None:
    """From any state an upgrade to any revision applies exactly what that needs."""
    graph = _map_of(history)
    names = sorted(history)
    applied = _below(history, data.draw(st.lists(st.sampled_from(names), max_size=3)))
    target = data.draw(st.sampled_from(names))
    rows = tuple(sorted(_tops(history, applied)))
    way = {one.revision for one in graph.iterate_revisions(target, rows, implicit_base=True)}

    assert way == _below(history, [target]) - applied


@PATIENT
@given(histories(), st.data())
def test_a_downgrade_keeps_its_target(history: History, data: st.DataObject) -> None:
    """Whatever remains after a downgrade has all that it needs, and the target remains."""
    graph = _map_of(history)
    target = data.draw(st.sampled_from(sorted(history)))
    way = graph.iterate_revisions(graph._real_heads, target, select_for_downgrade=True)
    assume(graph._revision_map[target].nextrev)
    gone = {one.revision for one in way}
    remains = set(history) - gone

    assert target in remains
    assert remains == _below(history, remains)
    assert gone.isdisjoint(_below(history, [target]))
    assert not graph._revision_map[target].nextrev & remains


@PATIENT
@given(histories(), st.randoms(use_true_random=False))
def test_the_order_of_files_does_not_matter(history: History, random: object) -> None:
    """Links, heads and bases are the same however the files are listed."""
    shuffled = list(history)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = _map_of(history), _map_of({name: history[name] for name in shuffled})

    assert set(one.heads) == set(other.heads)
    assert set(one._real_bases) == set(other._real_bases)
    for name, revision in one._revision_map.items():
        assert revision._all_nextrev == other._revision_map[name]._all_nextrev
        assert set(revision._normalized_down_revisions) == set(
            other._revision_map[name]._normalized_down_revisions
        )


@PATIENT
@given(histories(), st.data())
def test_ancestors_are_those_of_a_plain_walk(history: History, data: st.DataObject) -> None:
    """The shortened search for an ancestor agrees with a walk over everything."""
    graph = _map_of(history)
    lower = data.draw(st.sampled_from(sorted(history)))
    upper = data.draw(st.sampled_from(sorted(history)))

    assert graph.is_ancestor(lower, upper) == (lower != upper and lower in _below(history, [upper]))


@PATIENT
@given(histories())
def test_a_graph_grows_as_it_loads(history: History) -> None:
    """Adding revisions one by one results in the same graph as loading them together."""
    loaded, grown = _map_of(history), RevisionMap(list)
    for name, (parents, needed) in history.items():
        grown.add_revision(Revision(name, tuple(sorted(parents)), tuple(sorted(needed))))

    assert loaded.heads == grown.heads
    assert loaded._real_heads == grown._real_heads
    assert [one.revision for one in loaded.iterate_revisions("heads", "base")] == [
        one.revision for one in grown.iterate_revisions("heads", "base")
    ]


@PATIENT
@given(histories(), st.data(), st.booleans())
def test_circles_are_refused_at_once(
    history: History, data: st.DataObject, by_dependency: bool
) -> None:
    """A link from a revision to its descendant is rejected; the reported cycle exists."""
    upper = data.draw(st.sampled_from(sorted(history)))
    below = sorted(_below(history, [upper]) - {upper})
    assume(below)
    lower = data.draw(st.sampled_from(below))
    parents, needed = history[lower]
    added = frozenset({upper})
    changed = (parents, needed | added) if by_dependency else (parents | added, needed)
    bent = {**history, lower: changed}

    with pytest.raises(CycleDetected) as caught, warnings.catch_warnings():
        _ = _map_of(bent).heads

    circle = list(caught.value.revisions)
    for name, following in zip(circle, [*circle[1:], circle[0]], strict=True):
        assert following in bent[name][0] | bent[name][1]
