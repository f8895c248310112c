"""boto_checks.py NAME ENDPOINT BUCKET: runs one of the checks below against a server; prints "done" where all of it holds.

They say what AWS does, so that the tests' own server is held to it.
"""

import base64
import datetime
import hashlib
import sys
import urllib.error
import urllib.request
from unittest import mock

import boto3
import botocore.auth
from botocore.config import Config
from botocore.exceptions import ClientError

endpoint, bucket = sys.argv[2:4]


def client(access=None, secret=None):
    return boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id=access,
        aws_secret_access_key=secret,
        config=Config(request_checksum_calculation="when_required"),
    )


s3 = client()


def refused(code, work):
    try:
        work()
    except ClientError as error:
        found = error.response["Error"]["Code"]
        assert found == code, (code, found)
    else:
        raise AssertionError("not refused with " + code)


def objects_lists_and_ranges():
    keys = ["a b", "a+b", "a/b", "a%2Fb", "é", "日本", "~x", "a&b=c", "z"]
    for key in keys: s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
    for key in keys: assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == key.encode()
    found = [o["Key"] for p in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket) for o in p.get("Contents", [])]
    assert found == sorted(keys, key=lambda k: k.encode()), found
    page = s3.list_objects_v2(Bucket=bucket, StartAfter="a/b", Prefix="a/")
    assert [o["Key"] for o in page.get("Contents", [])] == [], page
    s3.put_object(Bucket=bucket, Key="n", Body=b"0123456789")
    assert s3.get_object(Bucket=bucket, Key="n", Range="bytes=2-4")["Body"].read() == b"234"
    assert s3.get_object(Bucket=bucket, Key="n", Range="bytes=8-99")["Body"].read() == b"89"
    refused("InvalidRange", lambda: s3.get_object(Bucket=bucket, Key="n", Range="bytes=10-"))
    refused("NoSuchKey", lambda: s3.get_object(Bucket=bucket, Key="none"))
    refused("NoSuchBucket", lambda: s3.get_object(Bucket="none-there", Key="n"))


def conditions_and_checksums():
    tag = s3.put_object(Bucket=bucket, Key="a", Body=b"1", IfNoneMatch="*")["ETag"]
    refused("PreconditionFailed", lambda: s3.put_object(Bucket=bucket, Key="a", Body=b"2", IfNoneMatch="*"))
    s3.put_object(Bucket=bucket, Key="a", Body=b"3", IfMatch=tag)
    refused("PreconditionFailed", lambda: s3.put_object(Bucket=bucket, Key="a", Body=b"4", IfMatch=tag))
    assert s3.get_object(Bucket=bucket, Key="a")["Body"].read() == b"3"
    good = base64.b64encode(hashlib.sha256(b"5").digest()).decode()
    assert s3.put_object(Bucket=bucket, Key="c", Body=b"5", ChecksumSHA256=good)["ChecksumSHA256"] == good
    refused("BadDigest", lambda: s3.put_object(Bucket=bucket, Key="c", Body=b"6", ChecksumSHA256=good))
    md5 = base64.b64encode(hashlib.md5(b"7").digest()).decode()
    refused("BadDigest", lambda: s3.put_object(Bucket=bucket, Key="c", Body=b"8", ContentMD5=md5))
    s3.delete_object(Bucket=bucket, Key="none")


def signatures_payloads_and_clocks():
    refused("SignatureDoesNotMatch", lambda: client("TESTER", "wrong").list_objects_v2(Bucket=bucket))
    refused("InvalidAccessKeyId", lambda: client("NOBODY", "x").list_objects_v2(Bucket=bucket))
    old = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=1)
    with mock.patch("botocore.auth.get_current_datetime", return_value=old.replace(tzinfo=None)):
        refused("RequestTimeTooSkewed", lambda: s3.put_object(Bucket=bucket, Key="a", Body=b"1"))
    # Another body than the one that was signed.
    def other(request, **_):
        request.body = b"9"
    tampering = client()
    tampering.meta.events.register("before-send.s3.PutObject", other)
    refused("XAmzContentSHA256Mismatch", lambda: tampering.put_object(Bucket=bucket, Key="a", Body=b"1"))
    try:
        urllib.request.urlopen(endpoint + "/" + bucket + "/a")
        raise AssertionError("anonymous")
    except urllib.error.HTTPError as error:
        assert error.code == 403


