"""A cashier's whole day at the pool, in a real browser in front of the real thing."""

# ruff: noqa: F401, F811 - fixtures come in by import

from tests.faces.cashier_stand import GONE, SECOND_PIN, Place, place
from tests.terminals.till.conftest import (
    CASHIER_PIN,
    MANAGER_PIN,
    a_code,
    centre,
    start_site,
    terminal,
)


def test_the_till_is_connected_and_the_shift_opened(place: Place) -> None:
    hands, page = place.hands, place.hands.page
    hands.open("enrolment")
    for letter in "ABCD2345":
        page.locator(f"[data-pad='{letter}']").click()
    hands.tap("Gerät verbinden", to="enrolment")
    hands.sees("Code falsch oder abgelaufen")
    page.locator("#code").fill("")
    page.locator("#code").press_sequentially(a_code(place.centre).lower(), delay=90)
    hands.press("Enter", to="confirm_till")
    hands.sees("Elisabethhalle. Stimmt das?")
    hands.press("Enter", to="pin")
    for digit in "111111":
        page.locator(f".pad__key[data-pad='{digit}']").click()
    hands.sees("PIN stimmt nicht. Noch 4 Versuche.")
    hands.enter_pin(CASHIER_PIN, to="open_shift")
    hands.sees("Kartenterminal")
    hands.press("Enter")
    hands.count(c5000=2, c1000=5)
    hands.sees("150,00")
    hands.press("Enter")
    hands.sees("Schicht öffnen")
    hands.press("Enter", to="idle")
    hands.taps = 0
    hands.tap("Erwachsene", to="cart")
    hands.tap("Karte 5,00", to="approved")
    assert hands.taps == 2
    place.books_agree()


def test_guests_pay_by_finger_and_numeric_pad(place: Place) -> None:
    hands, page = place.hands, place.hands.page
    place.in_shift()
    hands.open("idle")
    hands.tap("Erwachsene", to="cart")
    hands.press("Enter", to="approved")  # the big key, not the tile the finger left the focus on
    hands.tap("Ermäßigt", to="cart")
    assert page.locator(".line").count() == 1
    hands.press("/", to="cash")
    page.keyboard.type("10", delay=40)
    hands.sees("7,00")
    hands.press("Enter", to="approved")
    hands.sees("Rückgeld")
    hands.press("4", to="cart")
    hands.press("*", "2", "Enter", to="cart")
    hands.sees("24,00")
    hands.tap("EN, Englisch")
    page.wait_for_selector("html[lang=en]")
    hands.sees("To pay")
    assert page.locator(".line__quantity").inner_text() == "2 ×"
    hands.tap("DE, German")
    page.wait_for_selector("html[lang=de]")
    page.locator(".key--big").dblclick()
    hands.at("approved")
    page.go_back()
    page.go_forward()
    page.wait_for_selector("body[data-ready]")
    hands.at("approved")
    hands.press("1", to="cart")
    hands.press("F10", to="locked")
    hands.sees("Der Korb ist aufgehoben.")
    hands.enter_pin(CASHIER_PIN, to="cart")
    hands.tap("Leeren")
    hands.tap("Rückgängig", to="cart")
    hands.tap("Bar", to="cash", exact=True)
    hands.tap("Passend", to="approved")
    ways = [(one.way, one.total_cents) for one in reversed(place.sales)]
    assert ways == [("girocard", 500), ("cash", 300), ("girocard", 2400), ("cash", 500)]
    place.books_agree()


