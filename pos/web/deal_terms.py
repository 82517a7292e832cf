"""web/deal_terms.py — words for what a shop and a producer agree: who bears what, how often there is a statement."""

from flask_babel import lazy_gettext as _l

BEARERS = {"producer": _l("the producer"), "shop": _l("the shop")}

COSTS = {  # what the producer bears by the terms, or else the shop
    "spoilage": _l("spoilage"),
    "markdown": _l("markdowns of a lot"),
    "discount": _l("other discounts"),
    "promotion": _l("vouchers that the shop gives"),
    "count": _l("what a count misses"),
    "sample": _l("tastings"),
    "fee": _l("bank's fees for card and transfer"),
}

PERIODS = {
    "week": _l("every week"),
    "half_month": _l("twice a month"),
    "month": _l("every month"),
}
