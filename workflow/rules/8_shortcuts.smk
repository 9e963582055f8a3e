"""Measure what a model could grade by without looking at the skin, in every variant.

Inputs: data/inventory/features.csv, data/annotations/images.csv, the manifests. Outputs:
data/splits/shortcuts.csv, data/shortcuts. Params: dataset.
"""


rule shortcuts:
    input:
        features="data/inventory/features.csv",
        annotated="data/annotations/images.csv",
        manifests=MANIFESTS,
    output:
        table="data/splits/shortcuts.csv",
        betrayed="data/shortcuts/betrayed.csv",
        findings="data/shortcuts/findings.json",
        metrics="data/shortcuts/metrics.json",
    log:
        "logs/shortcuts.log",
    params:
        code=code(
            "core",
            "inference",
            "relations",
            "samples",
            "shortcuts",
            schemas=[
                "annotated.table.json",
                "betrayed.table.json",
                "features.table.json",
                "groups.table.json",
                "inventory.table.json",
                "shortcuts.schema.json",
                "shortcuts.table.json",
                "splits.table.json",
            ],
        ),
        dataset=config["dataset"],
    shell:
        """
        acne04 --log {log:q} shortcuts {input.manifests:q} \
            --dataset {params.dataset:q} \
            --features {input.features:q} \
            --annotated {input.annotated:q} \
            --table {output.table:q} \
            --betrayed {output.betrayed:q} \
            --findings {output.findings:q} \
            --metrics {output.metrics:q}
        """
