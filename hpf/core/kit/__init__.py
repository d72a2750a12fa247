"""The plugin kit: hooks, the plugin manager, worked examples, checks and the mutation gate."""
