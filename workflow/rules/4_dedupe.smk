"""Give canonical names; join copies and photographs of one person into groups.

Inputs: data/inventory/images.csv, data/raw/subjects. Outputs: data/groups.
Params: dataset; workflow/sources.yaml: promises.
"""


rule dedupe:
    input:
        code=code("dedupe"),
        listing="data/raw/subjects.csv",
        present=".acne04/present/subjects",
        inventory="data/inventory/images.csv",
    output:
        names="data/groups/names.csv",
        relations="data/groups/relations.csv",
        groups="data/groups/groups.csv",
        findings="data/groups/findings.json",
        metrics="data/groups/metrics.json",
    log:
        "logs/dedupe.log",
    params:
        dataset=config["dataset"],
        promises=promises("subjects"),
    shell:
        """
        acne04 --log {log:q} dedupe \
            --dataset {params.dataset:q} \
            --sources workflow/sources.yaml \
            --inventory {input.inventory:q} \
            --subjects data/raw/subjects \
            --names {output.names:q} \
            --relations {output.relations:q} \
            --groups {output.groups:q} \
            --findings {output.findings:q} \
            --metrics {output.metrics:q}
        """
