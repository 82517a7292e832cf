"""The configuration: one frozen tree read from TOML, then from the environment.

`OCOP_POS_SERVER__PORT=9000` overrides `[server] port`; `OCOP_POS_DATABASE__URL_FILE=/run/secret` reads
the value from a file. An unknown key or a bad value is one clear line that names its place.
"""

import ipaddress
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

PREFIX = "OCOP_POS_"
KNOWN_DATABASES = ("postgresql+psycopg://", "sqlite:///")
SPARE_THREADS = 3  # what answers a busy shop while the tills' pages wait for scans
_MAIL_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]+@([A-Za-z0-9-]+\.)+[A-Za-z]{2,63}")
Port = Annotated[int, msgspec.Meta(ge=0, le=65535)]
Role = Literal["receipt", "label", "packing"]


class ConfigError(Exception):
    """The configuration can't be used; the message names the file and the place in it."""


class SettingsTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table of the file in which every key is known."""


class Server(SettingsTable, frozen=True):
    host: str = "127.0.0.1"
    port: Port = 8080
    threads: Annotated[int, msgspec.Meta(ge=4, le=256)] = 16
    proxy: str = ""


class Data(SettingsTable, frozen=True):
    folder: str = "ocop-data"


class Database(SettingsTable, frozen=True):
    url: str = ""


class Lan(SettingsTable, frozen=True):
    enabled: bool = False
    host: str = "0.0.0.0"  # noqa: S104  the shop's whole network is what it is for
    port: Port = 8443


class Public(SettingsTable, frozen=True):
    base_url: Annotated[str, msgspec.Meta(pattern=r"^(https?://[^\s/]+(/[^\s]*)?)?$")] = ""
    host: str = "0.0.0.0"  # noqa: S104  strangers come in here, and find the buyers' and producers' pages alone
    port: Port = 0
    certificate: str = ""
    key: str = ""


class Care(SettingsTable, frozen=True):
    nightly: bool = True
    backups: str = ""
    encrypt: bool = False
    hour: Annotated[int, msgspec.Meta(ge=0, le=23)] = 2
    daily: Annotated[int, msgspec.Meta(ge=1, le=366)] = 7
    weekly: Annotated[int, msgspec.Meta(ge=0, le=520)] = 4
    monthly: Annotated[int, msgspec.Meta(ge=0, le=120)] = 12


class Seal(SettingsTable, frozen=True):
    folder: str = ""


Seconds = Annotated[float, msgspec.Meta(gt=0, le=3600)]


class Bank(SettingsTable, frozen=True):
    """How the providers of the accounts' feeds are asked. An address "" is the provider's own."""

    poll: bool = True
    sepay_quick_seconds: Seconds = 4
    casso_quick_seconds: Seconds = 12
    payos_quick_seconds: Seconds = 5
    slow_seconds: Seconds = 45
    reread_minutes: Seconds = 15
    timeout_seconds: Seconds = 15
    sepay_url: str = ""
    casso_url: str = ""
    payos_url: str = ""

    def quick_seconds(self, feed: str) -> float:
        """How long after an answer a provider is asked again while a code is on a screen."""
        return float(getattr(self, f"{feed}_quick_seconds"))

    def base_url(self, feed: str) -> str:
        return str(getattr(self, f"{feed}_url"))


class Mail(SettingsTable, frozen=True):
    """The post office on the internet that takes the shop's e-mails to producers. host "": none are sent."""

    host: str = ""
    port: Port = 0
    security: Literal["none", "starttls", "tls"] = "starttls"
    user: str = ""
    password: str = ""
    from_address: str = ""
    ca_file: str = ""
    timeout_seconds: Seconds = 20


class Till(SettingsTable, frozen=True):
    language: Literal["vi", "en"] = "vi"
    lock_after_minutes: Annotated[int, msgspec.Meta(ge=1, le=240)] = 10
    read_upc_e: bool = False


class Printer(SettingsTable, frozen=True):
    """`at`: the station apart on whose computer it hangs; "" for the shop's own computer."""

    name: str
    address: str = "none"
    paper_mm: Literal[58, 80] = 80
    drawer_pin: Literal[0, 2, 5] = 2
    profile: str = "generic"
    mode: Literal["auto", "picture", "text"] = "auto"
    charset: str = ""
    dpi: Literal[203, 300] = 203
    at: str = ""


class Station(SettingsTable, frozen=True):
    """A till. `apart`: its devices hang on a computer of their own, where `ocop-pos station` runs."""

    name: str
    printer: str
    labels: str = ""
    packing: str = ""
    scanner: str = ""
    scale: str = ""
    display: str = ""
    apart: bool = False

    def printer_for(self, role: Role) -> str:
        """Labels come out of the receipts' printer where no other is named; packing slips only where one is."""
        match role:
            case "receipt":
                return self.printer
            case "label":
                return self.labels or self.printer
            case "packing":
                return self.packing


