#!/usr/bin/env python3
"""Tests of read_vault.py on the golden vaults: what it brings back, what it says of damage and of wrong keys, where it writes."""

import contextlib
import fnmatch
import hashlib
import io
import json
import os
import pathlib
import re
import shutil
import sys
import tempfile
import unittest
from unittest import mock

import read_vault
from reprise_vault import files, sealing, snapshot as snapshots
from reprise_vault.keys import Keys
from reprise_vault.problem import Problem

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "Tests" / "Fixtures"))
import tree  # noqa: E402

VAULTS = pathlib.Path(__file__).resolve().parent.parent / "Tests" / "Fixtures" / "vaults"
GOLDEN = sorted(folder for folder in VAULTS.iterdir() if folder.name.startswith("v"))
SMALL = VAULTS / "v1-small-chunks"
WRITER_ONLY = VAULTS / "v1-standard-write-only"


def run(*arguments, recovery=None):
    """Exit status, what is said on standard output, and on standard error."""
    output, errors = io.StringIO(), io.StringIO()
    environment = {"REPRISE_RECOVERY_KEY": recovery} if recovery else {}
    with mock.patch.dict(os.environ, environment), contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
        if not recovery:
            os.environ.pop("REPRISE_RECOVERY_KEY", None)
        try:
            status = read_vault.main([str(argument) for argument in arguments])
        except SystemExit as end:
            status = end.code
    return status, output.getvalue(), errors.getvalue()


def recovery_key(golden):
    return (golden / "recovery-key").read_text()


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="reprise-read-vault-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def copy(self, golden=SMALL):
        """A vault that may be damaged."""
        shutil.copytree(golden / "vault", self.folder / "vault")
        return self.folder / "vault"


class Names(unittest.TestCase):
    def test_every_name_has_a_text_of_its_own(self):
        names = [b"plain", "\u00e9".encode(), b"\xff", b"\xc3", b"\xed\xa0\x80", "\ufffd".encode(), "\ufffdff".encode(), b"\x80A", "\ufffd\ufffd".encode()]
        texts = [files.escaped(name) for name in names]
        self.assertEqual(len(set(texts)), len(names))
        self.assertEqual([files.raw_name(text) for text in texts], names)

    def test_texts_that_no_name_has_are_refused(self):
        for text in ["\ufffd", "\ufffd4", "\ufffd41", "\ufffdFF", "\ufffdc3\ufffda9", "a\0"]:
            with self.subTest(text=text), self.assertRaises(ValueError):
                files.raw_name(text)


