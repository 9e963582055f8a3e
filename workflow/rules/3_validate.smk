"""Check the Acne04-v2 annotation file against its schema, against sense, against the images.

Inputs: data/raw/v2, data/inventory/images.csv, decisions/annotations.csv. Outputs: data/annotations.
Params: dataset; workflow/sources.yaml: promises.
"""


rule validate:
    input:
        listing="data/raw/v2.csv",
        present=".acne04/present/validate/v2",
        inventory="data/inventory/images.csv",
        decisions="decisions/annotations.csv",
    output:
        lesions="data/annotations/lesions.csv",
        images="data/annotations/images.csv",
        echoes="data/annotations/echoes.csv",
        review="data/annotations/review.csv",
        problems="data/annotations/problems.csv",
        findings="data/annotations/findings.json",
        quarantine="data/annotations/quarantine.json",
        metrics="data/annotations/metrics.json",
    log:
        "logs/validate.log",
    params:
        code=code(
            "core",
            "relations",
            "validate",
            schemas=[
                "annotated.table.json",
                "annotations.schema.json",
                "decisions.table.json",
                "echoes.table.json",
                "inventory.table.json",
                "lesions.table.json",
                "problems.table.json",
                "quarantine.schema.json",
                "review.table.json",
                "sources.schema.json",
            ],
        ),
        dataset=config["dataset"],
        promises=promises("v2"),
    shell:
        """
        acne04 --log {log:q} validate data/raw/v2/Acne04-v2_annotations.json \
            --as-stage \
            --dataset {params.dataset:q} \
            --sources workflow/sources.yaml \
            --inventory {input.inventory:q} \
            --decisions {input.decisions:q} \
            --lesions {output.lesions:q} \
            --images {output.images:q} \
            --echoes {output.echoes:q} \
            --review {output.review:q} \
            --problems {output.problems:q} \
            --findings {output.findings:q} \
            --quarantine {output.quarantine:q} \
            --metrics {output.metrics:q}
        """
