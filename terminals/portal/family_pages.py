"""The pages of every day: the first one, meals, and each child's."""

from terminals.portal import child_pages, home, meals, several_days

FAMILY_PAGES = (home.pages, meals.pages, several_days.pages, child_pages.pages)
