"""All pages of the people who work here, to be registered by the application."""

from config.staff import account, audit, people, sign_in

PAGES = (sign_in.pages, account.pages, people.pages, audit.pages)