class Config(SettingsTable, frozen=True):
    server: Server = Server()
    data: Data = Data()
    database: Database = Database()
    lan: Lan = Lan()
    public: Public = Public()
    care: Care = Care()
    seal: Seal = Seal()
    till: Till = Till()
    bank: Bank = Bank()
    mail: Mail = Mail()
    printers: tuple[Printer, ...] = (Printer(name="Máy in quầy"),)
    stations: tuple[Station, ...] = (Station(name="Quầy 1", printer="Máy in quầy"),)

    def station(self, name: str) -> Station | None:
        return next((station for station in self.stations if station.name == name), None)

    def printer_of(self, station: str, role: Role = "receipt") -> str:
        """The name of a station's printer for a kind of slip ("": none); of the first one, where the station is unknown."""
        known = self.station(station)
        return known.printer_for(role) if known else self.printers[0].name

    def printer(self, name: str) -> Printer | None:
        return next((printer for printer in self.printers if printer.name == name), None)

    def backup_folder(self) -> Path:
        """Where the nightly backups go: as set, or beside the books (better than none, but set another disk)."""
        return Path(self.care.backups) if self.care.backups else Path(self.data.folder) / "backups"

    def seal_folder(self) -> Path:
        """Where the key lies that signs closings: as set, or beside the data folder, so that no copy of it holds the key."""
        data = Path(self.data.folder).absolute()
        return Path(self.seal.folder) if self.seal.folder else data.with_name(f"{data.name}-seal")

    def database_url(self) -> str:
        """The address of the books: PostgreSQL as configured, or the SQLite file in the data folder."""
        return self.database.url or f"sqlite:///{Path(self.data.folder).resolve() / 'shop.db'}"


def read_config(path: Path | None, environment: Mapping[str, str] | None = None) -> Config:
    """Read the file (none: all defaults), lay the environment over it, check every word of it.

    Raises ConfigError.
    """
    tree: dict[str, Any] = {}
    where = str(path) if path else "the built-in settings"
    if path is not None:
        try:
            tree = tomllib.loads(path.read_text("utf-8"))
        except OSError as failure:
            raise ConfigError(f"{path}: {failure.strerror}") from failure
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as failure:
            raise ConfigError(f"{path}: {failure}") from failure
    overlay_environment(tree, os.environ if environment is None else environment)
    try:
        config = msgspec.convert(tree, Config, strict=False)
    except msgspec.ValidationError as failure:
        raise ConfigError(f"{where}: {failure}") from failure
    return _require_consistent(config, where)


def overlay_environment(tree: dict[str, Any], environment: Mapping[str, str]) -> None:
    """Put `OCOP_POS_TABLE__KEY` values into the tree; `…_FILE` means the content of that file."""
    for name, value in environment.items():
        table, parted, key = name.removeprefix(PREFIX).lower().partition("__")
        if not name.startswith(PREFIX) or not parted:
            continue
        if key.endswith("_file"):
            key = key.removesuffix("_file")
            try:
                value = Path(value).read_text("utf-8").strip()  # noqa: PLW2901  the file's content is the value
            except OSError as failure:
                raise ConfigError(f"{name}: {failure}") from failure
        tree.setdefault(table, {})[key] = value


def _require_consistent(config: Config, where: str) -> Config:
    if config.database.url and not config.database.url.startswith(KNOWN_DATABASES):
        raise ConfigError(
            f"{where}: [database] url begins with {KNOWN_DATABASES[0]}, or is empty for SQLite - at `$.database.url`"
        )
    if not config.stations:
        raise ConfigError(f"{where}: a shop needs a till - at `$.stations`")
    printers, apart = (
        {printer.name for printer in config.printers},
        {station.name for station in config.stations if station.apart},
    )
    for n, station in enumerate(config.stations):
        for key in ("printer", "labels", "packing"):
            name = getattr(station, key)
            if name not in printers and (name or key == "printer"):
                raise ConfigError(f"{where}: no printer is called {name!r} - at `$.stations[{n}].{key}`")
    for n, printer in enumerate(config.printers):
        if printer.at and printer.at not in apart:
            raise ConfigError(
                f"{where}: no station with apart = true is called {printer.at!r} - at `$.printers[{n}].at`"
            )
    if config.server.proxy and not _is_address(config.server.proxy):
        raise ConfigError(f"{where}: {config.server.proxy!r} is no IP address - at `$.server.proxy`")
    _require_sender(config.mail, where)
    listening = sum(bool(station.scanner) for station in config.stations)
    if config.server.threads < listening + SPARE_THREADS:
        raise ConfigError(
            f"{where}: each till with a scanner of its own keeps a thread busy: at least {listening + SPARE_THREADS}"
            " - at `$.server.threads`"
        )
    return config


def _require_sender(mail: Mail, where: str) -> None:
    if mail.host and not _MAIL_ADDRESS.fullmatch(mail.from_address):
        raise ConfigError(
            f"{where}: e-mails need the address that they come from, like shop@example.com - at `$.mail.from_address`"
        )


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
