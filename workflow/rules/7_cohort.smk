"""Count images and persons by step, what is missing, and how sure persons and labels are.

Inputs: data/inventory/images.csv, data/annotations, data/groups and all manifests. Outputs:
data/cohort. Params: dataset; workflow/sources.yaml: promises.
"""


rule cohort:
    input:
        inventory="data/inventory/images.csv",
        annotated="data/annotations/images.csv",
        echoes="data/annotations/echoes.csv",
        groups="data/groups/groups.csv",
        relations="data/groups/relations.csv",
        manifests=MANIFESTS,
    output:
        flow="data/cohort/flow.csv",
        missingness="data/cohort/missingness.csv",
        mix="data/cohort/mix.csv",
        sensitivity="data/cohort/sensitivity.csv",
        person_links="data/cohort/person_links.csv",
        agreement="data/cohort/agreement.csv",
        figures="data/cohort/agreement.json",
        findings="data/cohort/findings.json",
        metrics="data/cohort/metrics.json",
    log:
        "logs/cohort.log",
    params:
        code=code(
            "cohort",
            "core",
            "inference",
            "relations",
            schemas=[
                "agreement.schema.json",
                "agreement.table.json",
                "annotated.table.json",
                "echoes.table.json",
                "flow.table.json",
                "groups.table.json",
                "inventory.table.json",
                "missingness.table.json",
                "mix.table.json",
                "person_links.table.json",
                "relations.table.json",
                "sensitivity.table.json",
                "sources.schema.json",
                "splits.table.json",
            ],
        ),
        dataset=config["dataset"],
        promises=promises("classification", "acnedit", "subjects"),
    shell:
        """
        acne04 --log {log:q} cohort \
            --dataset {params.dataset:q} \
            --sources workflow/sources.yaml \
            --inventory {input.inventory:q} \
            --annotated {input.annotated:q} \
            --echoes {input.echoes:q} \
            --groups {input.groups:q} \
            --relations {input.relations:q} \
            --manifests {input.manifests:q} \
            --output data/cohort
        """
