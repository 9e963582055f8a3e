"""Write the ledger: for every artifact its rule, code, parameters, inputs and hashes.

Inputs: the code, inputs and outputs of all stages before. Output: data/ledger.
Params: all of params.yaml; workflow/sources.yaml as a whole.
"""


rule record:
    input:
        graph="dvc.yaml",
        lock="requirements.lock",
        sources="workflow/sources.yaml",
        stages=files_of_stages_before,
    output:
        "data/ledger/ledger.json",
    log:
        "logs/record.log",
    params:
        code=code(
            "core",
            "provenance",
            "record",
            schemas=[
                "ledger.schema.json",
                "listing.table.json",
                "sources.schema.json",
            ],
            besides=code_of_stages(workflow.rules, SETTINGS),
        ),
        dataset=config["dataset"],
        parameters=json.dumps(config),
        versions=json.dumps({source: version_of(source) for source in SOURCES}),
    shell:
        """
        acne04 --log {log:q} record \
            --dataset {params.dataset:q} \
            --parameters {params.parameters:q} \
            --versions {params.versions:q} \
            --sources {input.sources:q} \
            --graph {input.graph:q} \
            --lock {input.lock:q} \
            --ledger {output:q}
        """
