"""A build hook: compiles the message catalogues, so that the wheel carries them ready to read."""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileMessages(BuildHookInterface):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        for po in Path(self.root, "pos", "translations").rglob("*.po"):
            unready = po.with_suffix(".mo.new")
            with po.open("rb") as source, unready.open("wb") as target:
                write_mo(target, read_po(source))
            unready.replace(po.with_suffix(".mo"))  # whole at any moment: a running shop may be reading it
