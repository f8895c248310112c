"""Trees of files that change, and what they were at an instant: every name, with everything a restore must give back."""

import os
import pathlib
import random
import shutil
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "Fixtures"))
from tree import differences, record  # noqa: E402, F401

#: So few different contents that what a prune deletes is soon wanted again: that is where a careless one loses data.
CONTENTS = 24


def content(number):
    """The bytes of that number, the same in every run: some compress, some do not, from 0 bytes to 1.5 MB."""
    dice = random.Random(number)
    size = dice.choice([0, 1, 90, 3000, 40_000, 300_000, 700_000, 1_500_000])
    if number % 2:
        return dice.randbytes(size)
    line = dice.randbytes(30).hex().encode() + b"\n"
    return (line * (size // len(line) + 1))[:size]


class Tree:
    """A folder somebody works in."""

    def __init__(self, folder, dice):
        self.folder, self.dice = folder, dice
        os.makedirs(folder)
        for _ in range(25):
            self._write()

    def change(self):
        """A bit of somebody's work."""
        for _ in range(self.dice.randint(1, 6)):
            act = self.dice.choices(
                [self._write, self._patch, self._remove, self._rename, self._link, self._touch], [8, 3, 4, 2, 2, 1]
            )[0]
            act()

    def _files(self):
        return [
            os.path.join(above, name)
            for above, _, files in os.walk(self.folder)
            for name in sorted(files)
            if not os.path.islink(os.path.join(above, name))
        ]

    def _place(self):
        folder = os.path.join(self.folder, *self.dice.choices(["a", "b", "ünï", "d d"], k=self.dice.randint(0, 2)))
        os.makedirs(folder, exist_ok=True)
        return os.path.join(folder, f"f{self.dice.randrange(40)}")

    def _write(self):
        place = self._place()
        if os.path.lexists(place):
            os.unlink(place)
        with open(place, "wb") as file:
            for _ in range(self.dice.choice([1, 1, 1, 2, 3])):
                file.write(content(self.dice.randrange(CONTENTS)))

    def _patch(self):
        """Some bytes in the middle, the size stays."""
        if files := self._files():
            with open(self.dice.choice(files), "r+b") as file:
                if size := file.seek(0, os.SEEK_END):
                    file.seek(self.dice.randrange(size))
                    file.write(self.dice.randbytes(1))

    def _remove(self):
        if files := self._files():
            os.unlink(self.dice.choice(files))
        if self.dice.random() < 0.1:
            folders = sorted(entry.path for entry in os.scandir(self.folder) if entry.is_dir(follow_symlinks=False))
            if folders:
                shutil.rmtree(self.dice.choice(folders))

    def _rename(self):
        if files := self._files():
            os.replace(self.dice.choice(files), self._place())

    def _link(self):
        place = self._place()
        files = self._files()
        if os.path.lexists(place) or not files:
            return
        if self.dice.random() < 0.5:
            os.symlink(os.path.basename(self.dice.choice(files)), place)
        else:
            os.link(self.dice.choice(files), place)

    def _touch(self):
        if files := self._files():
            file = self.dice.choice(files)
            os.chmod(file, self.dice.choice([0o600, 0o644, 0o755, 0o4755]))
            instant = self.dice.randrange(10**18)
            os.utime(file, ns=(instant, instant))
