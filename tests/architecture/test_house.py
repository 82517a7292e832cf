"""The house keeps its shape: what stands at the top, what the map names, what every message says in both languages."""

import ast
import builtins
import re
import subprocess
import tomllib
from pathlib import Path

import msgspec
import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from sqlalchemy import text

from pos.config import Config, ConfigError, read_config
from pos.kernel.database import DatabaseUnfit, engine_options, open_reading, require_safe_sqlite
from pos.kernel.tables import ledger_tables
from pos.law.rates import vat_bp, vat_categories, vat_rates
from pos.maintenance.verify_proofs import list_trigger_names
from pos.web.reasons import load_reasons
from tests.conftest import TODAY, Shop

ROOT = Path(__file__).parents[2]
FIXED = {
    "pos",
    "hardware",
    "migrations",
    "tests",
    "config.example.toml",
    "pyproject.toml",
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
    "constraints.txt",
}


def tracked() -> list[str]:
    return subprocess.run(
        ["git", "ls-files"], check=True, capture_output=True, text=True, cwd=ROOT
    ).stdout.splitlines()


def test_the_top_level_is_what_the_customer_fixed() -> None:
    tops = {path.split("/")[0] for path in tracked()}
    assert {top for top in tops if not top.startswith(".")} == FIXED


def test_modules_are_one_idea_each() -> None:
    for path in [*ROOT.glob("pos/**/*.py"), *ROOT.glob("hardware/**/*.py")]:
        lines = path.read_text("utf-8").count("\n")
        assert lines <= 640 if path.name in {"cli/commands.py", "reasons.py"} else lines <= 400, (
            f"{path}: {lines} lines"
        )
        assert path.stem not in {"utils", "helpers", "service", "services", "manager", "common", "misc"}


def python_files(*roots: str) -> list[Path]:
    return [path for root in roots for path in sorted(ROOT.glob(f"{root}/**/*.py"))]


def test_functions_fit_the_eye() -> None:
    for path in python_files("pos", "hardware"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert (node.end_lineno or 0) - node.lineno < 50, f"{path}: {node.name}"


def test_the_map_names_every_room() -> None:
    text = (ROOT / "pos" / "README.md").read_text("utf-8")
    rooms = {path.parent.name for path in ROOT.glob("pos/*/__init__.py")}
    assert [room for room in rooms if f"`{room}/`" not in text] == []


EVERY_ROOM_MAY_HAVE = {"models.py", "queries.py", "forms.py", "views.py", "reasons.py", "verb.py"}


def test_all_that_the_map_mentions_is_there() -> None:
    """Each path in the map exists, and each name after a path is defined in it."""
    text = (ROOT / "pos" / "README.md").read_text("utf-8")
    bases = (ROOT, ROOT / "pos", ROOT / "pos" / "static")
    for path, name in re.findall(r"`([\w/.-]+\.(?:py|js|md|toml|html))(?:: (\w+))?`", text):
        if path in EVERY_ROOM_MAY_HAVE:
            continue
        found = [base / path for base in bases if (base / path).exists()]
        assert found, f"{path} is not there"
        if name:
            defined = re.search(
                rf"(?:def|class|function) {name}\b|^{name} = ", found[0].read_text("utf-8"), re.MULTILINE
            )
            assert defined, f"{path} has no {name}"
    for folder in re.findall(r"`([\w/]+/)`", text):
        assert any((base / folder).is_dir() for base in (*bases, ROOT / "hardware")), f"{folder} is not there"


def reads_the_clock(tree: ast.AST) -> list[str]:
    """Calls that read the wall clock, by whatever arguments: of datetime, date, time."""
    calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    readings = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("time", "time"),
                ("time", "time_ns"), ("time", "localtime"), ("time", "gmtime")}  # fmt: skip
    return [
        ast.unparse(call)
        for call in calls
        if isinstance(call, ast.Attribute)
        and (ast.unparse(call.value).rpartition(".")[2], call.attr) in readings
    ]


