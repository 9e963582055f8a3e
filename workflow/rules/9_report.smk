"""Show the dataset on one page: pictures, balance, leaks, findings, pairs and open questions.

Inputs: the images and all artifacts of the stages before. Outputs: data/report.
Params: dataset, report.
"""


rule report:
    input:
        graph="dvc.yaml",
        sources="workflow/sources.yaml",
        present=expand(
            ".acne04/present/report/{source}",
            source=["classification", "acnedit", "v2"],
        ),
        stages=files_of_stages_shown,
    output:
        page=report(PAGE, category="The dataset"),
        thumbnails=THUMBNAILS,
    log:
        "logs/report.log",
    threads: 64  # as many as --cores gives
    params:
        code=code(
            "core",
            "relations",
            "report",
            "samples",
            schemas=[
                "agreement.schema.json",
                "annotated.table.json",
                "boxes.table.json",
                "calibration.schema.json",
                "certificates.schema.json",
                "decisions.table.json",
                "findings.schema.json",
                "flow.table.json",
                "groups.table.json",
                "inventory.table.json",
                "leaks.table.json",
                "lesions.table.json",
                "listing.table.json",
                "paper_leaks.table.json",
                "missingness.table.json",
                "parents.table.json",
                "person_links.table.json",
                "problems.table.json",
                "relations.table.json",
                "review.table.json",
                "sensitivity.table.json",
                "shortcuts.table.json",
                "sources.schema.json",
                "splits.table.json",
                "verdicts.table.json",
            ],
        ),
        dataset=config["dataset"],
        report=config["report"],
    shell:
        """
        acne04 --log {log:q} report \
            --faces standin={params.report[faces][standin]:q} \
            --faces acne04={params.report[faces][acne04]:q} \
            --thumbnail-files {params.report[thumbnail_files]:q} \
            --output {output.page:q} \
            --threads {threads:q}
        """
