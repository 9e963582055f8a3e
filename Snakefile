"""ACNE04, ACNEDIT and Acne04-v2: from pinned sources to balanced split manifests.

Parameters: params.yaml, checked against schemas/params.schema.json.
"""

import sys

from acne04.core import parameters
from snakemake.utils import min_version

min_version("9.27")
parameters.readable_or_end()


configfile: "params.yaml"


include: "workflow/rules/common.smk"
include: "workflow/rules/1_fetch.smk"
include: "workflow/rules/2_scan.smk"
include: "workflow/rules/3_validate.smk"
include: "workflow/rules/4_near.smk"
include: "workflow/rules/5_dedupe.smk"
include: "workflow/rules/6_split.smk"
include: "workflow/rules/7_cohort.smk"
include: "workflow/rules/8_shortcuts.smk"
include: "workflow/rules/9_report.smk"
include: "workflow/rules/10_record.smk"


rule all:
    """The manifests; page and ledger where they can be: a partial pull must not miss all of data/."""
    default_target: True
    input:
        MANIFESTS,
        page_if_wanted,
        ledger_if_wanted,


# What a run makes travels with git and DVC: docs/decisions/0002-records-travel.md.
bridge = snakemake_dvc.Bridge(workflow, SETTINGS)


onstart:
    bridge.started()


onsuccess:
    bridge.succeeded()


onerror:
    bridge.failed()
