"""Every error code with its HTTP status and its sentence in German and English."""

from collections.abc import Mapping
from types import MappingProxyType

from config.errors.casework_sentences import CASEWORK
from config.errors.checkout_sentences import CHECKOUT
from config.errors.closing_sentences import CLOSING
from config.errors.export_sentences import EXPORTS
from config.errors.family_sentences import CLOSINGS, FAMILIES
from config.errors.pay_link_sentences import PAY_LINKS
from config.errors.portal_sentences import PORTAL
from config.errors.price_sentences import PRICES
from config.errors.reconciliation_sentences import RECONCILIATION
from config.errors.sentence import Sentence
from config.errors.sentence import no as _no
from config.errors.sentence import wrong as _wrong
from config.errors.till_sentences import TILLS

_HTTP = {
    "request_malformed": _wrong(
        "Die Anfrage ist nicht zu verstehen.", "The request cannot be understood."
    ),
    "request_invalid": _wrong(
        "Angaben fehlen oder sind nicht zulässig.", "Fields are missing or not allowed."
    ),
    "not_signed_in": Sentence(
        401, "Ein gültiges Gerätekennwort fehlt.", "A valid device token is missing."
    ),
    "not_allowed": Sentence(403, "Dafür fehlt die Berechtigung.", "This role may not do that."),
    "not_found": Sentence(404, "Diese Adresse gibt es nicht.", "There is no such address."),
    "method_not_allowed": Sentence(
        405, "So lässt sich diese Adresse nicht aufrufen.", "Not with this method."
    ),
    "not_acceptable": Sentence(
        406, "In dieser Form gibt es die Antwort nicht.", "Not available in this form."
    ),
    "request_too_slow": Sentence(
        408, "Die Anfrage kam nicht rechtzeitig an.", "The request took too long to arrive."
    ),
    "body_too_large": Sentence(413, "Die Anfrage ist zu groß.", "The request is too large."),
    "address_too_long": Sentence(414, "Die Adresse ist zu lang.", "The address is too long."),
    "not_json": Sentence(
        415, "Erwartet wird application/json.", "The body must be application/json."
    ),
    "headers_too_large": Sentence(
        431, "Die Kopfzeilen sind zu groß.", "The headers are too large."
    ),
    "internal_error": Sentence(
        500,
        "Das hat nicht geklappt; nichts wurde gebucht.",
        "This went wrong; nothing was booked.",
    ),
    "refused": _no("Das ist nicht möglich.", "This is not possible."),
    "busy": Sentence(
        503,
        "Gerade nicht möglich; bitte mit demselben Schlüssel wiederholen.",
        "Not possible right now; repeat it with the same key.",
    ),
}

_LEDGER = {
    "balance_too_low": _no("Das Guthaben reicht nicht.", "The balance is too low."),
    "day_closed": _no("Der Geschäftstag ist abgeschlossen.", "The business day is closed."),
    "already_reversed": _no(
        "Diese Buchung wurde schon storniert.", "This entry was reversed before."
    ),
    "linked_refused": _no(
        "Eine verbundene Buchung wurde abgelehnt.",
        "A linked entry was refused.",
    ),
    "unknown_account": Sentence(404, "Dieses Konto gibt es nicht.", "There is no such account."),
    "unknown_entry": Sentence(404, "Diese Buchung gibt es nicht.", "There is no such entry."),
    "hold_unknown": Sentence(404, "Diese Vormerkung gibt es nicht.", "There is no such hold."),
    "hold_resolved": Sentence(
        409, "Diese Vormerkung ist schon beendet.", "This hold has ended before."
    ),
    "hold_exceeded": _no("Es wurde weniger vorgemerkt.", "Less than that was held."),
    "day_already_closed": Sentence(
        409, "Der Tag ist schon abgeschlossen.", "The day was closed before."
    ),
    "batch_contended": Sentence(
        503,
        "Dieselben Schlüssel kamen gleichzeitig an; bitte wiederholen.",
        "The same keys arrived at the same time; repeat the request.",
    ),
    "seal_busy": Sentence(
        503, "Gerade wird gebucht; bitte wiederholen.", "Entries are being posted; try again."
    ),
}

