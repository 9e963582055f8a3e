"""The formats that there are."""

from __future__ import annotations

from acne04.export import (
    circles_json,
    coco,
    imagefolder,
    ldl,
    parquet,
    plain_tables,
    voc_devkit,
    webdataset,
    yolo,
)
from acne04.export.planned import ExportFormat
from acne04.export.selection import lacks_count, lacks_grade, lacks_lesions, lacks_nothing

FORMATS = {
    "imagefolder": ExportFormat(
        "class folders and typed columns: torchvision, Hugging Face",
        imagefolder.files,
        imagefolder.place,
        lacks_grade,
        loading="""\
from datasets import load_dataset

parts = load_dataset("imagefolder", data_dir="exported")
train, test = parts["train"], parts["test"]""",
        folders=imagefolder.folders,
        notes="torchvision reads a part by its class folders: "
        '`torchvision.datasets.ImageFolder("exported/train")`; a class is the grade. A class '
        "folder may be empty, which torchvision refuses unless `allow_empty=True`: otherwise the "
        "next grade would silently become this one.",
    ),
    "parquet": ExportFormat(
        "images inside, typed columns: Hugging Face, pandas, polars",
        parquet.files,
        parquet.place,
        lacks_nothing,
        loading="""\
from datasets import load_dataset

parts = load_dataset("parquet", data_dir="exported")
train, test = parts["train"], parts["test"]""",
        holds="shards",
    ),
    "webdataset": ExportFormat(
        "tar files to be read one after the other: webdataset, PyTorch",
        webdataset.files,
        webdataset.place,
        lacks_nothing,
        loading="""\
import glob

import webdataset

shards = sorted(glob.glob("exported/train-*.tar"))
train = webdataset.WebDataset(shards, shardshuffle=False)
train = train.decode("pil").to_tuple("jpg;png", "cls", "json")""",
        holds="shards",
        notes="`cls` is the grade, `json` all that is known of the image, with boxes and circles.",
    ),
    "coco": ExportFormat(
        "boxes in one JSON file a part: pycocotools, torchvision, Datumaro and most detectors",
        coco.files,
        coco.place,
        lacks_lesions,
        loading="""\
from pycocotools.coco import COCO

train = COCO("exported/annotations/instances_train.json")
boxes = train.loadAnns(train.getAnnIds(imgIds=train.getImgIds()[:1]))""",
        lesions=("boxes", "circles"),
        may_keep=True,
        tabled=None,
        notes="The images of a part are in `images/train` and so on. A box that was a circle has "
        "it beside it, as `circle`.",
    ),
    "yolo": ExportFormat(
        "boxes as shares of width and height: ultralytics, Datumaro",
        yolo.files,
        yolo.place,
        lacks_lesions,
        loading="""\
from ultralytics import YOLO

YOLO("yolo11n.pt").train(data="exported/data.yaml")""",
        folders=yolo.folders,
        lesions=("boxes", "circles"),
        may_keep=True,
        tabled=None,
        notes="`data.yaml` has no `path`: the parts are looked for beside it, wherever the folder "
        "is. Where the variant has no val part, `val` is the training part, so that no model is "
        'chosen by the test part; judge with `split="test"`.',
    ),
    "voc": ExportFormat(
        "boxes in one XML file an image: torchvision, Datumaro, CVAT",
        voc_devkit.files,
        voc_devkit.place,
        lacks_lesions,
        loading="""\
from torchvision.datasets import VOCDetection

train = VOCDetection("exported", year="2007", image_set="train")""",
        lesions=("boxes", "circles"),
        may_keep=True,
        tabled=None,
        notes="Numbers are those of ACNE04's own XML files. torchvision looks for `.jpg` only, and "
        'wants `year="2007-test"` for the test part.',
    ),
    "v2": ExportFormat(
        "circles in the form of the Acne04-v2 file, with the recorded repairs",
        circles_json.files,
        circles_json.place,
        lacks_lesions,
        loading="""\
import json

with open("exported/train/Acne04-v2_annotations.json") as file:
    labels = json.load(file)
for image in labels["images"]:
    circles = [one for one in labels["annotations"] if one["image_id"] == image["id"]]""",
        lesions=("circles",),
        may_keep=True,
        tabled=None,
        notes="Numbers are whole pixels of the images in `train/images` and so on. With "
        "`--variant paper`, which has no parts, it is one file of every annotated image.",
    ),
    "ldl": ExportFormat(
        "label lines and JPEGImages, as the code of ACNE04's paper reads them",
        ldl.files,
        ldl.place,
        lacks_count,
        loading="""\
with open("exported/NNEW_trainval_0.txt") as file:
    train = [line.split() for line in file]
files = [f"exported/JPEGImages/{name}" for name, grade, count in train]""",
        is_of_all_folds=True,
        notes="Synthetic images are not in it: nobody counted their lesions, and a line needs the "
        "count. Where the variant has no folds, its one is number 0; a val part is `NNEW_val_0`.",
    ),
    "csv": ExportFormat(
        "one table a part that leads to the images where they lie: pandas, anything",
        plain_tables.files,
        plain_tables.place,
        lacks_nothing,
        loading="""\
import pandas

train = pandas.read_csv("exported/train.csv")
files = [f"exported/{file}" for file in train["file"]]  # or absolute, as asked for""",
        tabled=("boxes", "circles"),
        holds="nothing",
        notes="Images are not copied: those whose `orientation` is not 1 are stored on their side, "
        "and boxes are of the upright image (`PIL.ImageOps.exif_transpose`).",
    ),
}
