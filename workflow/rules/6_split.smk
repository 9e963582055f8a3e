"""Place whole groups into balanced splits with exact quotas.

Inputs: data/inventory, data/annotations/images.csv, data/groups, decisions/places.csv, and the
manifests of an earlier release where split.previous names their folder. Outputs: data/splits.
Params: dataset, split; workflow/sources.yaml: promises.
"""

PREVIOUS = config["split"]["previous"]
# After a change of their number `dvc.yaml` is made anew (`make dvc.yaml`).
GROUPED = with_repeats(("holdout", "kfold"), config["split"]["repeats"])


rule split:
    input:
        inventory="data/inventory/images.csv",
        folds="data/inventory/folds.csv",
        annotated="data/annotations/images.csv",
        groups="data/groups/groups.csv",
        relations="data/groups/relations.csv",
        decisions="decisions/places.csv",
        previous=[f"{PREVIOUS}/{name}.csv" for name in GROUPED if PREVIOUS],
    output:
        published="data/splits/published.csv",
        published_leaks="data/splits/published_leaks.csv",
        published_clean="data/splits/published-clean.csv",
        published_matched="data/splits/published-matched.csv",
        paper="data/splits/paper.csv",
        paper_table="data/splits/paper_table.csv",
        paper_leaks="data/splits/paper_leaks.csv",
        holdout="data/splits/holdout.csv",
        kfold="data/splits/kfold.csv",
        repeats=[f"data/splits/{name}.csv" for name in GROUPED[2:]],
        churn="data/splits/churn.csv",
        review="data/splits/review.csv",
        certificates="data/splits/certificates.json",
        findings="data/splits/findings.json",
        metrics="data/splits/metrics.json",
        key_figures="data/splits/key_figures.json",
    log:
        "logs/split.log",
    params:
        code=code(
            "core",
            "relations",
            "split",
            schemas=[
                "annotated.table.json",
                "certificates.schema.json",
                "churn.table.json",
                "decisions.table.json",
                "folds.table.json",
                "groups.table.json",
                "inventory.table.json",
                "leaks.table.json",
                "paper_leaks.table.json",
                "paper_table.table.json",
                "parents.table.json",
                "relations.table.json",
                "review.table.json",
                "sources.schema.json",
                "splits.table.json",
            ],
        ),
        dataset=config["dataset"],
        split=config["split"],
        promises=promises("acnedit"),
    shell:
        """
        acne04 --log {log:q} split \
            --dataset {params.dataset:q} \
            --sources workflow/sources.yaml \
            --inventory {input.inventory:q} \
            --folds {input.folds:q} \
            --annotated {input.annotated:q} \
            --groups {input.groups:q} \
            --relations {input.relations:q} \
            --decisions {input.decisions:q} \
            --output data/splits \
            --review {output.review:q} \
            --ratios {params.split[ratios]:q} \
            --fold-count {params.split[folds]:q} \
            --restrict {params.split[restrict]:q} \
            --strata {params.split[strata]:q} \
            --balance {params.split[balance]:q} \
            --target {params.split[target]:q} \
            --unknown-parent {params.split[unknown_parent]:q} \
            --least-persons {params.split[least_persons]:q} \
            --repeats {params.split[repeats]:q} \
            --previous={params.split[previous]:q} \
            --relative-gap {params.split[relative_gap]:q} \
            --node-limit {params.split[node_limit]:q}
        """
