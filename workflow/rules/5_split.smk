"""Place whole groups into balanced splits with exact quotas.

Inputs: data/inventory, data/annotations/images.csv, data/groups/groups.csv. Outputs: data/splits.
Params: dataset, split; workflow/sources.yaml: promises.
"""


rule split:
    input:
        code=code("split"),
        inventory="data/inventory/images.csv",
        folds="data/inventory/folds.csv",
        annotated="data/annotations/images.csv",
        groups="data/groups/groups.csv",
    output:
        published="data/splits/published.csv",
        paper="data/splits/paper.csv",
        paper_table="data/splits/paper_table.csv",
        holdout="data/splits/holdout.csv",
        kfold="data/splits/kfold.csv",
        certificates="data/splits/certificates.json",
        findings="data/splits/findings.json",
        metrics="data/splits/metrics.json",
    log:
        "logs/split.log",
    params:
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
            --output data/splits \
            --ratios {params.split[ratios]:q} \
            --fold-count {params.split[folds]:q} \
            --restrict {params.split[restrict]:q} \
            --balance {params.split[balance]:q} \
            --target {params.split[target]:q} \
            --relative-gap {params.split[relative_gap]:q} \
            --node-limit {params.split[node_limit]:q}
        """
