"""The commands of bank transfers: vietqr."""

import json
from typing import Any

import click

from ..kernel.errors import ShopError
from ..payments.vietqr import DecodedCode, TransferCode
from .shared import console, describe_reasons, describe_refusal, fail


@click.group()
def vietqr() -> None:
    """The code that a bank's app scans: write one, read one."""


@vietqr.command("encode")
@click.option(
    "--bin", "bank_bin", required=True, metavar="B", help="The bank's six digits: 970436 is Vietcombank."
)
@click.option("--account", metavar="A", help="The account that gets the money.")
@click.option("--card", metavar="C", help="Or the card that gets it.")
@click.option("--amount", type=int, metavar="N", help="In đồng; without it the payer types it.")
@click.option(
    "--purpose",
    default="",
    metavar="TEXT",
    help="The text of the transfer, 25 letters; accents are left out.",
)
@click.option("--bill-number", default="", metavar="TEXT", help="25 letters.")
@click.option("--reference", default="", metavar="TEXT", help="25 letters.")
@click.option("--terminal", default="", metavar="TEXT", help="25 letters.")
@click.option("--json", "as_json", is_flag=True, help="For a machine.")
@click.option("--svg", "as_svg", is_flag=True, help="The picture.")
def encode(
    *, account: str | None, card: str | None, amount: int | None, as_json: bool, as_svg: bool, **more: Any
) -> None:
    """Write the text of a VietQR code: on the first line, what it says below.

    Example: ocop-pos vietqr encode --bin 970436 --account 0011001932418 --amount 120000 --purpose MPK7X2QF9BD
    """
    from ..payments.code_picture import draw_code_svg
    from ..payments.vietqr import decode_vietqr, encode_vietqr, list_code_reasons

    if (account is None) == (card is None):
        raise click.UsageError("name the account or the card: --account A, or --card C")
    if as_json and as_svg:
        raise click.UsageError("--json or --svg, not both")
    code = TransferCode(account=account or card or "", is_card=card is not None, amount_vnd=amount, **more)
    try:
        payload = encode_vietqr(code)
    except ShopError as no:
        fail(describe_refusal(no))
    if reasons := list_code_reasons(code):
        console.print(describe_reasons(reasons), soft_wrap=True, markup=False)
    if as_svg:
        click.echo(draw_code_svg(payload))
    elif as_json:
        click.echo(json.dumps({"payload": payload} | list_fields(decode_vietqr(payload)), ensure_ascii=False))
    else:
        click.echo(payload)
        _print_fields(decode_vietqr(payload))


@vietqr.command("decode")
@click.argument("text")
@click.option("--json", "as_json", is_flag=True, help="For a machine.")
def decode(text: str, as_json: bool) -> None:
    """Say what the text of a VietQR code says, a field a line; what is damaged or no such code is refused with the reason.

    Example: ocop-pos vietqr decode 00020101021138...63049E6F
    """
    from ..payments.vietqr import decode_vietqr

    try:
        found = decode_vietqr(text)
    except ShopError as no:
        fail(describe_refusal(no))
    if as_json:
        click.echo(json.dumps(list_fields(found), ensure_ascii=False))
    else:
        _print_fields(found)


def list_fields(found: DecodedCode) -> dict[str, str | int | None]:
    """What a code says, by the names of the command's options."""
    from ..payments.banks import find_bank

    code, bank = found.code, find_bank(found.code.bank_bin)
    return {
        "bin": code.bank_bin, "bank": bank.name if bank else None, "account": code.account,
        "service": code.service_code, "init": found.initiation, "amount": code.amount_vnd, "purpose": code.purpose,
        "bill_number": code.bill_number, "reference": code.reference, "terminal": code.terminal,
    }  # fmt: skip


def _print_fields(found: DecodedCode) -> None:
    for name, value in list_fields(found).items():
        if value not in {None, ""}:
            click.echo(f"{name}: {value}")


COMMANDS = (vietqr,)
