"""Report cards: what was computed, on paper that people keep.

    press = Press(fonts, style)
    press.pdf(page)                       # one page of HTML, with its pictures, as a tagged PDF

Each kind of card is a model (plain values, already worded) and a template; the portal draws its
pages from the same components.
"""
