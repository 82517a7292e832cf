"""importing/form_answers.py — what the form of a workbook's page says, as answers: only what was changed or asked."""

from copy import deepcopy

from flask import request
from flask_babel import gettext as _

from ..web.notices import warn
from .answers import take_answers
from .jobs import ImportJob
from .preview import ImportPreview


def read_answers(job: ImportJob) -> bool:
    """Add what this request's form says to the job's answers; was it anything new? Warns of what can't be read."""
    if job.preview is None:
        return False
    before = deepcopy(job.answers)
    fields = dict(request.form.items())
    _spread_answers(fields, job.preview)
    _drop_unchanged(fields, job.preview)
    take_answers(job.answers, fields)
    if job.answers.odd:
        names = [deal.name for deal in job.preview.deals if f"commission.{deal.name_key}" in job.answers.odd]
        warn(_("No commission: write it like 15. It is left open for %(names)s.", names=", ".join(names)))
    return job.answers != before


def _spread_answers(fields: dict[str, str], preview: ImportPreview) -> None:
    """One answer for all: the kind of all goods that have none, the deal of all producers that have none."""
    if kind := fields.pop("kind_of_rest", ""):
        for row in preview.rows:
            if row.needs_kind and not fields.get(f"kind.{row.key}"):
                fields[f"kind.{row.key}"] = kind
    if deal := fields.pop("deal_of_rest", ""):
        for each in preview.deals:
            if not fields.get(f"deal.{each.name_key}"):
                fields[f"deal.{each.name_key}"] = deal
                fields[f"commission.{each.name_key}"] = fields.get("commission_of_rest", "")


def _drop_unchanged(fields: dict[str, str], preview: ImportPreview) -> None:
    """A box that says what the page said anyway is no answer; one that was asked is."""
    rows = {row.key: row for row in preview.rows}
    columns = {f"{each.sheet}.{each.position}": each for _name, sheet in preview.columns for each in sheet}
    for name in list(fields):
        what, _dot, about = name.partition(".")
        if what == "kind" and about in rows and fields[name] == (rows[about].values.get("kind") or ""):
            del fields[name]
        elif what == "field" and about in columns and not columns[about].question:
            column = columns[about]
            if (fields[name], fields.get(f"how.{about}", column.how)) == (
                column.field or "ignored",
                column.how,
            ):
                del fields[name]
    for about, column in columns.items():  # an answer to how its cells are meant stands for the field too
        if fields.get(f"how.{about}") and f"field.{about}" not in fields and column.question:
            fields[f"field.{about}"] = column.field
