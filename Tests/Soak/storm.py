"""Backups, prunes, checks and restores at once, in random order, some of them killed and some put to sleep; and what must hold
whenever they have all ended."""

import collections
import os
import shutil
import signal
import time

import trees
from hosts import Wrong

#: Exit status of a run that a prune has overtaken: the same command works again.
BUSY = 75
#: Exit status where something that was named is not there.
USAGE = 64
#: Exit status of a restore into a folder that holds something.
CANNOT_WRITE = 73
#: What runs how often.
WEIGHTS = {"backup": 40, "prune": 16, "restore": 14, "check": 12, "pin": 3, "drill": 2}


class Asset:
    """Something that is backed up on one host, and what it was whenever a backup of it began."""

    def __init__(self, name, host, source):
        self.name, self.host, self.source = name, host, source
        #: What it was, by the tag of the backups that saw it so.
        self.states = {}
        self.backups = 0
        self.changed = True

    @property
    def is_database(self):
        return not isinstance(self.source, trees.Tree)

    def freeze(self):
        """The tag of its present state. Nothing changes it while a backup of it runs, so that what was read is known."""
        if self.changed:
            self.changed = False
            self.states[f"{self.name}-{len(self.states)}"] = (
                self.source.record() if self.is_database else trees.record(self.source.folder)
            )
        return f"{self.name}-{len(self.states) - 1}"

    def change(self):
        if self.backups == 0:
            self.changed = True
            self.source.change()


class Job:
    """A run under way, what will befall it, and what is to be done when it ends."""

    def __init__(self, kind, run, ended):
        self.kind, self.run, self.ended = kind, run, ended
        self.began = time.monotonic()
        self.sleeps_at = self.wakes_at = self.dies_at = None
        self.is_asleep = self.was_killed = False


