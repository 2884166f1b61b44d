"""The question of `nodecalc sweep`: from the words of a command line, or from a file that a sweep wrote."""

from typing import TYPE_CHECKING, Any

from nodecalc.progress import tell

from .options import listed

if TYPE_CHECKING:
    from nodecalc.drivers.sweep.request import Request
    from nodecalc.drivers.sweep.swept import Swept


def request_again(path: str, also: list[str]) -> "Request":
    """Return the question that a file holds, which takes nothing besides."""
    from nodecalc.drivers.sweep.opening import is_report, request_of_file
    from nodecalc.errors import InputError
    from nodecalc.scenarios.again import is_sweep, refuse_without_question

    if also:
        raise InputError(
            f"--again {path} with {', '.join(also)}: the file holds the whole question; leave out the others"
        )
    try:
        if is_report(path) or (path.lower().endswith((".parquet", ".arrow")) and not is_sweep(path)):
            refuse_without_question(path, "sweep")
        return request_of_file(path)
    except FileNotFoundError:
        raise InputError(f"--again {path}: there is no such file; give one that a sweep wrote") from None


def sweep_of(request: "Request") -> "Swept":
    """Return the sweep of a request, of dies or of systems, ready to be worked out."""
    if request.systems is not None:
        from nodecalc.systems.sweep import asked as of_systems

        return of_systems(request)
    from nodecalc.drivers.sweep.asking import asked

    return asked(request)


def say_what_changed(path: str, sweep: "Swept") -> None:
    """Say on standard error where the same question meets other figures, or another version, than in the file."""

    from nodecalc.drivers.sweep.opening import is_report, provenance_of_file

    if is_report(path):
        from nodecalc.catalogue.digest import data_digest
        from nodecalc.scenarios.again import changes_since

        for line in changes_since(path, {"data": data_digest()}):
            tell(f"{path}: {line}")
        return
    for line in sweep.provenance.changes_since(provenance_of_file(path)):
        tell(f"{path}: {line}")


def request_of_words(
    size: str | None,
    nodes: list[str],
    over: list[str],
    keys: str | None,
    ranked: list[str | None],
    chip: str | None,
    strict: bool,
    catalog: str | None,
    given: dict[str, str],
    against: list[str],
) -> "Request":
    """Return the question of the command line: nodes first, then the axes in their order."""
    from nodecalc.drivers.sweep.request import DEFAULT_RESULTS, RESULTS, read_request
    from nodecalc.errors import InputError
    from nodecalc.question.at import nodes_of
    from nodecalc.question.ranges import axis_of_text, read_over
    from nodecalc.vocabulary import QUANTITIES

    inputs: dict[str, Any] = {}
    if chip is not None and not nodes:
        from nodecalc.catalogue import open_catalogue

        nodes = [name for name in (open_catalogue(catalog).product(chip).node,) if name]
    if nodes:
        inputs["node"] = nodes_of(nodes)  # one too is an axis: its name then stands in every row
    ranges: dict[str, str] = {}
    for text in over:
        key, values = read_over(text)
        if key in inputs or key in ranges:
            first = "--node" if key == "node" else "--over"
            raise InputError(f"--over '{text}': {key} is given by {first} already; give each input one axis")
        ranges[key] = values
    rates, beside = "", nodes_of(against)
    if "rate" in given:
        from nodecalc.question.rates import rated_nodes

        together, rates, beside = rated_nodes({**inputs, **ranges, **given}, beside)
        inputs, ranges, given = ({k: together[k] for k in each if k in together} for each in (inputs, ranges, given))
    inputs |= {key: axis_of_text(key, values) for key, values in ranges.items()}
    for key, text in given.items():
        if key in ranges:
            option = QUANTITIES[key].option
            raise InputError(f"--over {key}=... and --{option} {text}: it is an axis and fixed; give one of them")
        # Tools that are ruled out together are one value, not an axis of them: --over has that.
        inputs[key] = text.replace(",", "+") if key in ("tools", "without") else text
    if keys is not None and not listed(keys):
        raise InputError(f"--keys '{keys}': no outputs; name some of {', '.join(RESULTS)}")
    wanted = dict.fromkeys(listed(keys) or ())
    wanted.update(dict.fromkeys(key for key in ranked if key is not None))
    return read_request(
        size,
        inputs,
        chip=chip,
        outputs=list(wanted) or DEFAULT_RESULTS,
        strict=strict,
        catalogue=catalog,
        rates=rates,
        against=beside,
    )
