"""States what the stand-in planted, for tests and benchmarks; the workflow never reads it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable

from acne04_standin import variants
from acne04_standin.blueprint import Corpus
from acne04_standin.figures import BROKEN_NAME, PORTRAIT
from acne04_standin.roster import FOLDS, number_of

Json = dict[str, object]
#: What stands first in the file (its keys are sorted), and tells whose it is.
ABOUT = "What the drawn stand-in of the ACNE04 family contains. Not real data."


def truth_document(corpus: Corpus) -> str:
    """Text of ``truth.json``: sorted keys, two spaces, one line end."""
    parameters = corpus.parameters
    document = {
        "dataset": "standin",
        "about": ABOUT,
        "parameters": {
            "scale": parameters.scale,
            "fraction": parameters.fraction,
            "near_duplicates": parameters.near_duplicates,
            "retakes": parameters.retakes,
            "seed": parameters.seed,
            # The default is not named: its bytes are pinned from before there were others.
            **({} if parameters.style == "default" else {"style": parameters.style}),
        },
        "figures": _figures(corpus),
        "images": _images(corpus),
        "identical_pairs": _pairs(corpus),
        "near_duplicates": _near_duplicates(corpus),
        "retakes": _retakes(corpus),
        "without_embedding": [
            corpus.roster.images[i].name for i in corpus.roster.without_embedding
        ],
        "synthetic": _synthetic(corpus),
        "name_collisions": [
            {"how": c.how, "paths": list(c.paths)}
            for c in sorted(corpus.collisions, key=lambda c: c.paths)
        ],
        "prefix_is_not_label": [
            image.name for image in corpus.roster.images if number_of(image.name)[0] != image.grade
        ],
        "v2": _v2(corpus),
        "stored_lying": sorted(corpus.roster.images[i].name for i in corpus.lying),
    }
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=True) + "\n"


def _images(corpus: Corpus) -> Json:
    return {
        image.name: {
            "grade": image.grade,
            "boxes": image.boxes,
            "circles": image.circles,
            "subject": image.subject,
            "subject_split": image.part,
            "test_folds": list(image.test_folds),
            "width": corpus.studio.frames[number][0],
            "height": corpus.studio.frames[number][1],
        }
        for number, image in enumerate(corpus.roster.images)
    }


def _pairs(corpus: Corpus) -> list[Json]:
    images = corpus.roster.images
    return [
        {
            "names": [images[pair.first].name, images[pair.second].name],
            "grades": [images[pair.first].grade, images[pair.second].grade],
            "boxes": [images[pair.first].boxes, images[pair.second].boxes],
            "circles": [images[pair.first].circles, images[pair.second].circles],
            "subject": images[pair.first].subject,
            "echo": pair.circles in ("echo", "faint"),
        }
        for pair in corpus.roster.pairs
    ]


def _near_duplicates(corpus: Corpus) -> list[Json]:
    images = corpus.roster.images
    return [
        {
            "name": images[copy.image].name,
            "original": images[copy.original].name,
            "kind": copy.kind,
            "setting": variants.setting(copy.kind, copy.ordinal),
            "quality": variants.quality(copy.kind, copy.ordinal),
            "subject": images[copy.image].subject,
        }
        for copy in sorted(corpus.roster.copies, key=lambda c: (c.kind, c.ordinal))
    ]


def _retakes(corpus: Corpus) -> list[Json]:
    images = corpus.roster.images
    return [
        {
            "name": images[retake.image].name,
            "original": images[retake.original].name,
            "grades": [images[retake.image].grade, images[retake.original].grade],
            "subject": images[retake.image].subject,
        }
        for retake in corpus.roster.retakes
    ]


def _synthetic(corpus: Corpus) -> Json:
    images = corpus.roster.images
    return {
        f"ACNEDIT/{edit.folder}/{edit.name}": {
            "parent": images[edit.parent].name,
            "parent_grade": images[edit.parent].grade,
            "subject": images[edit.parent].subject,
            "lesions_added": len(edit.lesions),
            "quality": edit.quality,
        }
        for edit in corpus.synthetic
    }


def _v2(corpus: Corpus) -> Json:
    images = corpus.roster.images
    return {
        "broken": {"name": BROKEN_NAME, "circles": corpus.figures.broken, "factor": 100},
        "crossing": {images[i].name: many for i, many in sorted(corpus.studio.crossing.items())},
    }


def _figures(corpus: Corpus) -> Json:
    """Totals of the plan itself, so that they also hold for small and unusual corpora."""
    images, pairs = corpus.roster.images, corpus.roster.pairs
    twins = [(images[pair.first], images[pair.second]) for pair in pairs]
    known = [image for image in images if image.circles is not None]
    circles = sorted(image.circles for image in images if image.circles is not None)
    subjects: dict[str, list[int]] = {}
    for image in images:
        subjects.setdefault(image.subject, []).append(image.grade)
    return {
        "real": len(images),
        "synthetic": _counts(edit.folder for edit in corpus.synthetic),
        "by_label": _counts(image.grade for image in images),
        "by_prefix": _counts(number_of(image.name)[0] for image in images),
        "prefix_to_label": _counts(
            f"{number_of(image.name)[0]}->{image.grade}"
            for image in images
            if number_of(image.name)[0] != image.grade
        ),
        "boxes": sum(image.boxes for image in images),
        "identical_pairs": len(pairs),
        "pairs_with_other_grade": sum(a.grade != b.grade for a, b in twins),
        "pairs_with_other_count": sum(a.boxes != b.boxes for a, b in twins),
        "pairs_straddling_fold": [
            sum((fold in a.test_folds) != (fold in b.test_folds) for a, b in twins)
            for fold in range(FOLDS)
        ],
        "fold_test": [sum(fold in image.test_folds for image in images) for fold in range(FOLDS)],
        "subjects": len(subjects),
        "subject_sizes": _counts(len(grades) for grades in subjects.values()),
        "subjects_with_several_grades": sum(len(set(g)) > 1 for g in subjects.values()),
        "subjects_by_label": _counts(g for grades in subjects.values() for g in set(grades)),
        "most_of_subject_by_label": [
            max(grades.count(grade) for grades in subjects.values()) for grade in range(4)
        ],
        "subject_split": _counts(image.part for image in images),
        "portraits": sum(image.size == PORTRAIT for image in images),
        "other_sizes": len({image.size for image in images} - {PORTRAIT}),
        "v2_images": len(known),
        "v2_by_label": _counts(image.grade for image in known),
        "v2_by_prefix": _counts(number_of(image.name)[0] for image in known),
        "v2_circles": sum(circles),
        "v2_circles_least": circles[0],
        "v2_circles_median": circles[len(circles) // 2],
        "v2_circles_largest": circles[-1],
        "v2_broken": corpus.figures.broken,
        "v2_crossing_circles": sum(corpus.studio.crossing.values()),
        "v2_crossing_images": len(corpus.studio.crossing),
        "v2_echo_pairs": sum(p.circles in ("echo", "faint") for p in pairs),
        "v2_sizes": len({image.size for image in known}),
        "near_duplicates": _counts(copy.kind for copy in corpus.roster.copies),
        "retakes": len(corpus.roster.retakes),
        "without_embedding": _counts(images[i].grade for i in corpus.roster.without_embedding),
        "name_collisions": _counts(collision.how for collision in corpus.collisions),
    }


def _counts(values: Iterable[int | str]) -> dict[str, int]:
    return {str(value): number for value, number in Counter(values).items()}
