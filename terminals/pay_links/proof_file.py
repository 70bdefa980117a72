"""The proof of a receipt as a file: everything to check it with a few lines of any language."""

from flask import Response, jsonify

from ledger.proofs import Proof
from terminals.pay_links.receipt_data import ReceiptFacts

HOW = (
    "1. leaf = SHA-256(0x00 + canonical). 2. Follow `path` as RFC 9162, 2.1.3.2, with `index` and"
    " `tree_size`; inner nodes are SHA-256(0x01 + left + right). 3. The result is `root`, the root"
    " of seal `block`, which every later checkpoint continues."
)


def proof_answer(facts: ReceiptFacts, found: Proof | None) -> Response:
    """The proof as JSON; 409 while the entry is not sealed."""
    if found is None:
        answer = jsonify(state="not_sealed_yet", receipt=facts.number)
        answer.status_code = 409
        return answer
    answer = jsonify(found.document() | {"receipt": facts.number, "how": HOW})
    answer.headers["Content-Disposition"] = "attachment; filename=beweis.json"
    return answer