def uploads_in_parts():
    part = b"x" * (5 << 20)
    upload = s3.create_multipart_upload(Bucket=bucket, Key="big")["UploadId"]
    tags = [s3.upload_part(Bucket=bucket, Key="big", UploadId=upload, PartNumber=n, Body=b)["ETag"] for n, b in ((1, part), (2, b"y"))]
    assert len(s3.list_multipart_uploads(Bucket=bucket)["Uploads"]) == 1
    refused("InvalidPart", lambda: s3.complete_multipart_upload(Bucket=bucket, Key="big", UploadId=upload,
        MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": tags[1]}]}))
    refused("InvalidPartOrder", lambda: s3.complete_multipart_upload(Bucket=bucket, Key="big", UploadId=upload,
        MultipartUpload={"Parts": [{"PartNumber": 2, "ETag": tags[1]}, {"PartNumber": 1, "ETag": tags[0]}]}))
    s3.complete_multipart_upload(Bucket=bucket, Key="big", UploadId=upload,
        MultipartUpload={"Parts": [{"PartNumber": n + 1, "ETag": t} for n, t in enumerate(tags)]})
    assert s3.get_object(Bucket=bucket, Key="big")["Body"].read() == part + b"y"
    small = s3.create_multipart_upload(Bucket=bucket, Key="small")["UploadId"]
    tags = [s3.upload_part(Bucket=bucket, Key="small", UploadId=small, PartNumber=n, Body=b"z")["ETag"] for n in (1, 2)]
    refused("EntityTooSmall", lambda: s3.complete_multipart_upload(Bucket=bucket, Key="small", UploadId=small,
        MultipartUpload={"Parts": [{"PartNumber": n + 1, "ETag": t} for n, t in enumerate(tags)]}))
    s3.abort_multipart_upload(Bucket=bucket, Key="small", UploadId=small)
    refused("NoSuchUpload", lambda: s3.upload_part(Bucket=bucket, Key="small", UploadId=small, PartNumber=1, Body=b"z"))


def versions_and_locks():
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    until = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=1)
    first = s3.put_object(Bucket=bucket, Key="a", Body=b"1", ObjectLockMode="COMPLIANCE",
        ObjectLockRetainUntilDate=until, ChecksumAlgorithm="SHA256")["VersionId"]
    second = s3.put_object(Bucket=bucket, Key="a", Body=b"2")["VersionId"]
    assert s3.get_object(Bucket=bucket, Key="a")["Body"].read() == b"2"
    assert s3.get_object(Bucket=bucket, Key="a", VersionId=first)["Body"].read() == b"1"
    refused("AccessDenied", lambda: s3.delete_object(Bucket=bucket, Key="a", VersionId=first))
    s3.delete_object(Bucket=bucket, Key="a", VersionId=second)
    assert s3.get_object(Bucket=bucket, Key="a")["Body"].read() == b"1"
    s3.delete_object(Bucket=bucket, Key="a")
    refused("NoSuchKey", lambda: s3.get_object(Bucket=bucket, Key="a"))
    assert s3.get_object(Bucket=bucket, Key="a", VersionId=first)["Body"].read() == b"1"


def in_days(days):
    return datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0) + datetime.timedelta(days=days)


