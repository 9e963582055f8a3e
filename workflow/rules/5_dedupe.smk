"""Give canonical names; relate the images and join what is related into groups.

Inputs: data/inventory/images.csv, data/raw/subjects, data/near, decisions. Outputs: data/groups.
Params: dataset; workflow/sources.yaml: promises.
"""


rule dedupe:
    input:
        listing="data/raw/subjects.csv",
        present=".acne04/present/dedupe/subjects",
        inventory="data/inventory/images.csv",
        verdicts="data/near/verdicts.csv",
        parents="data/near/parents.csv",
        image_decisions="decisions/images.csv",
        relation_decisions="decisions/relations.csv",
    output:
        names="data/groups/names.csv",
        relations="data/groups/relations.csv",
        groups="data/groups/groups.csv",
        review="data/groups/review.csv",
        findings="data/groups/findings.json",
        metrics="data/groups/metrics.json",
    log:
        "logs/dedupe.log",
    params:
        code=code(
            "core",
            "dedupe",
            "relations",
            schemas=[
                "decisions.table.json",
                "groups.table.json",
                "inventory.table.json",
                "names.table.json",
                "parents.table.json",
                "relations.table.json",
                "review.table.json",
                "sources.schema.json",
                "verdicts.table.json",
            ],
        ),
        dataset=config["dataset"],
        promises=promises("subjects"),
    shell:
        """
        acne04 --log {log:q} dedupe \
            --dataset {params.dataset:q} \
            --sources workflow/sources.yaml \
            --inventory {input.inventory:q} \
            --subjects data/raw/subjects \
            --verdicts {input.verdicts:q} \
            --parents {input.parents:q} \
            --image-decisions {input.image_decisions:q} \
            --relation-decisions {input.relation_decisions:q} \
            --names {output.names:q} \
            --relations {output.relations:q} \
            --groups {output.groups:q} \
            --review {output.review:q} \
            --findings {output.findings:q} \
            --metrics {output.metrics:q}
        """
