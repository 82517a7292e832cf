"""web/settlement_terms.py — what the rows and entries of a producer's account are called by people."""

from flask_babel import lazy_gettext as _l

ROW_KINDS = {
    "sold": _l("sold"),
    "refunded": _l("brought back by a buyer"),
    "voided": _l("sale voided"),
    "written_off": _l("spoiled, written off"),
    "destroyed": _l("destroyed"),
    "tasted": _l("tasted as a sample"),
    "to_producer": _l("given back to the producer"),
    "recalled": _l("recalled"),
    "recall_fault": _l("recall by the shop's fault"),
    "count_loss": _l("missing at a count"),
    "count_found": _l("found again at a count"),
    "bought": _l("bought by the shop"),
    "purchase_reversed": _l("purchase taken back"),
    "opening": _l("balance when the book began"),
    "transfer": _l("paid by transfer"),
    "cash": _l("paid in cash"),
    "advance": _l("advance"),
    "shelf_rent": _l("shelf rent"),
    "packaging": _l("packaging"),
    "laboratory": _l("laboratory"),
    "other_deduction": _l("other deduction"),
    "offset": _l("set off against goods they bought"),
    "correction": _l("correction"),
    "terms": _l("terms of a lot put right"),
}
SETTLEMENT_KINDS = {  # the kinds of its acts in the journal
    "bulk_file_made": _l("file of transfers to producers made"),
    "bulk_format_dropped": _l("bank's file format forgotten"),
    "bulk_format_saved": _l("bank's file format kept"),
    "dispute_answered": _l("disputed line answered"),
    "dispute_opened": _l("line of a statement disputed"),
    "lot_terms_changed": _l("terms of a lot put right"),
    "payout_account_changed": _l("payout account changed"),
    "payout_begun": _l("transfer to a producer begun"),
    "payout_dropped": _l("transfer to a producer dropped"),
    "payouts_resumed": _l("payouts allowed again after a restore"),
    "producer_entry_written": _l("entry in a producer's account"),
    "recall_fault_recorded": _l("recall was the shop's own fault"),
    "services_given_terms": _l("services sold without terms given some"),
    "statement_approved": _l("statement approved"),
    "tender_fee_set": _l("bank's fee set"),
}
SETTLEMENT_FACTS = {  # details that only its acts have
    "closing_vnd": _l("balance after"),
    "entry_kind": _l("kind of entry"),
    "line": _l("line"),
    "paid_vnd": _l("paid by buyers"),
}
