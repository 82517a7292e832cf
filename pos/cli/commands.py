"""ocop-pos: the shop from the command line. Every command has --help with an example.

Exit codes: 0 done; 1 something is wrong with the shop or its data (said in one line); 2 the command was
typed wrongly; 3 a workbook has rows that are refused.
"""

import click

from . import books, data, payments, people, run, shop, station


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="ocop-pos", message="%(version)s")
def main() -> None:
    """The shop system of an OCOP sales point: till, stock, papers, traceability."""


for group in (run, shop, books, data, people, station, payments):
    for command in group.COMMANDS:
        main.add_command(command)