class Storm:
    def __init__(self, hosts, assets, vault, dice, say):
        self.hosts, self.assets, self.vault, self.dice, self.say = hosts, assets, vault, dice, say
        self.jobs = []
        self.counts = collections.Counter()
        #: Seconds that a run of each kind took, to know when to strike.
        self.usual = collections.defaultdict(lambda: 0.5)
        #: By asset, the `instant` of the newest backup that succeeded.
        self.newest = {}
        self.pinned = {}
        self.snapshots = []
        self._made = 0

    # A round

    def round(self, seconds, at_once):
        """Lets things happen for a while, then sees what is left: with nobody at work but those who sleep through it."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._look()
            for asset in self.assets:
                if self.dice.random() < 0.05:
                    asset.change()
            if sum(not job.is_asleep for job in self.jobs) < at_once:
                self._begin()
            time.sleep(0.01)
        while any(not job.is_asleep or job.wakes_at is not None for job in self.jobs):
            self._look(patience=300)
            time.sleep(0.01)
        self.prove()

    def finish(self):
        """Wakes who still sleeps. Then a prune must leave nothing behind, and what is listed must still be whole."""
        for job in self.jobs:
            job.wakes_at = 0
        while self.jobs:
            self._look(patience=300)
            time.sleep(0.01)
        keeper = self.hosts[0]
        for host in self.hosts:
            keeper = host
            keeper.run("prune", "--stale-after", 0)
        report = keeper.run("prune", "--stale-after", 0)
        if report["left_for_later"] or report["damaged"] or report["waiting_for"]:
            raise Wrong(f"a prune with nobody at work leaves something: {report}")
        for folder in ("sessions", "condemned", "awaited", "tmp"):
            if left := list((self.vault / folder).glob("*")):
                raise Wrong(f"left over in {folder}: {[path.name for path in left]}")
        if unlisted := self.prove()["unlisted_packs"]:
            raise Wrong(f"{unlisted} packs that no index names are left over")

    def stop(self):
        for job in self.jobs:
            job.run.send(signal.SIGKILL)
            job.run.send(signal.SIGCONT)
            job.run.wait()
        self.jobs = []

    # What happens

    def _look(self, patience=None):
        now = time.monotonic()
        for job in list(self.jobs):
            if job.run.status is not None:
                self.jobs.remove(job)
                self._end(job)
            elif job.is_asleep:
                if job.wakes_at is not None and now >= job.wakes_at:
                    job.is_asleep = False
                    job.began = now
                    job.run.send(signal.SIGCONT)
            elif job.dies_at is not None and now >= job.dies_at:
                job.was_killed = True
                job.run.send(signal.SIGKILL)
            elif job.sleeps_at is not None and now >= job.sleeps_at:
                job.sleeps_at, job.is_asleep = None, True
                job.run.send(signal.SIGSTOP)
                self.counts[job.kind + " put to sleep"] += 1
            elif patience is not None and now - job.began > patience:
                raise Wrong(f"{job.run} hangs")

    def _end(self, job):
        if job.was_killed and job.run.status == -signal.SIGKILL:
            self.counts[job.kind + " killed"] += 1
        else:
            seconds = time.monotonic() - job.began
            self.usual[job.kind] += (min(seconds, 20) - self.usual[job.kind]) / 4
            self.counts[f"{job.kind} {'done' if job.run.status == 0 else job.run.status}"] += 1
        job.ended(job.run.status)
        job.run.forget()

    def _begin(self):
        kinds = [kind for kind in WEIGHTS if kind != "drill" or any(asset.is_database for asset in self.assets)]
        kind = self.dice.choices(kinds, [WEIGHTS[kind] for kind in kinds])[0]
        job = getattr(self, "_" + kind)(self.dice.choice(self.hosts))
        if job is None:
            return
        moment = job.began + self.dice.random() * self.usual[kind] * 1.2
        fate = self.dice.random()
        if fate < 0.3:
            job.dies_at = moment
        elif fate < 0.5:
            job.sleeps_at = moment
            # Some sleep until somebody wakes them, rounds later.
            job.wakes_at = None if self.dice.random() < 0.15 and self._sleepers() < 2 else moment + self.dice.random() * 4
            if self.dice.random() < 0.2:
                job.dies_at = moment
        self.jobs.append(job)
        for sleeper in self.jobs:
            if sleeper.is_asleep and sleeper.wakes_at is None and self.dice.random() < 0.02:
                sleeper.wakes_at = 0

    def _sleepers(self):
        return sum(job.sleeps_at is not None or job.is_asleep for job in self.jobs if job.wakes_at is None)

    def _backup(self, _):
        asset = self.dice.choice(self.assets)
        tag = asset.freeze()
        asset.backups += 1
        run = asset.host.start("backup", asset.name, "--tag", tag)

        def ended(status):
            asset.backups -= 1
            if status == 0:
                instant = run.result["instant"]
                self.newest[asset.name] = max(self.newest.get(asset.name, ""), instant)
            elif status not in (BUSY, -signal.SIGKILL):
                run.checked()

        return Job("backup", run, ended)

    def _prune(self, host):
        words = ["prune"]
        if self.dice.random() < 0.5:
            # Takes everybody for dead, those who are at work too.
            words += ["--stale-after", 0]
        if self.dice.random() < 0.3:
            words += ["--unused", 1]
        named = self.dice.random() < 0.4 and self.snapshots
        if named:
            words += ["--forget", self.dice.choice(self.snapshots)["id"]]
        run = host.start(*words)

        def ended(status):
            if status == 0:
                self.counts["packs deleted"] += run.result["deleted"]["packs"]
                self.counts["snapshots let go"] += len(run.result["forget"])
                self.counts["sessions ended"] += run.result["sessions_ended"]
            elif status not in (BUSY, -signal.SIGKILL) and not (named and status == USAGE):
                run.checked()

        return Job("prune", run, ended)

    def _check(self, host):
        words = self.dice.choice([[], ["--read-data", "all"], ["--read-data", "30%"]])
        run = host.start("check", *words)
        return Job("check", run, lambda status: None if status == -signal.SIGKILL else run.checked())

    def _pin(self, host):
        if not self.snapshots:
            return None
        snapshot = self.dice.choice(self.snapshots)
        # A prune that is at work has decided already.
        is_certain = all(job.kind != "prune" for job in self.jobs)
        run = host.start("pin", snapshot["id"])

        def ended(status):
            if status == 0:
                if is_certain and all(job.kind != "prune" for job in self.jobs):
                    self.pinned[snapshot["id"]] = True
            elif status not in (USAGE, -signal.SIGKILL):
                run.checked()

        # So many would keep everything.
        return Job("pin", run, ended) if len(self.pinned) < 3 else None

    def _restore(self, host, snapshot=None, folder=None):
        files = [item for item in self.snapshots if not self._asset(item).is_database]
        if not files and snapshot is None:
            return None
        snapshot = snapshot or self.dice.choice(files)
        goes_on, folder = folder is not None, folder or self._new_folder(host)
        run = host.start("restore", snapshot["asset"], "--snapshot", snapshot["id"], "--to", folder)

        def ended(status):
            if status == 0:
                self._compare(snapshot, trees.record(folder), run)
            elif status == CANNOT_WRITE and goes_on:
                # The one before was killed when it had done everything, but for the folder's own time maybe.
                self._compare(snapshot, trees.record(folder), run, but=".")
            elif status == -signal.SIGKILL and self.dice.random() < 0.5:
                # Goes on where it was.
                self.jobs.append(self._restore(host, snapshot, folder))
                return
            elif status != -signal.SIGKILL and snapshot["id"] in {item["id"] for item in self._listed(host)}:
                run.checked()
            shutil.rmtree(folder, ignore_errors=True)

        return Job("restore", run, ended)

    def _drill(self, _):
        database = next(asset for asset in self.assets if asset.is_database)
        if database.name not in self.newest:
            return None
        run = database.host.start("drill", database.name)
        # What it rehearses may be let go while it sleeps.
        return Job("drill", run, lambda status: None if status in (BUSY, -signal.SIGKILL) else run.checked())

    # What must hold

    def prove(self):
        """Every snapshot that is listed restores to what its source was; a check finds nothing; what must be kept is there.
        Returns what the check said."""
        host = self.dice.choice(self.hosts)
        checked = host.run("check", "--read-data", "all")
        if checked["problems"]:
            raise Wrong(f"check: {checked}")
        self.snapshots = self._listed(host)
        listed = {item["id"] for item in self.snapshots}
        for asset, instant in self.newest.items():
            if not any(item["asset"] == asset and item["instant"] >= instant for item in self.snapshots):
                raise Wrong(f"the newest backup of {asset}, of {instant}, is not listed")
        if gone := self.pinned.keys() - listed:
            raise Wrong(f"pinned and gone: {gone}")
        for item in self.snapshots:
            if self._asset(item).is_database:
                found = self._restored_database(item)
            else:
                folder = self._new_folder(host)
                host.run("restore", item["asset"], "--snapshot", item["id"], "--to", folder)
                found = trees.record(folder)
                shutil.rmtree(folder)
            self._compare(item, found, f"restore of {item['id']}")
        return checked

    def _restored_database(self, item):
        asset = self._asset(item)
        name = f"restored_{self._number()}"
        asset.host.run("restore", asset.name, "--snapshot", item["id"], "--to", asset.source.empty(name))
        found = asset.source.record(name)
        asset.source.server.psql("postgres", f"DROP DATABASE {name}")
        return found

    def _compare(self, snapshot, found, what, but=None):
        wanted = self._asset(snapshot).states[snapshot["tags"][0]]
        if but:
            wanted, found = ({path: facts for path, facts in one.items() if path != but} for one in (wanted, found))
        if words := trees.differences(wanted, found):
            raise Wrong(f"{what}: not what {snapshot['asset']} was at {snapshot['tags'][0]}:\n" + "\n".join(words[:20]))
        self.counts["snapshots restored and equal"] += 1

    def _listed(self, host):
        # What the program tags itself comes behind what it was told.
        return host.run("snapshots")

    def _asset(self, snapshot):
        return next(asset for asset in self.assets if asset.name == snapshot["asset"])

    def _new_folder(self, host):
        return host.folder / "out" / str(self._number())

    def _number(self):
        self._made += 1
        return self._made
