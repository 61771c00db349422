"""What nbgrader's gradebook raises where its database cannot be used, told in one line."""

from __future__ import annotations

import logging

from nbgrader.api import InvalidEntry
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from grader.errors import ConfigurationError

# nbgrader raises InvalidEntry also where the disk is full.
RAISED = (SQLAlchemyError, InvalidEntry)


def _is_news(record: logging.LogRecord) -> bool:
    """Whether nbgrader logs something else than the traceback of an error that it raises, too."""
    return not record.getMessage().startswith("Rolling back session due to database error")


# Where nbgrader's gradebook logs; whoever catches the error tells it in one line.
logging.getLogger("tornado.application").addFilter(_is_news)


def reason(error: BaseException) -> str:
    """Why the database refused; empty if it did not, and something is wrong with what was asked.

    Args:
        error: of ``RAISED``, or any other.
    """
    if isinstance(error, InvalidEntry) and isinstance(error.__context__, DBAPIError):
        error = error.__context__
    if not isinstance(error, SQLAlchemyError):
        return ""
    # What SQLAlchemy writes around the database's own words is a statement, or advice to us.
    said = error.orig if isinstance(error, DBAPIError) and str(error.orig) else error
    return (str(said).splitlines() or [type(error).__name__])[0]


def unwritable(gradebook: object, why: str) -> ConfigurationError:
    """The error that a person reads where a result could not be written.

    Args:
        gradebook: its address.
        why: what the database said.
    """
    return ConfigurationError(
        f"the gradebook {gradebook} cannot be written ({why}): see to it, then run the same "
        "command again"
    )


def unusable(gradebook: object, why: str) -> ConfigurationError:
    """The error that a person reads where the gradebook cannot be opened, read or made.

    Args:
        gradebook: its address.
        why: what the database or the machine said.
    """
    return ConfigurationError(
        f"the gradebook {gradebook} cannot be used ({why}): expected a database that this account "
        "may write to; nothing was changed"
    )
