#!/bin/sh
# What the README tells somebody who has never seen this, from the clone to an epoch of training on
# a split that does not leak, in a home without settings or caches. Prints the seconds of each step.
# Python packages come from where pip of this machine looks (PIP_* variables, the system's pip.conf).
#
# Usage: [TORCH=torch==VERSION] tests/newcomer.sh REPOSITORY EMPTY_FOLDER
set -eu

repository=$1
place=$2
began=$(date +%s)

mkdir -p "$place/home"
HOME=$place/home
export HOME
unset XDG_CACHE_HOME XDG_CONFIG_HOME XDG_DATA_HOME VIRTUAL_ENV PYTHONPATH PYTHONHOME

step() {
	before=$(date +%s)
	echo "\$ $1"
	eval "$1"
	echo "# $(($(date +%s) - before)) s"
}

cd "$place"
step "git clone --quiet '$repository' acne04"
cd acne04
step "make run"
step ". .venv/bin/activate"
step "pip install --quiet ${TORCH:-torch}"
step "python examples/train.py"
echo "# all of it: $(($(date +%s) - began)) s"
