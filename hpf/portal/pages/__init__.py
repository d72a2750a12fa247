"""Pages in groups, one blueprint a module."""
