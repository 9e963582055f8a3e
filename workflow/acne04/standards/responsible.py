"""The Responsible-AI part of the Croissant document: what a user must know before training.

Figures are those that the workflow found in this release, never those that a source promises; but
how persons were inferred, only the source of the subject table tells.
"""

from __future__ import annotations

from typing import Any

from acne04.core.grades import GRADE_NAMES, GRADES
from acne04.standards.facts import Facts

#: Finding to what it means for a user; said only where it was found.
_DEFECTS = {
    "prefix-grade-mismatch": "file names suggest another grade than the label: never read it there",
    "name-overlap": "synthetic images have the name of a photograph, or nearly: join by image_id",
    "fold-not-partition": "set of published folds is no partition: do not pool its test parts",
    "identical-bytes": "photographs are byte for byte another one",
    "copies-disagree-on-grade": "of these pairs disagree on the grade: out of holdout and kfold",
    "copies-disagree-on-count": "of these pairs disagree on the lesion count",
    "near-duplicate": "pairs of files show one photograph in other bytes",
    "annotation-echo": "pairs of images share lesion circles: one photograph, or nearly",
    "circle-crosses-border": "lesion circles cross the image's border, which is legitimate",
    "undecodable": "files do not decode",
}
_STAND_IN = (
    "STAND-IN: drawings by this project in place of the real images, which may not be passed on. "
    "Whatever is said here of photographs and people describes what the drawings stand in for; a "
    "result on them says nothing about acne."
)


def fields(facts: Facts) -> dict[str, Any]:
    """Give the properties of the RAI vocabulary 1.0.

    Returns
    -------
    dict
        Property to a text, or to a list of texts; in the order of the vocabulary.
    """
    note = [_STAND_IN] if facts.standin else []
    return {
        "rai:dataCollection": " ".join([*note, _collection(facts)]),
        "rai:dataCollectionType": ["Others" if facts.standin else "Secondary Data Analysis"],
        "rai:dataCollectionMissingData": _missing(facts),
        "rai:dataCollectionRawData": _raw(facts),
        # Dates are what the vocabulary has in mind; it has none for "not known".
        "rai:dataCollectionTimeframe": _timeframe(facts),
        "rai:dataImputationProtocol": "Nothing is imputed: a value that is not known is an empty "
        "field, never a zero, a mean or a guess. Synthetic images have no lesion counts and no "
        "boxes; their grade is that of their folder.",
        "rai:dataManipulationProtocol": _manipulation(facts),
        "rai:dataPreprocessingProtocol": _preprocessing(),
        "rai:dataAnnotationProtocol": _annotation(),
        "rai:dataAnnotationPlatform": _platforms(),
        "rai:dataAnnotationAnalysis": _disagreement(facts),
        "rai:annotationsPerItem": _per_item(facts),
        "rai:annotatorDemographics": _annotators(),
        "rai:machineAnnotationTools": [
            "Registration of pairs of images, for near-duplicates and parents of synthetic images "
            f"({facts.ledger.environment.decoder})",
            "Face embeddings (ArcFace of InsightFace buffalo_l) for persons, by the makers of the "
            "subject table: this project computes none.",
        ],
        "rai:dataBiases": _biases(facts),
        "rai:dataUseCases": [*note, *_use_cases()],
        "rai:dataLimitations": [*note, *_limitations(facts)],
        "rai:dataSocialImpact": "A model trained on this grades faces; it is no medical device. "
        "How it does by skin tone, sex or age cannot be measured: none of these is recorded.",
        "rai:personalSensitiveInformation": [*note, *_sensitive(facts)],
        "rai:dataReleaseMaintenancePlan": "Releases carry a version and a rising serial and are "
        "signed; a later release may keep the places of this one's images (split.previous).",
    }


def _collection(facts: Facts) -> str:
    images = facts.metrics["inventory"]["images"]
    people = facts.metrics["groups"]["subjects"]
    how = (
        "Drawn by a program, after what is known of the real collection."
        if facts.standin
        else "Taken from the publishers' own files, each checked against a pinned SHA-256."
    )
    return (
        f"{how} {images['real']:,} photographs of half faces at about 70 degrees before a dark "
        f"background, of {people:,} people, as a third party's subject table infers them from face "
        "embeddings. Who was photographed where, by whom and with which consent is not known."
    )


def _timeframe(facts: Facts) -> str:
    published = ", ".join(f"{key} {source.date_published}" for key, source in facts.sources.items())
    return (
        "Not known: no publisher says when photographs were taken or labelled. Dates of "
        f"publication: {published}."
    )


def _platforms() -> list[str]:
    return [
        "ACNE04: not known.",
        "Acne04-v2: not known.",
        "This project: what only a person can settle is answered with `acne04 decide` and recorded "
        "in decisions/.",
    ]


def _per_item(facts: Facts) -> str:
    """Count the labels of a photograph; how many people stood behind each, nobody says."""
    real = facts.metrics["inventory"]["images"]["real"]
    annotated = facts.metrics["annotations"]["images"]
    pairs = facts.metrics["groups"]["identical_pairs"]
    return (
        f"One grade, one count and one set of boxes for each of {real:,} photographs (ACNE04), and "
        f"one set of circles for {annotated:,} of them (Acne04-v2). How many people agreed on a "
        f"label is not known. {pairs:,} photographs were labelled twice, under two names."
    )


