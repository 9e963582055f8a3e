"""A checkout before a run: what must be there, what is brought back, what has to go."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from snakemake_dvc import bringing, dvc, inputs, records, refusals
from snakemake_dvc.checkout import Checkout
from snakemake_dvc.digests import DigestCache
from snakemake_dvc.listings import compare_names
from snakemake_dvc.namespaces import find_switch
from snakemake_dvc.printing import say
from snakemake_dvc.settings import Settings
from snakemake_dvc.stale import Staleness


@dataclass(frozen=True)
class Preparation:
    """What a run is prepared by.

    Attributes
    ----------
    rules : sequence of snakemake.rules.Rule
        Those of the workflow.
    default : str
        Name of the rule that a run is asked for where its call names nothing.
    settings : Settings
        Those of the project.
    namespace : str
        The data set that ``params.yaml`` names; empty where there is but one.
    staleness : Staleness
        The stages against ``dvc.lock``.
    digests : DigestCache
        Digests of files.
    made, pending
        As of `Checkout`.
    """

    rules: Sequence[Any]
    default: str
    settings: Settings
    namespace: str
    staleness: Staleness
    digests: DigestCache
    made: dict[str, str]
    pending: set[str]

    def make(self, dry: bool) -> set[str]:
        """Prepare a run, or in a dry one say what would be done.

        Returns
        -------
        set of str
            Stages to be recorded though they need not run: one of the locks lacks them.
        """
        if not self._is_switched(dry):
            return set()
        self._require_inputs(dry)
        checkout = self._checkout()
        # First look at what is there: bringing back would hide a change, or lose a user's file.
        stale = checkout.refuse_foreign()
        back = [*checkout.absent_outs(), *checkout.replaceable(stale)]
        foreign = checkout.of_other_settings()
        unlocked: set[str] = set()
        if dry:
            if note := dvc.at_hand(back) if back else []:
                say(f"A run would first bring back from DVC's cache: {' '.join(note)}")
            bringing.bring(self.staleness, self._targets, dry)
            for path in foreign:
                say(f"A run would first let go of {path}, which other parameters made")
        else:
            self._tidy()
            stale -= set(dvc.restore(back))
            bringing.bring(self.staleness, self._targets, dry)
            unlocked = checkout.unlocked_stages()
            for path in foreign:
                path.unlink()
            self._touch(checkout.unrecorded_but_current())
        _restore_records(checkout, stale, set(map(str, foreign)))
        self._mark_present(checkout)
        self.digests.save()
        return unlocked

    def _checkout(self) -> Checkout:
        lock = records.RECORDS_LOCK
        return Checkout(
            self.settings,
            records.read_lock(),
            records.LiveRecords(),
            self.digests,
            lock.stat().st_mtime_ns if lock.is_file() else 0,
            self.made,
            self.pending,
            self.staleness.is_current,
        )

    def _is_switched(self, dry: bool) -> bool:
        """Put another data set away; False in a dry run, after which nothing more can be told."""
        switch = find_switch(self.settings, self.namespace)
        if switch is None:
            return True
        switch.refuse_loss()
        if dry:
            say(f"A run would do this first: {switch.describe()}")
            return False
        switch.make()
        return True

    def _require_inputs(self, dry: bool) -> None:
        """Bring back, or refuse to go on without, what rules read and none makes."""
        if refusals.command_line():
            # Not where `python -m snakemake_dvc` is about to make it.
            inputs.require_stages()
        outputs = [out for outs in dvc.declared_outs().values() for out in outs]
        missing = inputs.missing_inputs(self.rules, outputs)
        if missing and not dry and inputs.bring_back(missing):
            missing = inputs.missing_inputs(self.rules, outputs)
        if missing:
            # Which outputs are asked for takes a third of a second to find out.
            targets = refusals.targets(refusals.command_line())
            known = {str(rule.name): list(map(str, rule.output)) for rule in self.rules}
            files = [file for target in targets for file in known.get(target, [target])]
            if files and all(any(rule.is_producer(file) for rule in self.rules) for file in files):
                missing = inputs.missing_inputs(self.rules, files)
        if missing:
            inputs.refuse_missing(missing)

    def _targets(self) -> tuple[list[str], bool]:
        """List the files that a run is asked for, and say whether its call names them.

        What a function of the default rule gives is known only later.
        """
        named = refusals.targets(refusals.command_line())
        rules = {str(rule.name): rule for rule in self.rules}
        files = []
        for target in named or [self.default]:
            rule = rules.get(target)
            asked = [target] if rule is None else list(rule.output) or list(rule.input)
            files += [str(file) for file in asked if isinstance(file, str)]
        return files, bool(named)

    def _touch(self, outputs: list[str]) -> None:
        """Give files one time: what has no record Snakemake judges by times, which say nothing."""
        if outputs:
            notes = (self.settings.state / "present").rglob("*")
            now = time.time_ns()
            for path in [*map(Path, outputs), *notes]:
                os.utime(path, ns=(now, now))

    def _mark_present(self, checkout: Checkout) -> None:
        """Keep a marker for each reader of a folder that is whole, and none of one that is not."""
        present = self.settings.state / "present"
        read = {Path(str(path)) for rule in self.rules for path in rule.input}
        markers = {path for path in read if present in path.parents}
        for folder in self.settings.folders:
            whole = Path(folder).is_dir() and not checkout.missing_files(folder)
            for marker in markers:
                if marker.name == Path(folder).name and whole != marker.exists():
                    marker.parent.mkdir(parents=True, exist_ok=True)
                    marker.touch() if whole else marker.unlink()

    def _tidy(self) -> None:
        """Remove what killed processes left, now that none of them is alive."""
        places = {Path(root) for root in (*self.settings.roots, *self.settings.outside)}
        places |= {child for root in self.settings.roots for child in Path(root).glob("*")}
        places |= {Path(folder).parent for folder in self.settings.folders}
        for place in places:
            for left in place.glob(".*.part") if place.is_dir() else ():
                shutil.rmtree(left) if left.is_dir() else left.unlink()
        for folder, listing in self.settings.folders.items():
            if Path(folder).is_dir() and Path(listing).is_file():
                for path in compare_names(Path(folder), Path(listing)).leftovers:
                    path.unlink()


def _restore_records(checkout: Checkout, stale: set[str], foreign: set[str]) -> None:
    """Give Snakemake its records back; an output that must be made anew gets one that differs."""
    for output in stale.difference(*(job.outputs for job in checkout.jobs)):
        checkout.live.put(output, records.UNKNOWN)
    for job in checkout.jobs:
        unfinished = checkout.live.incomplete(job.outputs)
        fields = dict(job.fields)
        if stale & set(job.outputs) or records.inputs_moved(job.fields, checkout.digests, foreign):
            # Times may hide that the content changed; another list of inputs never hides. No rule
            # has this one, not even one without inputs.
            fields["input"] = records.UNKNOWN["input"]
        for output in job.outputs:
            if output not in unfinished and not checkout.made_since(output):
                checkout.live.put(output, fields)
