"""A question about risk made ready and run: nodes, what varies, results and statements brought together."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from nodecalc.catalogue import open_catalogue
from nodecalc.doors import a_flag, brief, items, plain
from nodecalc.doors import names as several_names
from nodecalc.errors import InputError
from nodecalc.question.at import At, nodes_of
from nodecalc.question.bits import CAPACITY
from nodecalc.question.graph import ALL_OUTPUTS, ANSWER, COUNT, D0
from nodecalc.question.laws import Varied, read_all
from nodecalc.question.salvage import cost_asked, refuse_unsold
from nodecalc.question.size import SIZES_GIVEN
from nodecalc.question.units import number_of
from nodecalc.vocabulary import Quantity
from nodecalc.vocabulary.spelling import key_of

from .estimate import Estimate, compute
from .prepare import prepare
from .risk.drawn import by_strength
from .risk.plan import SHIFTS, Plan
from .risk.statements import read_statement
from .risk_answer import WAFER, Risk, node_number
from .risk_model import part_of

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue, Node

SAMPLES: Final = 16384
MOST_SEED: Final = (1 << 128) - 1
WORLDS: Final = Quantity("samples", "", "worlds", 256.0, 1e7, option="samples", counted=True)
ANY_DIE_MM2: Final = 100.0
RESULTS: Final = (*ALL_OUTPUTS, D0, "die_area_mm2", *WAFER)
"""What a result may be: also what a die's size and its evidence come to."""


