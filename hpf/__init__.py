"""HPF, the Hospital Performance Framework."""

__version__ = "0.1.0"