_SERVICES = {
    "wallet_unknown": Sentence(404, "Dieses Guthaben gibt es nicht.", "There is no such wallet."),
    "wallet_key_reused": Sentence(
        409, "Dieser Schlüssel gehört zu anderem Guthaben.", "The key opened another wallet."
    ),
    "terminal_unknown": _no("Dieses Terminal gibt es hier nicht.", "No such terminal here."),
    "product_unknown": _no("Dieses Produkt gibt es nicht.", "There is no such product."),
    "product_not_sold_here": _no("Das wird hier heute nicht verkauft.", "Not sold here today."),
    "price_changed": _no("Der Preis ist ein anderer.", "The price is another one."),
    "not_waivable": _no("Das lässt sich nicht erlassen.", "This cannot be waived."),
    "surcharge_without_fee": _no("Zum Zuschlag fehlt die Gebühr.", "The surcharge has no fee."),
    "basket_too_large": _no("Der Warenkorb ist zu groß.", "The basket is too large."),
    "pass_unknown": _no("Diese Karte gibt es nicht.", "There is no such pass."),
    "pass_of_other_product": _no("Diese Karte ist eine andere.", "The pass is another product."),
    "pass_named_twice": _no("Die Karte ist doppelt genannt.", "The pass is named twice."),
    "pass_ended": _no("Diese Karte gilt nicht mehr.", "This pass has ended."),
    "pass_not_yet_valid": _no("Diese Karte gilt noch nicht.", "This pass is not valid yet."),
    "pass_expired": _no("Diese Karte ist abgelaufen.", "This pass has expired."),
    "pass_not_valid_here": _no("Diese Karte gilt hier nicht.", "This pass is not valid here."),
    "not_on_sale": _no("Das wird an dem Tag nicht verkauft.", "Not on sale on that day."),
    "bad_city": _no("Die Daten der Stadt haben Fehler.", "The city's data have faults."),
    "charge_key_taken": Sentence(
        503, "Der Schlüssel ist gerade in Arbeit; bitte wiederholen.", "Repeat it with its key."
    ),
    "child_unknown": Sentence(404, "Dieses Kind ist nicht gemeldet.", "There is no such child."),
    "cut_off_passed": _no("Die Bestellfrist ist vorbei.", "It is too late for that day."),
    "meals_charged": _no("Das Essen ist schon abgerechnet.", "The meals were charged already."),
    "no_meal_then": _no("An dem Tag wird nicht gekocht.", "There is no such meal on that day."),
    "pass_used": _no("Die Karte wurde schon benutzt.", "The pass was used."),
    "pass_visited": _no("Der Eintritt hat stattgefunden.", "The visit took place."),
    "visited_today": _no("Mit der Karte war heute schon Eintritt.", "Visited today already."),
    "visit_unknown": _no("Diesen Besuch gibt es nicht.", "There is no such visit."),
    "visit_taken_back": _no("Dieser Besuch wurde zurückgenommen.", "This visit was taken back."),
    "one_visit_at_a_time": _no("Die Karte gilt für eine Person.", "One visit at a time."),
    "time_zone_missing": _wrong("Der Zeit fehlt die Zeitzone.", "The time has no time zone."),
    "time_out_of_range": _wrong("Die Zeit liegt zu fern.", "The time is too far away."),
    "unknown_way": _wrong("Diese Zahlart gibt es nicht.", "There is no such way to pay."),
    "terminal_missing": _wrong("Das Terminal fehlt.", "The terminal is missing."),
    "till_missing": _wrong("Die Kasse fehlt.", "The till is missing."),
    "wallet_missing": _wrong("Das Guthaben fehlt.", "The wallet is missing."),
    "line_count": _wrong("Zu viele oder keine Zeilen.", "Too many lines, or none."),
    "text_malformed": _wrong("Ein Text ist nicht zulässig.", "A text is not allowed."),
    "quantity_out_of_range": _wrong(
        "Die Menge ist nicht zulässig.", "The quantity is not allowed."
    ),
    "amount_malformed": _wrong(
        "Der Betrag ist keine ganze Zahl.", "The amount is no whole number."
    ),
}

_FACILITIES = {
    "kind_not_sold": _no("Das wird hier nicht verkauft.", "This is not sold here."),
    "tax_undecided": _no(
        "Die Steuer für dieses Produkt ist noch nicht entschieden.",
        "The tax treatment of this product is not decided yet.",
    ),
    "way_not_accepted": _no(
        "So kann hier nicht bezahlt werden.", "This way to pay is not taken here."
    ),
    "case_reference_missing": _no("Das Kassenzeichen fehlt.", "The case reference is missing."),
    "reason_missing": _no(
        "Der Grund für den Erlass fehlt.", "The reason for the waiver is missing."
    ),
    "surcharge_not_due": _no(
        "Der Zuschlag gehört nicht zu dieser Gebühr.",
        "The surcharge does not go with this fee.",
    ),
    "card_used_up": _no("Die Karte ist aufgebraucht.", "The card is used up."),
    "house_not_covered": _no(
        "Die Karte gilt nicht für dieses Haus.", "The card does not open this house."
    ),
    "already_visited": _no(
        "Dieses Haus wurde mit der Karte schon besucht.",
        "The card has opened this house before.",
    ),
    "not_returnable": _no("Diese Karte wird nicht zurückgenommen.", "This card is not taken back."),
}

