"""What people do with a difference: assign, note, accept, reject, match, split, write off, undo.

Every deed is a step of the case (append-only), an entry where it books, a decision about rows
where it explains them, and a line of the audit log, all in one transaction. `deciding` has what
closes a case, `releases` what a second person lets happen, `undoing` the way back.
"""
