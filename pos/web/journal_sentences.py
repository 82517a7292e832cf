"""web/journal_sentences.py — an act of the journal as a whole sentence, and the details that the sentence leaves out.

The one registry of how each kind is told; its sentences stand by theme in `selling_sentences.py`, `money_sentences.py`, `bank_sentences.py`,
`goods_sentences.py`, `settlement_sentences.py` and `shop_sentences.py`. Whoever approved and why is said at the end of each.
"""

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from .act_texts import Act, ActTexts, find_who
from .bank_sentences import BANK
from .fact_texts import FactTexts
from .goods_sentences import GOODS
from .journal_terms import KINDS
from .money_sentences import MONEY
from .row_names import RowNames
from .selling_sentences import SELLING, choose_selling
from .settlement_sentences import SETTLEMENT
from .shop_sentences import SHOP

SENTENCES = SELLING | MONEY | BANK | GOODS | SETTLEMENT | SHOP
ENDINGS = (  # of any act that has these details
    ("reason", _l("reason: %(reason)s")),
    ("approved_by", _l("%(approved_by)s agreed")),
    ("witnessed_by", _l("%(witnessed_by)s saw it")),
)


@dataclass(frozen=True, slots=True)
class ToldAct:
    """`sentence` has its links; `details` are the names and values that it doesn't say."""

    sentence: Markup
    details: list[tuple[str, str]]


def tell_act(act: Act, texts: FactTexts, names: RowNames) -> ToldAct:
    """The act in words; one that misses what its sentence needs is named by its kind alone."""
    words = ActTexts(act, texts, names)
    sentence = choose_selling(act) or SENTENCES.get(act.kind)
    heads, clauses = (sentence.heads, sentence.clauses) if sentence else ((), ())
    head = next(filter(None, map(words.fill, heads)), None)
    parts: list[Markup | None] = [head] if head else _name_kind(words)
    parts += map(words.fill, clauses)
    parts += [
        words.fill(ending) for name, ending in ENDINGS if act.details.get(name) and name not in words.told
    ]
    text = Markup(", ").join(dict.fromkeys(filter(None, parts)))
    return ToldAct(text, texts.list_texts(act.details, told=words.told))


def _name_kind(words: ActTexts) -> list[Markup | None]:
    """Who did it and the word for its kind, then its subject."""
    kind = words.act.kind
    return [
        Markup("%s: %s") % (find_who(words), str(KINDS.get(kind, kind))),
        words.fill("%(subject)s"),
    ]
