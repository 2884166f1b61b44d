"""`nodecalc claims`: what press and policy papers claim, and what the calculator answers."""

from typing import Annotated, Final

from .declared import Argument, Option
from .options import CatalogFile, Format, Sources
from .output import Force, Output, place

NAME: Final = "claims"
EXAMPLES: Final = (
    "nodecalc claims",
    "nodecalc claims ascend-volume",
    "nodecalc claims --status contradicted",
    "nodecalc claims -f json",
)


def complete_claim(incomplete: str) -> list[str]:
    """Return the claims that start with `incomplete`, for shell completion."""
    from nodecalc.catalogue.claims import claims

    return [id_ for id_ in claims() if id_.startswith(incomplete.lower())]


def run(
    claim: Annotated[
        str | None,
        Argument(
            metavar="[ID]",
            help="one claim, with the commands that answer it; without one all are listed",
            show_default=False,
            autocompletion=complete_claim,
        ),
    ] = None,
    status: Annotated[
        str | None,
        Option(
            "--status",
            metavar="STATUS",
            help="those alone that are reproduced, contradicted, open or consistency",
            rich_help_panel="Claims",
        ),
    ] = None,
    sources: Sources = False,
    catalog: CatalogFile = None,
    output_format: Format = "table",
    output: Output = None,
    force: Force = False,
) -> None:
    """Answer what press and policy papers claim.

    Each answer is worked out anew, with the commands that give it and what it turns on.
    """
    from nodecalc.catalogue.claims import STATUSES
    from nodecalc.errors import InputError, unknown
    from nodecalc.render.reports.claims import claims_report
    from nodecalc.systems.claims import answered

    where = place(output_format, output, force, sources=sources)
    if claim is not None and status is not None:
        raise InputError(f"--status {status} with one claim: it chooses among all; leave one of them out")
    if status is not None and status.strip().lower() not in STATUSES:
        raise unknown("status", status, STATUSES)
    found = answered(claim, catalog)
    if status is not None:
        found = [a for a in found if a.claim.status == status.strip().lower()]
    where.write(claims_report(found, claim is not None))
