"""Runs a command and says what it took: seconds, processor seconds, memory."""

import dataclasses
import os
import pathlib
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
    return Cost(seconds, cpu, min(watch.cpu, cpu), watch.peak or usage.ru_maxrss * 1024, usage.ru_maxrss * 1024)


class _Watch(threading.Thread):
    """Reads a process's own counters every 20 ms; the last reading before its end stands."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.cpu, self.peak = pid, 0.0, 0
        self._over = threading.Event()

    def run(self):
        while not self._over.wait(0.02):
            try:
                fields = pathlib.Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
                self.cpu = (int(fields[11]) + int(fields[12])) / TICKS
                for line in pathlib.Path(f"/proc/{self.pid}/status").read_text().splitlines():
                    if line.startswith("VmHWM:"):
                        self.peak = int(line.split()[1]) * 1024
            except (FileNotFoundError, ProcessLookupError, IndexError):
                return

    def stop(self):
        self._over.set()
        self.join()


def folder_bytes(folder):
    return sum(entry.stat().st_size for entry in pathlib.Path(folder).rglob("*") if entry.is_file())
