"""Signs requests with botocore; prints how many there were, and those that it signs otherwise than the caller did."""

import datetime
import json
import sys
import urllib.parse
from unittest import mock

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

stamp, access, secret, cases = json.load(sys.stdin)
instant = datetime.datetime.strptime(stamp, "%Y%m%dT%H%M%SZ")
bad = []
for case in cases:
    path = urllib.parse.quote(case["path"], safe="/-_.~")
    query = "&".join(urllib.parse.quote(k, safe="-_.~") + "=" + urllib.parse.quote(v, safe="-_.~") for k, v in case["query"])
    request = AWSRequest(method=case["method"], url="http://store.example.org:9000" + path + ("?" + query if query else ""), data=b"")
    for name, value in case["headers"]: request.headers[name] = value
    signer = botocore.auth.S3SigV4Auth(Credentials(access, secret, case.get("token")), "s3", case["region"])
    with mock.patch("botocore.auth.get_current_datetime", create=True, return_value=instant):
        signer.add_auth(request)
    if request.headers["Authorization"].replace(" ", "") != case["signature"].replace(" ", ""):
        bad.append([case["method"], case["path"], case["query"], request.headers["Authorization"], case["signature"]])
print(json.dumps([len(cases), bad]))