def test_a_card_that_is_refused_given_up_or_never_answered_charges_once(place: Place) -> None:
    hands, terminal = place.hands, place.terminal
    place.in_shift()
    hands.open("idle")
    terminal.next("expired")
    hands.tap("Familie", to="cart")
    hands.press("Enter", to="declined")
    hands.sees("Karte abgelaufen.")
    hands.tap("Andere Zahlungsart", to="cart")
    terminal.next("decline")
    hands.press("Enter", to="declined")
    hands.tap("Noch einmal mit Karte", to="approved")
    terminal.next("wait_for_card")
    hands.tap("Erwachsene", to="cart")
    hands.press("Enter", to="card")
    assert terminal.waits_for_card(20)
    hands.press("Escape", to="cart")
    hands.sees("nichts abgebucht")
    terminal.next("drop_after_ack", deaf_seconds=5.0)
    hands.press("Enter", to="unknown")
    terminal.now("unplug")
    hands.sees("Zahlung unklar – jetzt prüfen")
    hands.tap("Nächster Gast", to="idle")
    hands.tap("Ermäßigt", to="cart")
    hands.sees("erst Zahlung klären")
    hands.page.keyboard.press("Enter")  # neither the blocked key nor the tile once more
    hands.press("/", to="cash")
    hands.press("/", to="approved")
    hands.press("F5", to="notices")
    hands.tap("Prüfen", to="unknown")
    terminal.now("plug_in")
    hands.press("Enter")
    hands.sees("Geprüft: bezahlt.")
    ways = [(one.way, one.total_cents) for one in reversed(place.sales)]
    assert sorted(ways) == [("cash", 300), ("girocard", 500), ("girocard", 1200)]
    place.books_agree()


def test_selling_goes_on_without_the_centre(place: Place) -> None:
    hands, page = place.hands, place.hands.page
    place.in_shift()
    hands.open("idle")
    place.until(lambda: place.waiting == 0)
    place.centre.stop()
    hands.tap("Erwachsene", to="cart")
    hands.press("Enter", to="approved")
    hands.sees("Nicht übertragen: 1")
    hands.tap("Familie", to="cart")
    hands.press("/", to="cash")
    hands.press("/", to="approved")
    hands.sees("Nicht übertragen: 2")
    hands.tap("Ermäßigt", to="cart")
    page.reload()
    page.wait_for_selector("body[data-ready]")
    hands.at("cart")
    hands.sees("Nicht übertragen: 2")
    assert page.locator(".line__name").inner_text() == "Ermäßigt"
    hands.press("Enter", to="approved")
    hands.sees("Nicht übertragen: 3")
    place.centre.start()
    page.get_by_text("Nicht übertragen").first.wait_for(state="detached")
    hands.sees("Alles übertragen")
    place.books_agree()


def test_the_page_recovers_by_itself_when_the_site_process_was_gone(place: Place) -> None:
    hands, page = place.hands, place.hands.page
    place.in_shift()
    hands.open("idle")
    for _ in range(3):
        hands.tap("Erwachsene", to="cart")
    page.evaluate("window.stays = true")
    place.stop_site()
    page.wait_for_selector("#trouble:not([hidden])")
    page.locator(".tile").nth(1).click()  # nobody hears it
    place.start_site()
    page.wait_for_selector("#trouble", state="hidden")
    hands.press("Enter", to="approved")
    assert page.evaluate("window.stays")
    assert [one.total_cents for one in place.sales] == [1500]
    others = [each for each in hands.complaints if not any(known in each for known in GONE)]
    assert others == []
    hands.complaints.clear()
    place.books_agree()


def test_a_guests_code_pays_lets_in_or_is_refused(place: Place) -> None:
    hands = place.hands
    place.in_shift()
    wallet = place.wallet_with(2000)
    hands.open("idle")
    hands.tap("Familie", to="cart")
    hands.scan(place.code_of("wallet", wallet))
    hands.at("approved")
    hands.sees("Mit Guthaben bezahlt")
    hands.tap("Familie", to="cart")
    hands.scan(place.code_of("wallet", wallet))
    hands.sees("Guthaben reicht nicht.")
    hands.tap("Andere Zahlungsart", to="cart")
    hands.tap("Leeren")
    hands.scan("NOTHING-OF-OURS")
    hands.sees("Code nicht erkannt")
    hands.tap("10er-Karte Erwachsene", to="cart")
    hands.press("Enter", to="approved")
    hands.sees("Gültig bis")
    hands.scan(place.pass_token())
    hands.sees("Eintritt 1 · noch 9 Besuche")
    hands.tap("+1 Person")
    hands.sees("Eintritt 2 · noch 8 Besuche")
    hands.tap("Erwachsene", to="cart")
    place.books_agree()


