"""Reading a user's TOML file: whatever is wrong with it is one line that names the file."""

from __future__ import annotations

from typing import Any

from nodecalc.errors import CatalogueError

from .schema import shown_path


def load_toml(file: str, what: str) -> dict[str, Any]:
    """Return the tables of the TOML file `file`, which should be a `what`, "catalogue" or "stack", for messages."""
    import tomllib

    name = shown_path(file)
    absent = f"{name}: no such file; give the path of a TOML {what} file"
    try:
        with open(file, "rb") as stream:  # noqa: PTH123
            text = stream.read().decode("utf-8-sig")
    except FileNotFoundError:
        raise CatalogueError(absent) from None
    except OSError as error:
        raise CatalogueError(f"{name}: cannot be read: {error.strerror or type(error).__name__}") from None
    except UnicodeDecodeError as error:
        raise CatalogueError(f"{name}: not TOML: byte {error.start} is not UTF-8") from None
    except ValueError:  # a NUL in the name
        raise CatalogueError(absent) from None
    try:
        return tomllib.loads(text)
    except ValueError as error:
        # tomllib says "... (at line 3, column 5)"; a whole number of thousands of digits fails without a place.
        problem = str(error) if isinstance(error, tomllib.TOMLDecodeError) else "a number with too many digits"
        raise CatalogueError(f"{name}: not TOML: {problem if problem.isprintable() else ascii(problem)}") from None
    except RecursionError:
        raise CatalogueError(f"{name}: not a {what}: lists or tables nested too deep") from None
