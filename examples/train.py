"""Train a small network for one epoch on a split that does not leak, and score it by grade.

Run it in the checkout, where PyTorch is installed (`pip install torch`):

    python examples/train.py

The loop is a whole one, the network is a toy, which one epoch on these small pictures leaves near
chance: put your own model and transforms in.
"""

import torch
from torch import nn
from torch.utils.data import DataLoader, WeightedRandomSampler

import acne04

GRADES = ("mild", "moderate", "severe", "very severe")
SIDE = 64  # pixels of the square that the network sees
BATCH = 32
RATE = 0.003


def to_tensor(image):
    """Make numbers of an upright photograph: 3 x SIDE x SIDE, from -0.5 to 0.5."""
    pixels = torch.frombuffer(bytearray(image.resize((SIDE, SIDE)).tobytes()), dtype=torch.uint8)
    return pixels.reshape(SIDE, SIDE, 3).permute(2, 0, 1) / 255 - 0.5


def small_network():
    """Three convolutions, and a mean over the picture."""
    return nn.Sequential(
        *(nn.Conv2d(3, 16, 3, stride=2, padding=1), nn.BatchNorm2d(16), nn.ReLU()),
        *(nn.Conv2d(16, 32, 3, stride=2, padding=1), nn.BatchNorm2d(32), nn.ReLU()),
        *(nn.Conv2d(32, 64, 3, stride=2, padding=1), nn.BatchNorm2d(64), nn.ReLU()),
        *(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, len(GRADES))),
    )


def train_epoch(network, images):
    """Show the network as many images as an epoch has, each as often as its weight says."""
    sampler = WeightedRandomSampler(images.weights, round(images.weights.sum().item()))
    optimizer = torch.optim.Adam(network.parameters(), RATE)
    network.train()
    total = 0.0
    for pixels, grades in DataLoader(images, BATCH, sampler=sampler):
        loss = nn.functional.cross_entropy(network(pixels), grades)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(grades)
    return total / len(sampler)


@torch.no_grad()
def score(network, images):
    """Give of each grade how many images there are, and how many were graded right."""
    network.eval()
    right, there = torch.zeros(len(GRADES)), torch.zeros(len(GRADES))
    for pixels, grades in DataLoader(images, BATCH):
        hits = network(pixels).argmax(1) == grades
        right += torch.bincount(grades[hits], minlength=len(GRADES))
        there += torch.bincount(grades, minlength=len(GRADES))
    return right, there


def main():
    """Load, train, score."""
    torch.manual_seed(0)
    torch.use_deterministic_algorithms(True)
    torch.set_num_threads(2)

    train = acne04.load("holdout", "train").to_torch(to_tensor)
    val = acne04.load("holdout", "val").to_torch(to_tensor)
    network = small_network()
    loss = train_epoch(network, train)
    right, there = score(network, val)

    print(f"trained on {len(train):,} images, loss {loss:.3f}")
    for name, hits, images in zip(GRADES, right, there, strict=True):
        print(f"{name:12} {hits:4.0f} of {images:4.0f} right")
    recalls = (right / there)[there > 0]
    chance = 1 / len(recalls)
    print(f"balanced accuracy {recalls.mean():.3f}, by chance {chance:.3f}, on {len(val):,} images")


if __name__ == "__main__":
    main()
