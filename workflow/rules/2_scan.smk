"""Read every image once; parse label lines, folds and boxes.

Inputs: data/raw/{classification,detection,acnedit}. Outputs: data/inventory.
Params: dataset; workflow/sources.yaml: promises.
"""


rule scan:
    input:
        listings=expand(
            "data/raw/{source}.csv", source=["classification", "detection", "acnedit"]
        ),
        present=expand(
            ".acne04/present/scan/{source}",
            source=["classification", "detection", "acnedit"],
        ),
    output:
        inventory="data/inventory/images.csv",
        features="data/inventory/features.csv",
        folds="data/inventory/folds.csv",
        boxes="data/inventory/boxes.csv",
        problems="data/inventory/problems.csv",
        findings="data/inventory/findings.json",
        metrics="data/inventory/metrics.json",
    log:
        "logs/scan.log",
    threads: 64  # as many as --cores gives
    params:
        code=code(
            "core",
            "scan",
            schemas=[
                "boxes.table.json",
                "features.table.json",
                "folds.table.json",
                "inventory.table.json",
                "listing.table.json",
                "problems.table.json",
                "sources.schema.json",
            ],
        ),
        dataset=config["dataset"],
        promises=promises("classification", "detection", "acnedit"),
    shell:
        """
        acne04 --log {log:q} scan \
            --dataset {params.dataset:q} \
            --sources workflow/sources.yaml \
            --classification data/raw/classification \
            --detection data/raw/detection \
            --acnedit data/raw/acnedit \
            --inventory {output.inventory:q} \
            --features {output.features:q} \
            --folds {output.folds:q} \
            --boxes {output.boxes:q} \
            --problems {output.problems:q} \
            --findings {output.findings:q} \
            --metrics {output.metrics:q} \
            --threads {threads:q}
        """
