"""Runs a command and says what it took: seconds, processor seconds, memory."""

import dataclasses
import os
import pathlib
import resource
import subprocess
import threading
import time

TICKS = os.sysconf("SC_CLK_TCK")


@dataclasses.dataclass
class Cost:
    seconds: float
    #: Of the command and all it started.
    cpu_seconds: float
    #: Of the command's own process alone: its helpers (pg_dump for the schema, say) not counted.
    own_cpu_seconds: float
    #: Peak resident bytes of the command's own process.
    own_peak: int
    #: Peak resident bytes of the largest process among all it started.
    largest_peak: int


class Failed(Exception):
    pass


def run(command, *, log, environment=None, cwd=None, stdout=subprocess.DEVNULL, statuses=(0,)):
    """The cost of `command` (a list). Raises Failed with the end of what it said when it exits with none of `statuses`."""
    # What the command before it has written is not this one's business.
    os.sync()
    # Until it becomes another program a child counts the memory of this one as its own.
    inherited = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with open(log, "wb") as said:
        started = time.monotonic()
        child = subprocess.Popen(
            command, stdout=stdout, stderr=said, stdin=subprocess.DEVNULL, cwd=cwd, env={**os.environ, **(environment or {})}
        )
        watch = _Watch(child.pid)
        watch.start()
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.monotonic() - started
        watch.stop()
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in statuses:
        tail = pathlib.Path(log).read_bytes()[-2000:].decode(errors="replace")
        raise Failed(f"{' '.join(map(str, command))}\nexit status {child.returncode}\n{tail}")
    cpu = usage.ru_utime + usage.ru_stime
    seen = max(watch.peaks.values(), default=0)
    largest = usage.ru_maxrss * 1024 if usage.ru_maxrss > inherited else seen
    return Cost(seconds, cpu, min(watch.cpu, cpu), watch.peaks.get(child.pid, largest), largest)


class _Watch(threading.Thread):
    """Reads the counters of a process and of those below it every 20 ms; of each the last reading before its end stands."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        #: Peak resident bytes by process.
        self.pid, self.cpu, self.peaks = pid, 0.0, {}
        self._over = threading.Event()

    def run(self):
        while not self._over.wait(0.02):
            try:
                fields = pathlib.Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
                self.cpu = (int(fields[11]) + int(fields[12])) / TICKS
            except (FileNotFoundError, ProcessLookupError, IndexError):
                return
            self.look(self.pid)

    def look(self, pid):
        """Notes the peaks of a process and of all below it."""
        try:
            for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
                if line.startswith("VmHWM:"):
                    self.peaks[pid] = int(line.split()[1]) * 1024
            children = [child for file in pathlib.Path(f"/proc/{pid}/task").glob("*/children") for child in file.read_text().split()]
        except (FileNotFoundError, ProcessLookupError, IndexError):
            return
        for child in children:
            self.look(int(child))

    def stop(self):
        self._over.set()
        self.join()


def folder_bytes(folder):
    return sum(entry.stat().st_size for entry in pathlib.Path(folder).rglob("*") if entry.is_file())
