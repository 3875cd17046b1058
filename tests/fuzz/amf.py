"""Fuzz the bytes of an AMF packet through parse, bind, validate and encode.

    python -m tests.fuzz.amf -max_total_time=60        from the root of the repository, with the extra fuzz

Inputs that reach new code are kept in var/fuzz/amf, where the next run begins; a finding is written to the working
directory, and belongs into tests/protocol/test_amf3_hostile.py. Options are those of libFuzzer.
"""

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["protocols.amf", "gateway.validation"]):
    from tests.support import amf_target

CORPUS = Path("var/fuzz/amf")


def run(data: bytes) -> None:
    """Anything that is raised is a finding."""
    amf_target.check(data)


def main() -> None:
    """Write the seeds, and fuzz until libFuzzer stops."""
    CORPUS.mkdir(parents=True, exist_ok=True)
    for name, packet in amf_target.GOOD.items():
        (CORPUS / f"seed-{name}").write_bytes(packet)
    atheris.Setup([*sys.argv, "-max_len=4096", "-timeout=5", "-rss_limit_mb=1024", str(CORPUS)], run)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
