"""One formula tree, four readings: evaluated, explained, rendered, checked."""
