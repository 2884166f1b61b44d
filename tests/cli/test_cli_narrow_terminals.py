"""In a terminal of any width, every number that is shown is whole."""

import os
import pty
import re
import subprocess
import sys

import pytest

NUMBERS = ["0.0957", "0.8536 e", "90.9%", "45.2%", "616", "15,647", "22,652 u", "27.93", "81.29"]
COMMAND = [sys.executable, "-m", "nodecalc", "die", "10x10", "-n", "tsmc-n5", "-n", "smic-n+3"]


def shown(columns, environment):
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        COMMAND,
        stdout=follower,
        stdin=subprocess.DEVNULL,
        env={**environment, "COLUMNS": str(columns), "LINES": "40", "TERM": "xterm"},
    )
    os.close(follower)
    text = b""
    while True:
        try:
            chunk = os.read(leader, 65536)
        except OSError:
            break
        if not chunk:
            break
        text += chunk
    os.close(leader)
    assert process.wait() == 0
    return re.sub(r"\x1b\[[0-9;]*m", "", text.decode())


@pytest.mark.parametrize("columns", [30, 45, 60, 66, 69, 72, 80, 93, 100, 110, 140])
def test_no_digit_is_cut_off(columns, child_environment):
    text = shown(columns, child_environment)
    for number in NUMBERS:
        assert number in text, f"{number} at {columns} columns"
    left_out = "".join(re.findall(r"left out for want of width: ([^(]*)", text))
    assert ("21.01-36.34" in text) is not ("P10-P90" in left_out)