def risk(
    size: str | float | None = None,
    *,
    node: str | Node | At | Iterable[str | At] | None = None,
    chip: str | None = None,
    vary: Mapping[str, Any] | Sequence[str] = (),
    outputs: str | Sequence[str] | None = None,
    prob: str | Sequence[str] = (),
    samples: int | str = SAMPLES,
    seed: int = 0,
    independent: bool = False,
    drivers: bool = True,
    strict: bool = False,
    catalogue: Catalogue | str | os.PathLike[str] | None = None,
    client: Any = None,
    **inputs: object,
) -> Risk:
    """Return how sure an answer is and what drives it: every figure that has a distribution is drawn from it.

    Args:
        size, chip, strict, catalogue, inputs: as for `estimate`; what is given is exact. Where all `outputs` are of the
            wafer no size is needed.
        node: one node, or several, which are drawn together: a tool's figure, a price that another is a multiple of, or
            evidence that two nodes share is one draw for both.
        vary: distributions of your own by input: ``{"d0_per_cm2": (low, mode, high)}`` triangular, ``(low, high)``
            uniform, ``("normal", mean, s)``, ``("lognormal", median, s)`` with s the standard deviation of ln x; or
            texts as for ``--vary``. ``"n5:d0"`` is of one node alone.
        outputs: results wanted, what a good die costs where not given, with harvest or bins one that sells: any of a
            die, and with ``wafer_basis="cost"`` those of its wafer.
        prob: statements such as ``"good_die_cost_usd < 40"`` and ``"smic-n+3 > tsmc-n5"``.
        samples: worlds, 256 to 10^7; rounded up to eight sequences of a power of 2 of Sobol points.
        seed: of the digital shifts of the sequences.
        independent: whether nodes share no draw.
        client: a ``distributed.Client``, whose workers then run the worlds: the same bits as here.
        drivers: whether shares of variance are worked out; without them a million worlds take a moment.

    Returns:
        A `Risk`: ``.p10``, ``.p50``, ``.p90`` and ``.drivers`` of the first result, ``.outcomes``,
        ``.probabilities``, ``.samples()``.

    Raises:
        NodecalcError: as for `estimate`; a distribution or a statement that cannot be read; more figures than 128.

    >>> import nodecalc as nc
    >>> q = nc.risk(107, node="smic-n+2", samples=4096)
    >>> q.p10 < 25 < q.p50 < 40 < q.p90, q.drivers[0].name
    (True, 'tsmc-n7.wafer_price_usd')

    """
    known = open_catalogue(catalogue)
    count = read_worlds(samples)
    read_seed(seed)
    nodes = _nodes(node)
    if a_flag("independent", independent) and len(nodes) < 2:
        raise InputError("--independent: one node shares no draw; leave it out, or name several with -n")
    # A draw goes by its node's id, however the question calls that.
    varied = tuple(each._replace(node=each.node and known.node(each.node).id) for each in read_all(vary))
    given = {key: True for at in nodes for key in _given(inputs, at)}
    usual = cost_asked(given, ANSWER)
    wanted = several_names(
        "outputs", usual if outputs is None else outputs, f"give keys of results: {', '.join(RESULTS)}"
    )
    keys = tuple(dict.fromkeys(key_of(key, RESULTS, "result") for key in wanted))
    if not keys:
        raise InputError(f"no results; name some of {', '.join(RESULTS)}")
    refuse_unsold(given, keys, f"a risk of {keys[0]}")
    # What a wafer costs needs no die: any that fits stands in, and no result is of it.
    of_wafer = size is None and chip is None and set(keys) <= set(WAFER)
    estimates, own = [], []
    for at in nodes:
        mine = [each for each in varied if _is_of(each, at, known)]
        _refuse_twice(mine, inputs, at)
        at_medians = {each.key: each.law.median for each in mine}
        sized = not _given(inputs, at).union(at_medians).isdisjoint((*SIZES_GIVEN, COUNT, CAPACITY))
        of_wafer = of_wafer and not sized
        asked_of = ANY_DIE_MM2 if of_wafer else size
        words = {**inputs, **at_medians}
        resolved, product = prepare(asked_of, at, chip, strict, known, words, any_die=of_wafer)
        estimates.append(compute(resolved, known, product))
        own.append(mine)
    for each in varied:
        if each.node and not any(each in mine for mine in own):
            raise InputError(f"--vary {each.node}:{each.key}: that node is not in this question; name it with -n")
    labels = _labels(estimates)
    statements = tuple(
        read_statement(text, keys[0], RESULTS, labels, lambda name: node_number(name, labels, estimates))
        for text in several_names("prob", prob, "give a statement such as 'good_die_cost_usd < 40'")
    )
    asked = tuple(dict.fromkeys((*keys, *(key for said in statements for key in said.keys))))
    if of_wafer and not set(asked) <= set(WAFER):
        raise InputError("no die size; give SIZE as 100 (mm2) or 10x10 (mm), or --transistors, or --chip")
    parts = [
        part_of(e.inputs, known, mine, asked, label, independent)
        for e, mine, label in zip(estimates, own, labels, strict=True)
    ]
    if not any(part.drawn for part in parts):
        raise InputError(
            "no figure of this answer has a distribution: what is given is exact; leave some to the node, or give "
            "one with --vary, such as --vary d0=0.1:0.2:0.4"
        )
    a_flag("drivers", drivers)
    plan = Plan(tuple(parts), asked, by_strength(parts, keys[0]), count // SHIFTS, seed, drivers)
    return Risk(estimates, parts, keys, plan, statements, varied, independent, known, client)


def read_worlds(samples: object) -> int:
    """Return how many worlds are run where so many are asked for: the next power of 2, eight sequences of it."""
    asked = number_of(samples, WORLDS)
    if asked != int(asked):
        raise InputError(f"--samples {plain(samples)}: worlds; give a whole number, such as {SAMPLES}")
    return 1 << (int(asked) - 1).bit_length()


def read_seed(seed: object) -> int:
    """Return the number that a run's draws hang on."""
    if isinstance(seed, bool) or not isinstance(seed, int):
        raise InputError(f"--seed {plain(seed)}: no whole number; give one, such as 0")
    if not -MOST_SEED <= seed <= MOST_SEED:
        raise InputError(f"--seed {brief(seed)}: allowed: whole numbers of at most 128 bits, such as 0")
    return seed


def _nodes(node: Any) -> list[Any]:
    if node is None or hasattr(node, "id") or isinstance(node, At):
        return [node]
    several = [node] if isinstance(node, str) else items("node", node, "give a node, or a list of them")
    found = [at for each in several for at in (nodes_of((each,)) if isinstance(each, str) else [each])]
    return found or [None]


def _is_of(varied: Varied, at: Any, known: Catalogue) -> bool:
    if not varied.node:
        return True
    if at is None:
        return False
    from nodecalc.catalogue.lookup import find_node
    from nodecalc.question.at import apart

    own, meant = find_node(apart(at)[0], known), find_node(varied.node, known)
    return own is not None and meant is not None and own.id == meant.id


def _given(inputs: Mapping[str, object], at: Any) -> set[str]:
    """Return the keys of what is given for a node."""
    from nodecalc.question.at import apart

    from .prepare import given_keys

    return given_keys({**inputs, **(apart(at)[1] if at is not None else {})})


def _refuse_twice(varied: Sequence[Varied], inputs: Mapping[str, object], at: Any) -> None:
    taken = _given(inputs, at)
    for each in varied:
        if each.key in taken:
            raise InputError(f"--vary {each.key} and a value for it: it varies and is fixed; give one of them")


def _labels(estimates: Sequence[Estimate]) -> list[str]:
    """Return what the question calls each node: its id, with what is given for it alone."""
    labels = ["" if e.inputs.node is None else str(At(e.inputs.node.id, e.inputs.own)) for e in estimates]
    twice = next((label for label in labels if labels.count(label) > 1), None)
    if twice is not None:
        raise InputError(f"node '{twice}' twice in one question: give it once, or with inputs of its own")
    return labels