def retentions_of_both_modes():
    good = {"ChecksumAlgorithm": "SHA256"}
    for mode in ("GOVERNANCE", "COMPLIANCE"):
        lock = {"ObjectLockMode": mode, "ObjectLockRetainUntilDate": in_days(10)}
        version = s3.put_object(Bucket=bucket, Key=mode, Body=b"1", **lock, **good)["VersionId"]
        found = s3.get_object_retention(Bucket=bucket, Key=mode)["Retention"]
        assert found["Mode"] == mode and found["RetainUntilDate"] == lock["ObjectLockRetainUntilDate"], found
        seen = s3.head_object(Bucket=bucket, Key=mode)
        assert seen["ObjectLockMode"] == mode, seen
        # Later is always right, earlier never is.
        s3.put_object_retention(Bucket=bucket, Key=mode, Retention={"Mode": mode, "RetainUntilDate": in_days(20)})
        earlier = {"Mode": mode, "RetainUntilDate": in_days(1)}
        refused("AccessDenied", lambda: s3.put_object_retention(Bucket=bucket, Key=mode, Retention=earlier))
        refused("AccessDenied", lambda: s3.delete_object(Bucket=bucket, Key=mode, VersionId=version))
        bypass = {"BypassGovernanceRetention": True}
        if mode == "COMPLIANCE":
            refused("AccessDenied", lambda: s3.put_object_retention(Bucket=bucket, Key=mode, Retention=earlier, **bypass))
            refused("AccessDenied", lambda: s3.delete_object(Bucket=bucket, Key=mode, VersionId=version, **bypass))
        else:
            s3.put_object_retention(Bucket=bucket, Key=mode, Retention=earlier, **bypass)
            s3.delete_object(Bucket=bucket, Key=mode, VersionId=version, **bypass)
    refused("InvalidArgument", lambda: s3.put_object(Bucket=bucket, Key="past", Body=b"1", ObjectLockMode="COMPLIANCE",
        ObjectLockRetainUntilDate=in_days(-1), **good))
    s3.put_object(Bucket=bucket, Key="open", Body=b"1")
    refused("NoSuchObjectLockConfiguration", lambda: s3.get_object_retention(Bucket=bucket, Key="open"))


def markers_and_lists_of_versions():
    first = s3.put_object(Bucket=bucket, Key="k/a", Body=b"1")["VersionId"]
    second = s3.put_object(Bucket=bucket, Key="k/a", Body=b"22")["VersionId"]
    hidden = s3.delete_object(Bucket=bucket, Key="k/a")
    assert hidden["DeleteMarker"] is True, hidden
    s3.put_object(Bucket=bucket, Key="k/b", Body=b"3")
    s3.put_object(Bucket=bucket, Key="other", Body=b"4")
    pages = list(s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix="k/", PaginationConfig={"PageSize": 1}))
    versions = [(v["Key"], v["VersionId"], v["IsLatest"], v["Size"]) for p in pages for v in p.get("Versions", [])]
    assert [v[:3] for v in versions[:2]] == [("k/a", second, False), ("k/a", first, False)], versions
    assert len(versions) == 3 and versions[2][0] == "k/b" and versions[2][2], versions
    markers = [(m["Key"], m["VersionId"], m["IsLatest"]) for p in pages for m in p.get("DeleteMarkers", [])]
    assert markers == [("k/a", hidden["VersionId"], True)], markers
    refused("NoSuchKey", lambda: s3.get_object(Bucket=bucket, Key="k/a"))
    # To take the marker away brings back what it hid.
    s3.delete_object(Bucket=bucket, Key="k/a", VersionId=hidden["VersionId"])
    assert s3.get_object(Bucket=bucket, Key="k/a")["Body"].read() == b"22"


def locks_where_none_can_be():
    good = {"ChecksumAlgorithm": "SHA256"}
    refused("InvalidRequest", lambda: s3.put_object(Bucket=bucket, Key="a", Body=b"1", ObjectLockMode="COMPLIANCE",
        ObjectLockRetainUntilDate=in_days(1), **good))


def make_locking_bucket():
    s3.create_bucket(Bucket=bucket, ObjectLockEnabledForBucket=True)


def make_bucket():
    s3.create_bucket(Bucket=bucket)


def begin_uploads():
    """Uploads in parts that nobody completes."""
    ours = ("vault/packs/4f/" + "4f" * 32, "vault/index/01m829fxme2b9q6w8r0t5y7u3p")
    for key in (*ours, "other/packs/4f/" + "4f" * 32, "vault/films/a-film-of-the-summer-of-2026.mp4"):
        s3.create_multipart_upload(Bucket=bucket, Key=key)


globals()[sys.argv[1]]()
print("done")
