"""The payment page and the mailbox of the simulators in a real browser: usable by all."""

import smtplib
from collections.abc import Iterator
from email.message import EmailMessage

import pytest
import stripe as sdk
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from terminals.simulators.mail import Mailbox
from terminals.simulators.stripe import Simulator
from tests.faces.conftest import hear
from tests.terminals.simulators.stripe.shop import a_session

SIZES = pytest.mark.parametrize(("theme", "width"), [("light", 390), ("dark", 1280)])


@pytest.fixture
def stripe() -> Iterator[Simulator]:
    with Simulator() as stripe:
        yield stripe


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(locale="de-DE")
    yield context.new_page()
    context.close()


def look(page: Page, url: str, theme: str, width: int) -> list[str]:
    """Go there; what the browser complains about comes into the list."""
    complaints = hear(page, "any")
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(url)
    return complaints


def nothing_is_in_the_way(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert [each["id"] for each in found] == []
    wide = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    assert page.evaluate(wide)


@SIZES
def test_a_payer_pays_after_a_refusal_and_a_question(
    stripe: Simulator, page: Page, theme: str, width: int
) -> None:
    client = sdk.StripeClient("sk_test_1", base_addresses={"api": stripe.address})
    done = f"{stripe.address}/c/done?sid={{CHECKOUT_SESSION_ID}}"
    session = a_session(client, success_url=done)
    complaints = look(page, session.url, theme, width)
    nothing_is_in_the_way(page)
    page.get_by_label("E-Mail-Adresse").fill("payer@example.org")
    page.get_by_text("Karte, die abgelehnt wird").click()
    page.get_by_role("button", name="25,00\N{NO-BREAK SPACE}€ bezahlen").click()
    page.get_by_role("alert").get_by_text("Ihre Karte wurde abgelehnt").wait_for()
    nothing_is_in_the_way(page)
    page.get_by_label("E-Mail-Adresse").fill("payer@example.org")
    page.get_by_text("Karte mit 3-D Secure").click()
    page.get_by_role("button", name="bezahlen").click()
    page.get_by_role("heading", name="Ihre Bank fragt nach").wait_for()
    nothing_is_in_the_way(page)
    assert complaints == []
    page.get_by_role("button", name="Freigeben").click()
    page.wait_for_url(f"{stripe.address}/c/done?sid={session.id}")
    page.goto(session.url)
    page.get_by_role("heading", name="Schon bezahlt").wait_for()
    nothing_is_in_the_way(page)


def test_a_payer_chooses_with_the_keyboard_alone(stripe: Simulator, page: Page) -> None:
    client = sdk.StripeClient("sk_test_1", base_addresses={"api": stripe.address})
    page.goto(a_session(client, customer_email="payer@example.org").url)
    page.get_by_role("radio", name="Karte, die funktioniert").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Ihre Bank fragt nach").wait_for()


@SIZES
def test_the_control_pages_are_usable_by_all(
    stripe: Simulator, page: Page, theme: str, width: int
) -> None:
    client = sdk.StripeClient("sk_test_1", base_addresses={"api": stripe.address})
    a_session(client)
    stripe.online.pay(a_session(client).id)
    stripe.webhooks.add("http://127.0.0.1:9/nobody", "whsec_1")
    complaints = look(page, f"{stripe.address}/_sim/online", theme, width)
    nothing_is_in_the_way(page)
    page.get_by_role("button", name="Bestreiten").click()
    page.get_by_role("button", name="Stadt gewinnt").wait_for()
    page.get_by_role("link", name="Webhooks").click()
    page.get_by_text("charge.dispute.created").wait_for()
    nothing_is_in_the_way(page)
    assert complaints == []


@SIZES
def test_a_person_reads_a_mail_and_follows_its_link(page: Page, theme: str, width: int) -> None:
    with Mailbox() as mailbox:
        link = f"{mailbox.address}/api/mails"
        mail = EmailMessage()
        mail["Subject"], mail["To"] = "Ihr Anmeldelink", "payer@example.org"
        mail.set_content(f"Hier: {link}")
        evil = "<script>document.body.textContent = 'evil'</script>"
        html = f'<html lang="de"><title>x</title><p><a href="{link}">Anmelden</a>{evil}</html>'
        mail.add_alternative(html, subtype="html")
        with smtplib.SMTP("127.0.0.1", mailbox.smtp_port, timeout=10) as smtp:
            smtp.send_message(mail, from_addr="kasse@stadt.example")
        look(page, mailbox.address, theme, width)
        nothing_is_in_the_way(page)
        page.get_by_role("link", name="Ihr Anmeldelink").click()
        cage = page.frame_locator("iframe")
        cage.get_by_role("link", name="Anmelden").wait_for()
        nothing_is_in_the_way(page)
        with page.expect_popup() as opened:
            cage.get_by_role("link", name="Anmelden").click()
        opened.value.wait_for_url(link)
        page.get_by_role("link", name=link).click()
        page.wait_for_url(link)
        page.context.close()
