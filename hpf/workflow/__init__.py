"""What lies between 'computed' and 'paid': the cycle, committees, appeals, plans and ledgers.

Everything here is pure: frozen dataclasses go in, new ones come out; where they are kept is not
this room's business.
"""
