"""Machines that share one vault: each with a name, a cache and a key file of its own, as far as one machine can play several."""

import json
import os
import pathlib
import subprocess

ENVIRONMENT = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}


class Host:
    """Where the program runs: a project folder, a home, and a name that only root can give to some of its own processes."""

    def __init__(self, root, name, reprise, environment):
        self.name, self.reprise = name, reprise
        self.folder = pathlib.Path(root) / name
        self.project = self.folder / "project"
        for folder in (self.project, self.folder / "home", self.folder / "t", self.folder / "out"):
            folder.mkdir(parents=True)
        self.folder.chmod(0o755)
        (self.folder / "t").chmod(0o1777)
        self.environment = {
            **ENVIRONMENT,
            **environment,
            "HOME": str(self.folder / "home"),
            "TMPDIR": str(self.folder / "t"),
            "REPRISE_CACHE": str(self.folder / "home/cache"),
        }
        self._spoken = 0

    def start(self, *arguments):
        """A running `reprise`, whose process id is that of the program itself."""
        self._spoken += 1
        output = self.folder / f"said-{self._spoken}"
        words = [self.reprise, *map(str, arguments), "--json"]
        if os.geteuid() == 0:
            words = ["unshare", "--uts", "sh", "-c", f'echo {self.name} >/proc/sys/kernel/hostname; exec "$0" "$@"', *words]
        with open(output, "wb") as said:
            child = subprocess.Popen(
                words, cwd=self.project, env=self.environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said
            )
        return Run(child, arguments, output)

    def run(self, *arguments):
        """Runs to the end; what was said, where it was said with exit status 0."""
        return self.start(*arguments).wait().checked()


class Run:
    """One run of the program and what it said."""

    def __init__(self, child, arguments, output):
        self.child, self.arguments, self._output = child, arguments, output

    @property
    def status(self):
        """The exit status, negative for a signal; None while it runs."""
        return self.child.poll()

    @property
    def said(self):
        return self._output.read_text(errors="replace")

    @property
    def result(self):
        """The last line of what it said."""
        return json.loads(self.said.splitlines()[-1])

    def send(self, signal):
        if self.child.poll() is None:
            self.child.send_signal(signal)

    def wait(self, seconds=300):
        try:
            self.child.wait(seconds)
        except subprocess.TimeoutExpired:
            raise Wrong(f"{self} has not ended after {seconds} s") from None
        return self

    def checked(self):
        if self.status != 0:
            raise Wrong(f"{self} ended with {self.status}:\n{self.said[-3000:]}")
        return self.result

    def forget(self):
        """What it said is of no more use."""
        self._output.unlink(missing_ok=True)

    def __str__(self):
        return "reprise " + " ".join(map(str, self.arguments))


class Wrong(Exception):
    """Something that must hold does not."""
