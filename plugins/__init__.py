"""Published documents as plugins, one folder each; entry points find them, nothing imports them."""