def test_money_goes_back_by_void_and_by_a_refund_somebody_else_approves(place: Place) -> None:
    hands, page = place.hands, place.hands.page
    place.in_shift()
    hands.open("idle")
    for _ in range(3):
        hands.tap("Familie", to="cart")
    hands.press("Enter", to="approved")
    hands.tap("Erwachsene", to="cart")
    hands.press("/", to="cash")
    hands.press("/", to="approved")
    hands.tap("Storno", to="void")
    page.keyboard.press("Enter")  # never voids
    page.get_by_text("Falscher Artikel").click()
    hands.tap("Stornieren 5,00")
    hands.sees("Storniert. 5,00")
    hands.tap("Ermäßigt", to="cart")
    hands.press("Enter", to="approved")
    hands.press("F3", to="receipts")
    hands.tap_on(".receipts__row")
    hands.tap_on(".detail__keys .key--danger", to="void")
    page.get_by_text("Doppelt erfasst").click()
    hands.tap("Stornieren 3,00")
    hands.sees("Storniert. 3,00")
    hand_over(place)
    hands.press("F3", to="receipts")
    hands.tap("Heute")
    page.locator(".receipts__row", has_text="36,00").click()
    hands.tap("Erstatten", to="refund")
    page.get_by_text("Krank geworden").click()
    hands.tap("Erstattung beantragen", to="refund_pending")
    hands.tap("Hier freigeben")
    hands.enter_pin(SECOND_PIN)
    hands.sees("können nicht selbst freigeben")
    hands.enter_pin(CASHIER_PIN)
    hands.sees("Das darf nur die Leitung")
    hands.enter_pin(MANAGER_PIN)
    hands.tap("Jetzt erstatten 36,00")
    hands.sees("Erstattet: 36,00")
    kinds = [(one.kind, one.amount_cents, one.state) for one in place.terminal.ledger]
    assert kinds[-1] == ("refund", 3600, "approved")
    place.until(lambda: place.waiting == 0)


def hand_over(place: Place) -> None:
    """The cashier counts and goes, the second one comes."""
    hands = place.hands
    hands.press("F4", to="till_menu")
    hands.tap("Kasse übergeben", to="count")
    hands.count(c5000=1, c1000=5, c500=6, c200=5, c100=10)
    hands.press("Enter", to="comparison")
    hands.sees("Stimmt genau.")
    hands.press("Enter", to="hand_over")
    hands.enter_pin(CASHIER_PIN)
    hands.sees("Wer übernimmt: PIN eingeben")
    hands.enter_pin(CASHIER_PIN)
    hands.sees("Das ist dieselbe Person.")
    hands.enter_pin(SECOND_PIN, to="idle")
    hands.sees("Die Kasse ist übergeben.")


def test_the_day_ends_with_a_blind_count(place: Place) -> None:
    hands, page = place.hands, place.hands.page
    place.in_shift()
    hands.open("idle")
    hands.tap("Familie", to="cart")
    hands.press("Enter", to="approved")
    hands.press("1", to="cart")
    hands.press("/", to="cash")
    hands.press("/", to="approved")
    other = place.more_hands()
    other.open("confirm_till")
    other.press("Enter", to="locked")
    hands.at("confirm_till")  # one browser is the till; the other has to show a PIN
    hands.press("Enter", to="locked")
    other.at("confirm_till")
    assert other.complaints == []
    other.context.close()
    hands.enter_pin(CASHIER_PIN, to="approved")
    hands.press("F4", to="till_menu")
    hands.tap("Abschöpfen", to="drop")
    hands.tap_on(".count__pick[value='1000']")
    page.wait_for_selector("#pieces-1000")
    page.keyboard.type("5", delay=40)
    hands.press("Enter")
    page.locator("#bag").fill("44710093")
    page.locator("#bag-again").fill("44710093")
    hands.tap("Abschöpfen 50,00")
    hands.sees("verschlossen und eingetragen")
    hands.tap("Schicht abschließen", to="count")
    hands.count(c5000=1, c500=6)
    page.reload()
    page.wait_for_selector("body[data-ready]")
    hands.sees("80,00")
    hands.press("Enter", to="comparison")
    hands.sees("Das darf vorkommen.")
    hands.tap("Wechselgeldfehler")
    hands.press("Enter", to="shift_closed")
    hands.sees("ist abgeschlossen. Danke.")
    hands.press("Enter", to="pin")
    place.until(lambda: bool(place.terminal.settlements))
    place.books_agree()