def _annotators() -> list[str]:
    return [
        "ACNE04: not known; neither number, profession, age, sex nor country is published with the "
        "labels.",
        "Acne04-v2: its producers' experts, as they say; number, profession, age, sex and country "
        "are not known.",
        "Synthetic images have the grade of their folder: nobody is said to have labelled them.",
    ]


def _raw(facts: Facts) -> str:
    return " ".join(
        f"{source.title} ({source.producer}; {source.described_at})."
        for source in facts.sources.values()
    )


def _missing(facts: Facts) -> str:
    real = facts.metrics["inventory"]["images"]["real"]
    annotated = facts.metrics["annotations"]["images"]
    return (
        f"{real - annotated:,} of {real:,} photographs have no Acne04-v2 annotation: an empty "
        "field, which is not zero lesions. Synthetic images have no lesion counts."
    )


def _manipulation(facts: Facts) -> str:
    """Say what is synthetic, and what of it was made from what."""
    images, parents = facts.metrics["inventory"]["images"], facts.metrics["near"]["parents"]
    by_grade = facts.metrics["splits"]["images"]["synthetic"]
    grades = ", ".join(
        f"{by_grade[str(grade)]:,} {GRADE_NAMES[grade]}" for grade in GRADES if by_grade[str(grade)]
    )
    return (
        f"SYNTHETIC CONTENT: {images['synthetic']:,} images ({grades}) are local edits of a "
        "photograph, with lesions painted in (column origin). By registration that photograph is "
        f"known for {parents['verified']:,}, unsure for {parents['review']:,} and unknown for "
        f"{parents['unknown']:,}: record set images, field parent (prov:wasDerivedFrom)."
    )


def _preprocessing() -> list[str]:
    return [
        "No image is changed, resized or re-encoded.",
        "Every image gets a canonical name that no other has; identical bytes, near-duplicates, "
        "persons and parents of synthetic images are joined into groups.",
        "Whole groups are placed into parts by integer programming, with exact quotas by grade.",
    ]


def _annotation() -> str:
    return (
        "ACNE04: grade and lesion count of each photograph and a box for each lesion, by its "
        "producers; the grade follows from the count (Hayashi et al. 2008). Acne04-v2: a circle "
        "for each lesion of any type, by its producers; its counts say nothing on the Hayashi "
        "scale. Synthetic images have the grade of the folder that they were delivered in."
    )


def _disagreement(facts: Facts) -> list[str]:
    disagree = facts.metrics["groups"]["copies_disagree"]
    pairs = facts.metrics["groups"]["identical_pairs"]
    return [
        f"Of {pairs:,} pairs of identical photographs {disagree['grade']:,} differ in the grade "
        f"and {disagree['count']:,} in the count: the same image, labelled twice.",
        f"{facts.metrics['annotations']['repaired']:,} circles of Acne04-v2 are repaired by a "
        f"recorded decision, {facts.metrics['annotations']['quarantined']:,} are in quarantine.",
    ]


def _biases(facts: Facts) -> list[str]:
    grades = facts.metrics["inventory"]["grades_by_label"]
    balance = ", ".join(f"{grades[str(g)]:,} {GRADE_NAMES[g]}" for g in GRADES)
    leaks = facts.leaks
    return [
        f"Grades are unbalanced: {balance} photographs.",
        *(
            f"{facts.counts[name]:,} {text}."
            for name, text in _DEFECTS.items()
            if name in facts.counts
        ),
        f"The published folds leak: over all folds {leaks['subject'][0]:,} of "
        f"{leaks['subject'][1]:,} test images show a person who is also in training, and "
        f"{leaks['exact'][0]:,} are byte for byte a training image.",
        "Skin tone, sex and age are not recorded: how they are balanced, nobody can tell.",
    ]


def _use_cases() -> list[str]:
    return [
        "Training and testing of severity grading and lesion counting, with the manifests holdout "
        "and kfold; published-clean to compare with published results without their leaks, "
        "published-matched to tell what those leaks are worth from what the lost images are.",
        "Study of leakage: published and paper are kept as they were, with tables of their leaks.",
        "Not for diagnosis, not for identifying people, not for any use but academic research.",
    ]


def _limitations(facts: Facts) -> list[str]:
    largest = facts.metrics["groups"]["largest_group"]
    return [
        "Half faces in one pose: nothing is known of other poses, distances or parts of the body.",
        "Persons are inferred, not recorded: by a third party, from face embeddings (ArcFace, "
        "cosine at least .60, chains included). Of the real photographs with an embedding that "
        "makes 550 persons, .75 would make 753. Somebody whom the table takes for two may be on "
        f"both sides of a split. The largest group here holds {largest:,} images.",
        "57 photographs of the real data, 31 of them very severe, have no face embedding: each is "
        "taken for a person of its own, without evidence. Which they are the table does not say.",
        "paper has no parts: split at random it leaks copies, persons and parents into the test.",
        "Synthetic images are for training only: no val or test part of holdout or kfold has one.",
    ]


def _sensitive(facts: Facts) -> list[str]:
    people = facts.metrics["groups"]["subjects"]
    return [
        f"Health data: faces of about {people:,} people, some of whom can be recognised, under a "
        "skin disease. The images are therefore not in the release, only their hashes.",
        "Which images show one person (column subject) is inferred, and itself sensitive. No name, "
        "age, sex or origin is recorded.",
    ]
