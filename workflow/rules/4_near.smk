"""Find copies of a photograph in other bytes, and the parents of the synthetic images.

Inputs: data/inventory/images.csv, the images and subjects in data/raw. Outputs: data/near.
Params: dataset, near.
"""


rule near:
    input:
        listings=expand(
            "data/raw/{source}.csv", source=["classification", "acnedit", "subjects"]
        ),
        present=expand(
            ".acne04/present/near/{source}",
            source=["classification", "acnedit", "subjects"],
        ),
        inventory="data/inventory/images.csv",
    output:
        verdicts="data/near/verdicts.csv",
        parents="data/near/parents.csv",
        calibration="data/near/calibration.json",
        findings="data/near/findings.json",
        metrics="data/near/metrics.json",
    log:
        "logs/near.log",
    threads: 64  # as many as --cores gives
    params:
        code=code(
            "core",
            "near",
            "relations",
            schemas=[
                "calibration.schema.json",
                "inventory.table.json",
                "parents.table.json",
                "review.table.json",
                "verdicts.table.json",
            ],
        ),
        dataset=config["dataset"],
        near=config["near"],
    shell:
        """
        acne04 --log {log:q} near \
            --dataset {params.dataset:q} \
            --inventory {input.inventory:q} \
            --images data/raw \
            --subjects data/raw/subjects \
            --verdicts {output.verdicts:q} \
            --parents {output.parents:q} \
            --calibration {output.calibration:q} \
            --findings {output.findings:q} \
            --metrics {output.metrics:q} \
            --false-positive-rate {params.near[false_positive_rate]:q} \
            --memory .acne04/near.sqlite \
            --threads {threads:q}
        """
