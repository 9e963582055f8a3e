"""What is left to a person once a release is made, word for word."""

from __future__ import annotations

from acne04.provenance.release_history import INDEX
from acne04.release.layout import PlannedRelease


def tag_message(release: PlannedRelease, attestation: str) -> str:
    """Give the message of the tag: it binds the release's attestation to the commit."""
    return (
        f"Release {release.version} ({release.ledger.dataset}), serial {release.serial}\n\n"
        f"attestation sha256 {attestation}"
    )


def words(release: PlannedRelease, *, is_tracked: bool, is_tagged: bool) -> str:
    """Say which commands record the release, in their order."""
    version, folder = release.version, release.folder.as_posix()
    tracked = f"{folder}.dvc {release.folder.parent.as_posix()}/.gitignore" if is_tracked else ""
    commands = [
        f"git add {INDEX} {tracked}".rstrip(),
        f'git commit --message "Release {version}, serial {release.serial}"',
        *(["dvc push"] if is_tracked else []),
    ]
    if not is_tagged:
        message = f"Release {version}, serial {release.serial}"
        commands.append(f'git tag --sign --message "{message}" v{version} {release.head.commit}')
    commands.append(f"git push origin HEAD v{version}")
    untracked = "" if is_tracked else f"\n{folder} lies outside the checkout: DVC does not have it."
    return (
        f"The release is of commit {release.head.commit}; the commit that records it comes after."
        f"{untracked}\nNow:\n"
        + "".join(f"  {command}\n" for command in commands)
        + f"and tell those who verify, by another way than the release goes: serial "
        f"{release.serial}, and the public key if they have not got it." + _terms(release)
    )


def _terms(release: PlannedRelease) -> str:
    kept = [s.key for s in release.ledger.sources if s.licence.redistributable != "yes"]
    if not kept:
        return ""
    return (
        f"\nIts tables repeat labels, boxes, circles or persons of sources that may not be passed "
        f"on, or of which nobody says so ({', '.join(kept)}): keep it where only those who may "
        "have these can read it."
    )
