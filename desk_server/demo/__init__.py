"""Demo data: three years of a set-top-box solution company's support desk, the same for the same arguments."""

from desk_server.demo.loader import SeedResult, seed

__all__ = ["SeedResult", "seed"]