class GoldenVaults(Case):
    def test_there_are_some(self):
        self.assertGreaterEqual(len(GOLDEN), 2)

    def test_everything_unpacks_as_it_was_written(self):
        for golden in GOLDEN:
            if (golden / "tree.json").exists():
                continue  # what became of files is more than their bytes: `Trees` looks at that
            for expected in json.loads((golden / "expected.json").read_text())["snapshots"]:
                with self.subTest(golden=golden.name, snapshot=expected["id"]):
                    target = self.folder / golden.name / expected["id"]
                    status, _, said = run(golden / "vault", "unpack", expected["id"], target, recovery=recovery_key(golden))
                    self.assertEqual((status, said), (0, f"{len(expected['entries'])} entries unpacked into {target}\n"))
                    found = {str(file.relative_to(target)): hashlib.sha256(file.read_bytes()).hexdigest() for file in target.rglob("*") if file.is_file()}
                    self.assertEqual(found, {entry["path"]: entry["sha256"] for entry in expected["entries"]})

    def test_lists_say_what_is_there(self):
        for golden in GOLDEN:
            expected = json.loads((golden / "expected.json").read_text())
            with self.subTest(golden=golden.name):
                status, output, _ = run("--key", golden / "key", "--json", golden / "vault", "list")
                found = [json.loads(line) for line in output.splitlines()]
                keys = ("id", "asset", "kind", "tags", "facts")
                self.assertEqual(status, 0)
                self.assertEqual([{key: one[key] for key in keys} for one in found], [{key: one[key] for key in keys} for one in expected["snapshots"]])
                for one in expected["snapshots"]:
                    status, output, _ = run("--json", golden / "vault", "ls", one["id"], recovery=recovery_key(golden))
                    self.assertEqual(status, 0)
                    self.assertEqual([(line["path"], line["parts"]) for line in map(json.loads, output.splitlines())],
                                     [(entry["path"], entry["parts"]) for entry in one["entries"]])

    def test_records_are_as_they_were_written(self):
        for golden in GOLDEN:
            vault = read_vault.Vault(str(golden / "vault"), Keys.from_file(str(golden / "key")))
            found = [vault.record(name)[:2] for name in vault.names("records")]
            found = [record for record in found if record[0] != b"forgotten"]
            expected = json.loads((golden / "expected.json").read_text())["records"]
            self.assertEqual(found, [(one["kind"].encode(), one["body"].encode()) for one in expected])

    def test_all_of_it_verifies_with_every_key(self):
        for golden in GOLDEN:
            for arguments, recovery in ((("--key", golden / "key"), None), ((), recovery_key(golden)), (("--recovery-key-file", golden / "recovery-key"), None)):
                with self.subTest(golden=golden.name, with_key=arguments):
                    status, output, _ = run(*arguments, golden / "vault", "verify", recovery=recovery)
                    self.assertEqual(status, 0)
                    self.assertIn("all is as it was written", output)

    def test_a_list_for_people_shows_one_line_a_snapshot(self):
        status, output, _ = run("--key", SMALL / "key", SMALL / "vault", "list")
        self.assertEqual((status, len(output.splitlines())), (0, 3))
        self.assertRegex(output.splitlines()[0], r"^[0-9a-z]{26}  20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC  db \(postgres\)  \d+ bytes in 5 entries  from golden.example  #first #été$")

    def test_a_path_with_a_newline_stays_on_its_line(self):
        uploads = json.loads((SMALL / "expected.json").read_text())["snapshots"][1]
        status, output, _ = run("--key", SMALL / "key", SMALL / "vault", "ls", uploads["id"])
        self.assertEqual((status, len(output.splitlines())), (0, len(uploads["entries"])))


class Trees(Case):
    GOLDEN = VAULTS / "v1-files"

    def test_a_tree_comes_back_as_it_was(self):
        target = self.folder / "out"
        status, _, said = run(self.GOLDEN / "vault", "unpack", "latest", target, recovery=recovery_key(self.GOLDEN))
        self.assertEqual(status, 0, said)
        wanted = json.loads((self.GOLDEN / "tree.json").read_text())
        found = tree.record(target / "files")
        self.assertEqual(tree.differences(*(tree.within_reach(facts, target) for facts in (wanted, found))), [])


