"""The command that drives a till's devices on a computer of its own."""

from pathlib import Path

import click

from .shared import (
    fail,
)


@click.command()
@click.option("--server", required=True, help="The shop's computer: https://192.0.2.7:8443")
@click.option(
    "--token", envvar="OCOP_POS_STATION_TOKEN", help="From the Devices page; or in the environment."
)
@click.option(
    "--token-file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A file that holds the token.",
)
@click.option(
    "--ca",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The shop's own certificate (ocop-pos.crt).",
)
def station(server: str, token: str | None, token_file: Path | None, ca: Path | None) -> None:
    """Drive the devices of a till on a computer of its own: printers, drawer, scanner, scale, pole display.

    It goes on through any fault of the network, and stops only when told, or when its token has ended.

    Example: ocop-pos station --server https://192.0.2.7:8443 --token-file token.txt --ca ocop-pos.crt
    """
    import logging
    import signal

    from ..station.agent import ServerConnection, StationAgent, TokenRefused

    logging.basicConfig(format="%(asctime)s %(message)s", level=logging.INFO)
    try:
        secret = token_file.read_text("utf-8").strip() if token_file else token
    except (OSError, UnicodeDecodeError) as odd:
        fail(f"{token_file} can't be read as a token: {odd}")
    if not secret:
        fail("no token: give --token, --token-file or OCOP_POS_STATION_TOKEN (the Devices page makes one)")
    try:
        agent = StationAgent(ServerConnection(server, secret or "", ca))
    except (ValueError, OSError) as odd:
        fail(f"{server}: {odd}. An address looks like https://192.0.2.7:8443; --ca is a certificate")
    signal.signal(signal.SIGTERM, lambda *_: agent.stop())
    signal.signal(signal.SIGINT, lambda *_: agent.stop())
    try:
        agent.run()
    except TokenRefused:
        fail("the shop's computer does not know this token: make a new one on its Devices page")


COMMANDS = (station,)
