"""What a browser gets: templates, assets, and the documented context of every page."""