class KeysThatCameAndWent(Case):
    GOLDEN = VAULTS / "v1-keys"
    PASSPHRASE = "phrase de passe à garder"

    def test_every_way_in_verifies_all_of_it(self):
        for way in (("--key", self.GOLDEN / "key"), ("--key", self.GOLDEN / "alice-key"), ("--key", self.GOLDEN / "alice-key-locked"),
                    ("--recovery-key-file", self.GOLDEN / "shares"), ("--recovery-key-file", self.GOLDEN / "recovery-key")):
            with self.subTest(way=way), mock.patch.dict(os.environ, {"REPRISE_PASSPHRASE": self.PASSPHRASE}):
                status, output, said = run(*way, self.GOLDEN / "vault", "verify")
                self.assertEqual((status, said), (0, ""))
                self.assertTrue(output.startswith("3 snapshots, 1 records"))

    def test_a_snapshot_by_a_revoked_key_does_not_count(self):
        names = os.listdir(self.GOLDEN / "vault/snapshots")
        status, output, _ = run("--key", self.GOLDEN / "key", "--json", self.GOLDEN / "vault", "list")
        self.assertEqual((status, len(names), len(output.splitlines())), (0, 4, 3))

    def test_a_reader_that_was_added_opens_what_was_there_by_its_grant(self):
        vault = self.copy(self.GOLDEN)
        self.assertEqual(run("--key", self.GOLDEN / "alice-key", vault, "verify")[0], 0)
        shutil.rmtree(vault / "grants")
        status, _, said = run("--key", self.GOLDEN / "alice-key", vault, "verify")
        self.assertEqual(status, 77)
        self.assertIn("is not sealed to this reader key", said)

    def test_the_passphrase_alone_opens_a_locked_key_file(self):
        phrase = self.folder / "phrase"
        phrase.write_text("phrase de passe a\u0300 garder\n")
        with mock.patch.dict(os.environ, {"REPRISE_PASSPHRASE_FILE": str(phrase)}):
            self.assertEqual(run("--key", self.GOLDEN / "alice-key-locked", self.GOLDEN / "vault", "list")[0], 0)
        with mock.patch.dict(os.environ, {"REPRISE_PASSPHRASE": "another one"}):
            status, _, said = run("--key", self.GOLDEN / "alice-key-locked", self.GOLDEN / "vault", "list")
        self.assertEqual(status, 77)
        self.assertIn("The passphrase does not open", said)

    def test_one_share_is_not_enough_and_a_wrong_word_is_refused(self):
        words = (self.GOLDEN / "shares").read_text()
        one, both = words.split("\n\n")[0], words.replace(words.split()[5], "academic" if words.split()[5] != "academic" else "zero", 1)
        for text in (one, both):
            (self.folder / "shares").write_text(text)
            status, _, said = run("--recovery-key-file", self.folder / "shares", self.GOLDEN / "vault", "list")
            self.assertEqual(status, 65)
            self.assertIn("The shares cannot be used", said)

    def test_a_changed_byte_of_any_key_or_grant_is_found(self):
        vault = self.copy(self.GOLDEN)
        for family in ("keys", "grants"):
            for file in sorted((vault / family).iterdir()):
                good = file.read_bytes()
                for at in range(0, len(good), max(1, len(good) // 20)):
                    file.write_bytes(good[:at] + bytes([good[at] ^ 1]) + good[at + 1:])
                    status, _, said = run("--key", self.GOLDEN / "key", vault, "verify")
                    self.assertEqual(status, 65, f"byte {at} of {file.name}")
                    self.assertIn(f"{family}/{file.name}", said)
                file.write_bytes(good)


class Unpacking(Case):
    def unpack(self, *arguments):
        return run("--key", SMALL / "key", SMALL / "vault", "unpack", *arguments)

    def test_only_the_wanted_paths(self):
        first = json.loads((SMALL / "expected.json").read_text())["snapshots"][0]
        status, _, said = self.unpack(first["id"], self.folder / "out", "--path", "tables/*")
        self.assertEqual(status, 0)
        found = sorted(str(file.relative_to(self.folder / "out")) for file in (self.folder / "out").rglob("*") if file.is_file())
        self.assertEqual(found, sorted(entry["path"] for entry in first["entries"] if fnmatch.fnmatch(entry["path"], "tables/*")))

    def test_a_pattern_that_fits_nothing_is_said(self):
        status, _, said = self.unpack("latest", self.folder / "out", "--path", "nothing*")
        self.assertEqual((status, said.splitlines()[-1]), (64, "read_vault.py: The snapshot has no entry like nothing*."))

    def test_what_is_there_is_never_overwritten(self):
        (self.folder / "tables/public").mkdir(parents=True)
        (self.folder / "tables/public/orders.copy").write_text("mine")
        status, _, said = self.unpack("latest", self.folder)
        self.assertEqual(status, 73)
        self.assertIn("tables/public/orders.copy cannot be written: File exists", said)
        self.assertEqual((self.folder / "tables/public/orders.copy").read_text(), "mine")

    def test_no_link_is_followed_out_of_the_folder(self):
        (self.folder / "elsewhere").mkdir()
        (self.folder / "out").mkdir()
        (self.folder / "out/tables").symlink_to(self.folder / "elsewhere")
        status, _, said = self.unpack("latest", self.folder / "out")
        self.assertEqual(status, 73)
        self.assertEqual(list((self.folder / "elsewhere").iterdir()), [])

    def test_no_path_leads_out_of_the_folder(self):
        vault = read_vault.Vault(str(SMALL / "vault"), Keys.from_file(str(SMALL / "key")))
        snapshot = snapshots.Snapshot(vault, vault.names("snapshots")[0])
        part = {"size": 0, "depth": 0, "chunks": ""}
        for path in ("../x", "a/../../x", "/etc/x", "", "a//b", "./a", "a/", "nul\0", "\ud800", 7, None, ["a"]):
            line = json.dumps({"path": path, "parts": [part]}).encode() + b"\n"
            with self.subTest(path=path), mock.patch.object(snapshot, "bytes", return_value=[line]), self.assertRaises(Problem) as raised:
                list(snapshot.entries())
            self.assertEqual(raised.exception.status, 65)
        for lines in ([("b", [part]), ("a", [part])], [("a", [part]), ("a", [part])], [("a", [])], [("a", [{**part, "size": -1}])],
                      [("a", [{**part, "depth": 9}])], [("a", [{**part, "chunks": "AAAA"}])], [("a", [{**part, "chunks": "no base64"}])]):
            data = b"".join(json.dumps({"path": path, "parts": parts}).encode() + b"\n" for path, parts in lines)
            with self.subTest(lines=lines), mock.patch.object(snapshot, "bytes", return_value=[data]), self.assertRaises(Problem):
                list(snapshot.entries())

    def test_a_damaged_entry_leaves_no_file_and_the_others_are_unpacked(self):
        vault = self.copy()
        first = json.loads((SMALL / "expected.json").read_text())["snapshots"][0]
        opened = read_vault.Vault(str(vault), Keys.from_file(str(SMALL / "key")))
        snapshot = snapshots.Snapshot(opened, f"snapshots/{first['id']}")
        noise = next(parts for path, parts, _ in snapshot.entries() if path == "noise.bin")
        pack, _, _, offset, _, _ = next(opened.index.places(noise[0].references[3][0]))
        file = vault / opened.pack_name(pack)
        data = bytearray(file.read_bytes())
        data[offset + 40] ^= 1
        file.write_bytes(data)

        status, _, said = run("--key", SMALL / "key", vault, "unpack", first["id"], self.folder / "out")
        self.assertEqual(status, 65)
        self.assertIn(f"{opened.pack_name(pack)} is damaged", said)
        self.assertFalse((self.folder / "out/noise.bin").exists())
        orders = next(entry for entry in first["entries"] if entry["path"] == "tables/public/orders.copy")
        self.assertEqual(hashlib.sha256((self.folder / "out/tables/public/orders.copy").read_bytes()).hexdigest(), orders["sha256"])


class Damages(Case):
    def objects(self, vault):
        return sorted(str(file.relative_to(vault)) for file in vault.rglob("*") if file.is_file())

    def expect_named(self, vault, name, what):
        status, _, said = run("--key", SMALL / "key", vault, "verify")
        self.assertEqual(status, 65, f"{what}: {said}")
        self.assertIn(name, said, what)

    def test_a_changed_byte_anywhere_is_found(self):
        vault = self.copy()
        for name in self.objects(vault):
            file = vault / name
            good = file.read_bytes()
            for number in range(12):
                at = number * (len(good) - 1) // 11
                file.write_bytes(good[:at] + bytes([good[at] ^ 1 << number % 8]) + good[at + 1:])
                self.expect_named(vault, name, f"byte {at} of {name}")
            file.write_bytes(good)

    def test_a_file_cut_short_anywhere_is_found(self):
        vault = self.copy()
        for name in self.objects(vault):
            file = vault / name
            good = file.read_bytes()
            for keep in (0, 1, 7, 63, len(good) // 2, len(good) - 64, len(good) - 1):
                file.write_bytes(good[:max(0, keep)])
                self.expect_named(vault, name, f"{keep} bytes of {name}")
            file.write_bytes(good)

    def test_a_removed_object_is_found(self):
        for name in self.objects(SMALL / "vault"):
            if name == "config":
                continue
            vault = self.copy()
            (vault / name).unlink()
            status, _, said = run("--key", SMALL / "key", vault, "verify")
            newest = name in (self.objects(vault / "snapshots")[-1:], self.objects(vault / "records")[-1:])
            family = name.split("/")[0]
            remaining = sorted(os.listdir(vault / family))
            is_newest = family in ("snapshots", "records") and all(other < name.split("/")[-1] for other in remaining)
            # That a signer's newest objects are missing cannot show (I8).
            self.assertEqual(status, 0 if is_newest else 65, f"{name} {newest}: {said}")
            shutil.rmtree(vault)

    def test_objects_under_each_others_names_are_found(self):
        for family in ("snapshots", "records", "index"):
            vault = self.copy()
            first, second = sorted((vault / family).iterdir())[:2]
            a, b = first.read_bytes(), second.read_bytes()
            first.write_bytes(b)
            second.write_bytes(a)
            self.expect_named(vault, f"{family}/{first.name}", f"swapped {family}")
            shutil.rmtree(vault)


class WrongKeys(Case):
    def test_no_key(self):
        status, _, said = run(SMALL / "vault", "list")
        self.assertEqual((status, said), (64, "read_vault.py: Which key? Name a key file with --key, or put the recovery key into "
                                              "REPRISE_RECOVERY_KEY or a file (--recovery-key-file).\n"))

    def test_a_key_file_of_another_vault(self):
        status, _, said = run("--key", WRITER_ONLY / "key", SMALL / "vault", "list")
        self.assertEqual(status, 77)
        self.assertRegex(said, r"^read_vault.py: The key file is for the vault [0-9a-f]{32}; the one at .* is [0-9a-f]{32}\.\n$")

    def test_a_recovery_key_of_another_vault(self):
        status, _, said = run(SMALL / "vault", "list", recovery=recovery_key(WRITER_ONLY))
        self.assertEqual((status, said), (77, f"read_vault.py: The recovery key does not open the vault at {SMALL / 'vault'}.\n"))

    def test_a_writer_key_cannot_read(self):
        status, _, said = run("--key", WRITER_ONLY / "key", WRITER_ONLY / "vault", "ls", "latest")
        self.assertEqual((status, said), (77, "read_vault.py: This needs a key file with the reader role, or the recovery key of the kit.\n"))

    def test_how_a_recovery_key_is_typed_does_not_matter(self):
        typed = recovery_key(SMALL).upper().replace("0", "O").replace("1", "l").replace("-", " ")
        self.assertEqual(run(SMALL / "vault", "list", recovery=typed)[0], 0)

    def test_a_mistyped_recovery_key(self):
        good = recovery_key(SMALL).strip()
        last = "2" if good[20] != "2" else "3"
        for typed, message in ((good[:20] + last + good[21:], "mistyped"), (good[:-1], "70 characters instead of 71"), (good[:20] + "u" + good[21:], "a character that none has")):
            status, _, said = run(SMALL / "vault", "list", recovery=typed)
            self.assertEqual(status, 65)
            self.assertIn(message, said)

    def test_every_byte_of_a_key_file_counts(self):
        good = (SMALL / "key").read_bytes()
        changed = self.folder / "key"
        for at in range(len(good)):
            changed.write_bytes(good[:at] + bytes([good[at] ^ 1]) + good[at + 1:])
            status, _, said = run("--key", changed, SMALL / "vault", "list")
            self.assertEqual(status, 65, f"byte {at}: {said}")
            self.assertIn(f"The key file {changed} cannot be used", said)

    def test_a_newer_vault_is_called_newer(self):
        vault = self.copy()
        document, _ = sealing.summed(sealing.summed((vault / "config").read_bytes(), b"hmac")[0], b"sha256")
        document = re.sub(rb'"format" ?: 1,', b'"format" : 2, "unheard" : {},', document)
        summed = document + f"sha256 {hashlib.sha256(document).hexdigest()}\n".encode()
        (vault / "config").write_bytes(summed + b"hmac " + b"0" * 64 + b"\n")
        status, _, said = run("--key", SMALL / "key", vault, "list")
        self.assertEqual((status, said), (1, "read_vault.py: The vault has format 2; this program reads formats up to 1.\n"))

    def test_no_vault(self):
        self.assertEqual(run("--key", SMALL / "key", self.folder, "list"), (69, "", f"read_vault.py: There is no vault at {self.folder}.\n"))
        self.assertEqual(run("--key", SMALL / "key", self.folder / "x", "list")[0], 69)

    def test_wrong_usage(self):
        self.assertEqual(run("--key", SMALL / "key", SMALL / "vault", "destroy")[0], 64)
        self.assertEqual(run("--key", SMALL / "key", SMALL / "vault", "ls", "01m829fxp32edv153agxrkz675")[0], 64)


class Sealing(unittest.TestCase):
    def test_hpke_is_that_of_the_library(self):
        try:
            from cryptography.hazmat.primitives import hpke
        except ImportError:
            self.skipTest("this version of cryptography has no HPKE to compare with")
        from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
        private = X25519PrivateKey.generate()
        suite = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
        sealed = suite.encrypt(b"secret", private.public_key(), info=b"label" + bytes(16))
        self.assertEqual(sealing.hpke_open(private, sealed[32:], sealed[:32], b"label", bytes(16), b""), b"secret")
        self.assertIsNone(sealing.hpke_open(private, sealed[32:], sealed[:32], b"lapel", bytes(16), b""))


if __name__ == "__main__":
    unittest.main()
