"""`python -m hpf_cli` is `hpf`."""

from hpf_cli import main

if __name__ == "__main__":
    main(prog_name="hpf")
