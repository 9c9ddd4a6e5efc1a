"""Which data pack this installation starts from."""

from pathlib import Path

from maillage.config import environment


def default_pack() -> Path | None:
    """Return the folder named by MAILLAGE_DATA, else the pack kept beside a checkout, else None.

    Raises FileNotFoundError where MAILLAGE_DATA names a folder that has no manifest.
    """
    configured = environment.read("MAILLAGE_DATA")
    if configured:
        folder = Path(configured).expanduser().resolve()
        if not (folder / "manifest.json").is_file():
            raise FileNotFoundError(f"MAILLAGE_DATA désigne {folder}, qui ne contient pas de manifest.json.")
        return folder
    checkout = environment.checkout()
    beside = checkout.parent / "shared" / "data" / "starter" if checkout else None
    return beside if beside and (beside / "manifest.json").is_file() else None