_TERMINALS = {
    "body_malformed": _wrong("Die Anfrage ist kein gültiges JSON.", "The body is not valid JSON."),
    "idempotency_key_missing": _wrong(
        "Der Idempotency-Key fehlt.", "The Idempotency-Key is missing."
    ),
    "idempotency_key_malformed": _wrong(
        "Der Idempotency-Key ist keine UUID.", "The Idempotency-Key is no UUID."
    ),
    "idempotency_key_conflict": Sentence(
        409,
        "Dieser Schlüssel gehört zu einer anderen Anfrage.",
        "This key belongs to another request.",
    ),
    "outside_its_place": Sentence(
        403, "Dieses Gerät gehört zu einer anderen Stelle.", "This device belongs elsewhere."
    ),
    "facility_unknown": Sentence(
        404, "Diese Einrichtung gibt es nicht.", "There is no such facility."
    ),
    "till_unknown": _no("Diese Kasse gibt es hier nicht.", "There is no such till here."),
    "charge_unknown": Sentence(
        404, "Zu diesem Schlüssel gibt es keinen Verkauf.", "No charge was made with this key."
    ),
    "device_unknown": Sentence(
        404, "Ein solches Gerät ist nicht in Betrieb.", "No such device is in use."
    ),
    "guest_code_unknown": Sentence(
        404, "Eine solche Karte ist nicht im Umlauf.", "No such printed code is in use."
    ),
    "device_name_taken": Sentence(409, "Der Name ist schon vergeben.", "The name is taken."),
    "device_needs_place": _no(
        "Genau die Geräte der Rolle till gehören zu einer Einrichtung.",
        "Devices of the role till, and only they, belong to a facility.",
    ),
}

_STAFF = {
    "person_unknown": Sentence(404, "Diese Person gibt es nicht.", "There is no such person."),
    "login_taken": Sentence(
        409, "Dieser Anmeldename ist schon vergeben.", "Somebody signs in by this name already."
    ),
    "login_malformed": _no(
        "Ein Anmeldename hat 2 bis 40 Zeichen: a–z, 0–9, Punkt, Bindestrich, Unterstrich.",
        "A sign-in name has 2 to 40 characters: a–z, 0–9, dot, hyphen, underscore.",
    ),
    "name_missing": _no("Der Name fehlt oder ist zu lang.", "The name is missing or too long."),
    "person_needs_site": _no(
        "Kasse und Leitung gehören zu einer Stelle, alle anderen zu keiner.",
        "Cashiers and site managers belong to a site, all others to none.",
    ),
    "site_unknown": _no("Diese Stelle gibt es nicht.", "There is no such site."),
    "not_yourself": Sentence(
        403,
        "Das entscheidet jemand anderes für Sie.",
        "Somebody else has to decide this for you.",
    ),
    "password_too_weak": _no(
        "Ein Kennwort hat 12 Zeichen oder mehr und ist nicht leicht zu erraten.",
        "The password needs 12 characters or more and must not be easily guessed.",
    ),
    "pin_malformed": _no(
        "Eine PIN hat sechs Ziffern, die nicht leicht zu erraten sind.",
        "A PIN has six digits that are not easily guessed.",
    ),
    "pin_needs_site": _no(
        "Eine PIN braucht nur, wer zu einer Stelle gehört.",
        "Only people who belong to a site have a PIN.",
    ),
    "pin_taken": Sentence(
        409, "Diese PIN hat an der Stelle schon jemand.", "Somebody at the site has this PIN."
    ),
}

_PARTS: tuple[Mapping[str, Sentence], ...] = (
    _HTTP, _LEDGER, _SERVICES, _FACILITIES, _TERMINALS, TILLS, FAMILIES, CLOSINGS, PAY_LINKS,
    PORTAL, CHECKOUT, _STAFF, RECONCILIATION, CASEWORK, EXPORTS, CLOSING, PRICES,
)  # fmt: skip
SENTENCES: Mapping[str, Sentence] = MappingProxyType(
    {code: sentence for part in _PARTS for code, sentence in part.items()}
)
