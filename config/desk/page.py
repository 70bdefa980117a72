"""What the desk's views share: rendering one of its pages."""

from flask import Response, make_response, render_template

from config.staff.page import Page


def render(template: str, page: Page, status: int = 200) -> Response:
    """The page as an answer."""
    html = render_template(f"desk/{template}", page=page, shell=page.shell)
    return make_response(html, status)