def test_the_clock_is_read_in_one_place() -> None:
    for path in python_files("pos"):
        if path.name != "clock.py":
            assert reads_the_clock(ast.parse(path.read_text("utf-8"))) == [], path
    for planted in (
        "datetime.now(UTC)",
        "dt.datetime.now(tz=UTC)",
        "date.today()",
        "time.time()",
        "datetime.today()",
    ):
        assert reads_the_clock(ast.parse(planted)), planted


KNOW_FLASK = re.compile(
    r"(^|/)(\w*views|\w*forms|form_\w+|app|serve|database|models|reasons|messages|terms)\.py$|^(web|cli|demo|lan|till)/"
)
WEB_HELPERS = {  # what views are made of, beside views and forms themselves
    "catalog/forms.py", "files/upload.py", "identity/attempt_origin.py", "identity/new_pins.py", "identity/switch_person.py", "labelling/print_request.py",
    "portal/own_goods.py", "printing/send.py", "storeroom/receiving_form.py", "station/new_tokens.py", "station/sample.py", "station/state.py", "trace/scans.py", "trace/site.py",
    "handbook/pages.py", "documents/pdf.py", "inspection/report.py", "inspection/annexes.py",
}  # fmt: skip


def test_rules_and_use_cases_know_no_flask() -> None:
    """By exclusion: whatever isn't a view, a form, or what they are made of imports neither Flask nor its extensions."""
    wrong = []
    for path in python_files("pos"):
        short = path.relative_to(ROOT / "pos").as_posix()
        imports = re.findall(
            r"^\s*(?:from|import) (flask\w*|wtforms)\b", path.read_text("utf-8"), re.MULTILINE
        )
        if imports and not KNOW_FLASK.search(short) and short not in WEB_HELPERS:
            wrong.append((short, sorted(set(imports))))
    assert wrong == []


BUILD_SQL = {"select", "update", "delete"}


def built_queries(tree: ast.AST) -> list[str]:
    """Calls that make a statement: by SQLAlchemy's own functions, whatever they are called here, or a table's, or `.query()`.

    A dictionary's `update` and a session's `delete` make none.
    """
    functions, modules = set(BUILD_SQL), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "sqlalchemy":
            functions |= {name.asname or name.name for name in node.names if name.name in BUILD_SQL}
        elif isinstance(node, ast.Import):
            modules |= {
                name.asname or name.name for name in node.names if name.name.partition(".")[0] == "sqlalchemy"
            }
    return [
        ast.unparse(node.func)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _makes_statement(node.func, functions, modules)
    ]


def _makes_statement(call: ast.expr, functions: set[str], modules: set[str]) -> bool:
    if isinstance(call, ast.Name):
        return call.id in functions
    if not isinstance(call, ast.Attribute):
        return False
    owner = ast.unparse(call.value)
    of_sql = owner in modules or owner.endswith(".__table__")
    return call.attr in {"select", "query"} or (call.attr in BUILD_SQL and of_sql)


def test_views_build_no_queries() -> None:
    """What a page shows is a reading of the room that owns the data; the view only asks for it."""
    views = [path for path in python_files("pos") if path.name.endswith("views.py")]
    assert len(views) > 30
    assert [
        (path, found) for path in views if (found := built_queries(ast.parse(path.read_text("utf-8"))))
    ] == []
    for planted in (
        "session.scalars(select(Lot).where(Lot.id == 1))",
        "session.execute(update(Lot).values(number=''))",
        "session.execute(delete(Lot))",
        "session.query(Lot).all()",
        "from sqlalchemy import select as choose\nchoose(Lot)",
        "import sqlalchemy as sa\nsa.delete(Lot)",
        "Lot.__table__.update()",
    ):
        assert built_queries(ast.parse(planted)), planted
    assert built_queries(ast.parse("session.update({}); session.delete(lot); names.update(a=1)")) == []


