"""The kinds of cards: for each a model of worded values and a function that lays it out."""
