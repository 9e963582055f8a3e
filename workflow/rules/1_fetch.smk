"""Bring the sources to data/raw, each checked against its pins.

Inputs: workflow/pins (git), the upstream (network, a local copy, or the drawn stand-in).
Outputs: data/raw/<source>/ and its listing data/raw/<source>.csv, which stands for the folder.
Params: dataset, standin; workflow/sources.yaml: delivery.
"""


def upstream_of_source(wildcards):
    """The stand-in is drawn here; a real upstream lies outside."""
    return "upstream/standin/README.txt" if config["dataset"] == "standin" else []


def version_of_source(wildcards):
    version = SOURCES[wildcards.source].delivery.version
    knobs = " ".join(f"{name}={value}" for name, value in config["standin"].items())
    return f"{version} {knobs}" if config["dataset"] == "standin" else version


def delivery_of_source(wildcards):
    return dataclasses.asdict(SOURCES[wildcards.source].delivery)


rule standin:
    input:
        code=code("standin"),
    output:
        "upstream/standin/README.txt",
    params:
        standin=config["standin"],
    log:
        "logs/standin.log",
    threads: workflow.cores
    shell:
        """
        acne04 --log {log:q} standin upstream/standin \
            --scale {params.standin[scale]:q} \
            --fraction {params.standin[fraction]:q} \
            --near-duplicates {params.standin[near_duplicates]:q} \
            --seed {params.standin[seed]:q} \
            --workers {threads:q}
        """


rule pin:
    input:
        upstream=upstream_of_source,
    output:
        update("workflow/pins/" + config["dataset"] + "/{source}.csv"),
    params:
        dataset=config["dataset"],
        version=version_of_source,
        delivery=delivery_of_source,
    log:
        "logs/pin_{source}.log",
    retries: 1
    shell:
        """
        acne04 --log {log:q} pin {wildcards.source:q} \
            --dataset {params.dataset:q} \
            --sources workflow/sources.yaml \
            --version {params.version:q} \
            --upstream upstream/{params.dataset:q} \
            --pins {output:q}
        """


rule fetch:
    input:
        code=code("fetch", "standin"),
        pins="workflow/pins/" + config["dataset"] + "/{source}.csv",
        upstream=upstream_of_source,
    output:
        listing="data/raw/{source}.csv",
    params:
        dataset=config["dataset"],
        standin=config["standin"],
        version=version_of_source,
        delivery=delivery_of_source,
        folder="data/raw/{source}",
    log:
        "logs/fetch_{source}.log",
    retries: 1
    shell:
        """
        acne04 --log {log:q} fetch {wildcards.source:q} \
            --dataset {params.dataset:q} \
            --sources workflow/sources.yaml \
            --version {params.version:q} \
            --upstream upstream/{params.dataset:q} \
            --pins {input.pins:q} \
            --output {params.folder:q} \
            --listing {output.listing:q}
        """


rule restore:
    """Bring a source's folder back for a job that reads it: from DVC, else from the upstream."""
    input:
        listing="data/raw/{source}.csv",
        pins="workflow/pins/" + config["dataset"] + "/{source}.csv",
    output:
        touch(".acne04/present/{source}"),
    params:
        dataset=config["dataset"],
        standin=config["standin"],
        version=version_of_source,
        folder="data/raw/{source}",
    log:
        "logs/restore_{source}.log",
    threads: workflow.cores  # one at a time: two would draw the same upstream
    shell:
        """
        acne04 --log {log:q} restore {params.folder:q} --listing {input.listing:q} && exit
        test {params.dataset:q} = acne04 -o -e upstream/standin/README.txt \
            || acne04 --log {log:q} standin upstream/standin \
                --scale {params.standin[scale]:q} \
                --fraction {params.standin[fraction]:q} \
                --near-duplicates {params.standin[near_duplicates]:q} \
                --seed {params.standin[seed]:q} \
                --workers {threads:q}
        acne04 --log {log:q} fetch {wildcards.source:q} \
            --dataset {params.dataset:q} \
            --sources workflow/sources.yaml \
            --version {params.version:q} \
            --upstream upstream/{params.dataset:q} \
            --pins {input.pins:q} \
            --output {params.folder:q} \
            --listing {input.listing:q}
        """