def written_acts(tree: ast.AST) -> list[str]:
    """Calls that write into the journal or add a row by themselves."""
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [
        ast.unparse(called)
        for called in calls
        if (isinstance(called, ast.Name) and called.id == "record")
        or (isinstance(called, ast.Attribute) and called.attr in {"record", "add", "add_all"}
            and ast.unparse(called.value).rsplit(".")[-1] in {"session", "books", "journal"})
    ]  # fmt: skip


def test_views_write_nothing_by_themselves() -> None:
    """What somebody does is a use case of its room, which can be called without a page."""
    views = [path for path in python_files("pos") if path.name.endswith("views.py")]
    assert [
        (path, found) for path in views if (found := written_acts(ast.parse(path.read_text("utf-8"))))
    ] == []
    assert written_acts(ast.parse("record(session, 'x')\nsession.add(place)\nbooks.add_all([place])")) != []


# Names that say nothing of what a thing is; the house once spoke so.
FORBIDDEN_CLASSES = {
    "Came", "Went", "Looked", "Taken", "Saying", "Telling", "Says", "Said", "Arrived", "Counted", "Ghost", "Meant", "Seen",
    "Ear", "Mute", "Foreseen", "Misfit", "Lying", "Heard", "Asked", "Kept", "Truth", "Wanted", "Press", "Typist", "Standing",
}  # fmt: skip
FORBIDDEN_FUNCTIONS = {
    "kept", "opened", "said", "came", "went", "looked", "taken", "lying", "seen", "given", "told", "meant", "begun", "asked",
    "back_of", "of", "aged", "alone", "put_up", "put_out", "word_of", "goods_code", "sayings", "truth", "foreseen",
}  # fmt: skip
FORBIDDEN_VARIABLES = {"lying", "seen", "given", "said", "one", "some"}
COLUMNS_NAMED_SO = {"said"}  # complaint.said, tally.said: columns of old shops keep their names


