"""Bring the sources to data/raw, each checked against its pins.

Inputs: upstreams/*/pins (git), the upstream (network, a local copy, or the drawn stand-in).
Outputs: data/raw/<source>/ and its listing data/raw/<source>.csv, which stands for the folder.
Params: dataset, standin; workflow/sources.yaml: delivery, promises.
"""


rule standin:
    output:
        "upstream/standin/README.txt",
    log:
        "logs/standin.log",
    threads: 64  # as many as --cores gives
    params:
        code=code("core", schemas=[], besides=[f"{UPSTREAM}/origin"]),
        standin=config["standin"],
    shell:
        """
        acne04 --log {log:q} standin upstream/standin \
            --scale {params.standin[scale]:q} \
            --fraction {params.standin[fraction]:q} \
            --near-duplicates {params.standin[near_duplicates]:q} \
            --retakes {params.standin[retakes]:q} \
            --seed {params.standin[seed]:q} \
            --workers {threads:q}
        """


if UNPINNED:

    rule pin:
        input:
            upstream=upstream_of_source,
        output:
            update(PINS),
        log:
            "logs/pin_{source}.log",
        wildcard_constraints:
            source="|".join(UNPINNED),
        params:
            dataset=config["dataset"],
            version=version_of_source,
            delivery=delivery_of_source,
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
        pins=PINS,
        upstream=upstream_of_source,
    output:
        listing="data/raw/{source}.csv",
    log:
        "logs/fetch_{source}.log",
    params:
        code=code(
            "core",
            "fetch",
            schemas=["listing.table.json", "pins.table.json", "sources.schema.json"],
            besides=[f"{UPSTREAM}/origin"],
        ),
        dataset=config["dataset"],
        standin=config["standin"],
        version=version_of_source,
        delivery=delivery_of_source,
        promised=promises_of_source,
        folder=folder_of_source,
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
    """Bring a source's folder back for a job that reads it: from DVC, else from the upstream.

    Each reader has a marker of its own: one that needs the folder must not make the others run.
    The stand-in is drawn only where DVC does not give the folder, so it is no input.
    """
    input:
        listing="data/raw/{source}.csv",
        pins=PINS,
    output:
        touch(".acne04/present/{reader}/{source}"),
    log:
        "logs/restore_{reader}_{source}.log",
    threads: 64  # one at a time: two would draw the same upstream
    params:
        dataset=config["dataset"],
        standin=config["standin"],
        version=version_of_source,
        folder=folder_of_source,
    shell:
        """
        set -- --log {log:q} restore {wildcards.source:q} \
            --dataset {params.dataset:q} \
            --sources workflow/sources.yaml \
            --version {params.version:q} \
            --upstream upstream/{params.dataset:q} \
            --pins {input.pins:q} \
            --output {params.folder:q} \
            --listing {input.listing:q}
        acne04 "$@" && exit
        test {params.dataset:q} = standin -a ! -e upstream/standin/README.txt
        acne04 --log logs/standin.log standin upstream/standin \
            --scale {params.standin[scale]:q} \
            --fraction {params.standin[fraction]:q} \
            --near-duplicates {params.standin[near_duplicates]:q} \
            --retakes {params.standin[retakes]:q} \
            --seed {params.standin[seed]:q} \
            --workers {threads:q}
        acne04 "$@"
        """