def forbidden_names(tree: ast.AST) -> list[str]:
    """Classes, functions, parameters and local variables with a name of the closed lists."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.name.strip("_") in FORBIDDEN_CLASSES:
            found.append(node.name)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            if node.name.strip("_") in FORBIDDEN_FUNCTIONS:
                found.append(node.name)
            arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            found += [each.arg for each in arguments if each.arg in FORBIDDEN_VARIABLES]
            stored = (
                inner
                for inner in ast.walk(node)
                if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store)
            )
            found += [inner.id for inner in stored if inner.id in FORBIDDEN_VARIABLES]
    return found


def test_names_say_what_a_thing_is() -> None:
    for path in [
        path
        for path in python_files("pos", "hardware", "migrations", "tests")
        if "versions" not in path.parts
    ]:
        assert forbidden_names(ast.parse(path.read_text("utf-8"))) == [], path
    for planted in (
        "def kept(): ...",
        "class Looked: ...",
        "def find(x):\n    said = x",
        "def f(lying): ...",
    ):
        assert forbidden_names(ast.parse(planted)), planted


FORBIDDEN_IN_PAGES = FORBIDDEN_FUNCTIONS | {
    "hear",
    "tell",
    "understood",
    "trouble",
    "marked",
    "typed",
    "above",
    "ended",
    "take",
}


def page_names(text: str) -> set[str]:
    """Functions of a script, or macros of a template."""
    return set(re.findall(r"(?:\bfunction|{% macro) (\w+)\(", text))


def test_macros_and_script_functions_say_what_they_do() -> None:
    scripts = [path for path in ROOT.glob("pos/static/*.js") if ".min." not in path.name]
    names = {
        path.name: page_names(path.read_text("utf-8"))
        for path in (*scripts, *ROOT.glob("pos/templates/**/*.html"))
    }
    assert sum(map(len, names.values())) > 40
    assert {name: wrong for name, found in names.items() if (wrong := found & FORBIDDEN_IN_PAGES)} == {}
    assert page_names("function hear() {") & FORBIDDEN_IN_PAGES
    assert page_names("{% macro trouble(f) %}") & FORBIDDEN_IN_PAGES


ONE_WORD = (ROOT / "tests" / "architecture" / "one_word_names.txt").read_text("utf-8").split()


def one_word_functions() -> set[str]:
    found: set[str] = set()
    for path in [
        path for path in python_files("pos", "hardware", "migrations") if "versions" not in path.parts
    ]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and "_" not in node.name.strip("_"):
                found.add(node.name.strip("_"))
    return found


def test_one_word_names_of_functions_are_on_the_reviewed_list() -> None:
    """A new one is added to the list on purpose, by whoever thought about it; one that is gone leaves it."""
    assert sorted(one_word_functions() - set(ONE_WORD)) == []
    assert sorted(set(ONE_WORD) - one_word_functions()) == []


def test_texts_refer_to_nothing_that_a_clone_has_not() -> None:
    for path in [*python_files("pos", "hardware"), ROOT / "pos" / "README.md"]:
        text = path.read_text("utf-8")
        found = re.findall(
            r"\b(?:money|domain|ux|einvoice|bankfeeds|reliability|architecture|style|hardware|mission)\.md\b",
            text,
        )
        assert found == [], path


def test_the_example_settings_are_complete_and_what_the_shop_has_by_itself() -> None:
    assert read_config(ROOT / "config.example.toml", {}) == Config()
    shown = tomllib.loads((ROOT / "config.example.toml").read_text("utf-8"))
    assert set(shown) == {field.name for field in msgspec.structs.fields(Config)}
    for table, keys in shown.items():
        known = (
            msgspec.structs.asdict(getattr(Config(), table))
            if not isinstance(keys, list)
            else msgspec.structs.asdict(getattr(Config(), table)[0])
        )
        assert set(keys[0] if isinstance(keys, list) else keys) == set(known), table


@pytest.mark.parametrize(("content", "place"), [
    ("[server]\nprot = 80\n", "prot"), ("[server]\nport = 99999\n", "$.server.port"), ("[till]\nlanguage = 'fr'\n", "$.till.language"),
    ("[[printers]]\nname = 'x'\npaper_mm = 70\n", "paper_mm"), ("[[stations]]\nname='a'\nprinter='b'\n", "$.stations[0].printer"),
    ("stations = []\n", "$.stations"), ("[server\n", "line 1"), ("[public]\nbase_url = 'ftp://x'\n", "$.public.base_url"),
])  # fmt: skip
def test_a_wrong_setting_is_one_clear_line_with_its_place(tmp_path: Path, content: str, place: str) -> None:
    (tmp_path / "c.toml").write_text(content)
    with pytest.raises(ConfigError) as caught:
        read_config(tmp_path / "c.toml", {})
    assert place in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_environment_lies_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("postgresql+psycopg://x@y/z\n")
    config = read_config(
        None,
        {
            "OCOP_POS_SERVER__PORT": "9001",
            "OCOP_POS_DATABASE__URL_FILE": str(tmp_path / "secret"),
            "OTHER": "1",
            "OCOP_POS_X": "1",
        },
    )
    assert (config.server.port, config.database.url) == (9001, "postgresql+psycopg://x@y/z")
    with pytest.raises(ConfigError):
        read_config(None, {"OCOP_POS_DATABASE__URL_FILE": str(tmp_path / "none")})
    with pytest.raises(ConfigError):
        read_config(tmp_path / "none.toml", {})


def test_every_message_is_there_in_vietnamese() -> None:
    methods = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
    keywords = {"_": None, "_l": None, "gettext": None, "ngettext": (1, 2), "lazy_gettext": None}
    wanted = {
        m[2] if isinstance(m[2], str) else m[2][0]
        for m in extract_from_dir(ROOT / "pos", methods, keywords=keywords)
    }
    with (ROOT / "pos/translations/vi/LC_MESSAGES/messages.po").open("rb") as file:
        known = {m.id if isinstance(m.id, str) else m.id[0]: m for m in read_po(file) if m.id}
    assert (
        sorted(
            wanted
            - {key for key, m in known.items() if (m.string if isinstance(m.string, str) else m.string[0])}
        )
        == []
    )
    for key, message in known.items():
        strings = [message.string] if isinstance(message.string, str) else list(message.string)
        for string in strings:
            assert set(re.findall(r"%\((\w+)\)", key)) == set(re.findall(r"%\((\w+)\)", string)), key


def test_every_code_that_is_raised_has_its_sentence() -> None:
    raised: set[str] = set()
    for path in [*ROOT.glob("pos/**/*.py")]:
        raised |= set(
            re.findall(r'(?:(?:because|Reason\.make)\(\s*|get_row\([^"]*)"(\w+)"', path.read_text("utf-8"))
        )
    assert sorted(raised - set(load_reasons())) == []


def test_every_ledger_table_is_guarded(shop: Shop) -> None:
    with open_reading() as session:
        names = list_trigger_names(session)
    assert {f"{table}_{kind}" for table in ledger_tables() for kind in ("no_update", "no_delete")} <= names


def test_every_new_connection_has_its_pragmas(shop: Shop) -> None:
    with open_reading() as session:
        for pragma, value in (
            ("journal_mode", "wal"),
            ("synchronous", 2),
            ("foreign_keys", 1),
            ("recursive_triggers", 1),
        ):
            assert session.execute(text(f"PRAGMA {pragma}")).scalar() == value


def test_an_unsafe_sqlite_is_refused_with_its_remedy() -> None:
    with pytest.raises(DatabaseUnfit, match="pysqlite3"):
        require_safe_sqlite((3, 51, 2))
    require_safe_sqlite((3, 51, 3))


def test_a_network_share_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pos.kernel.database.filesystem_of", lambda _path: "nfs4")
    with pytest.raises(DatabaseUnfit, match="network share"):
        engine_options("sqlite:////srv/share/shop.db")


def test_rates_have_their_sources() -> None:
    assert all(rate.source for rate in vat_rates())
    assert vat_bp("standard", TODAY) == 800
    assert vat_bp("standard", TODAY.replace(year=2027)) == 1000
    assert "not_reduced" in vat_categories()
    with pytest.raises(LookupError):
        vat_bp("standard", TODAY.replace(year=2000))


def test_every_error_that_a_docstring_names_exists() -> None:
    trees = [ast.parse(path.read_text("utf-8")) for path in python_files("pos", "hardware")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    known = {node.name for node in nodes if isinstance(node, ast.ClassDef)} | set(vars(builtins))
    known |= {
        name.asname or name.name for node in nodes if isinstance(node, ast.ImportFrom) for name in node.names
    }
    known |= {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    named = set()
    for node in nodes:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.Module)):
            for words in re.findall(r"Raises ([^.]*)", ast.get_docstring(node) or ""):
                named |= set(re.findall(r"\b[A-Z][a-z]+(?:[A-Z][a-z]+)+\b|^[A-Z][a-z]+\b", words))
    assert len(named) > 10
    assert sorted(named - known) == []


def test_one_module_knows_the_prefixes_of_our_own_codes() -> None:
    """A receipt's and a tag's; the handbook, the messages and the map show them to people."""
    paths = [
        *python_files("pos", "hardware"),
        *ROOT.glob("pos/templates/**/*.html"),
        *ROOT.glob("pos/static/*.js"),
    ]
    found = {
        str(path.relative_to(ROOT)) for path in paths if re.search(r"\b(?:PT|TG)-", path.read_text("utf-8"))
    }
    assert found == {"pos/kernel/own_codes.py"}
