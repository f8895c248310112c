"""Runs another S3 server for the tests and ends it with them.

    attended.py READYFILE rclone FOLDER     `rclone serve s3` over FOLDER, whose folders are the buckets
    attended.py READYFILE moto              moto with users: what its one user may not do or signs wrongly is refused

Writes "PORT ACCESSKEY SECRETKEY" to READYFILE when the server answers. Ends when its standard input does.
"""

import os
import pathlib
import socket
import subprocess
import sys
import threading
import time
import urllib.parse


def ready(path, *words):
    with open(path + ".new", "w") as file:
        file.write(" ".join(str(word) for word in words))
    os.rename(path + ".new", path)


def answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


def rclone(path, folder):
    program = pathlib.Path(sys.executable).with_name("rclone")
    for _ in range(5):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            port = taken.getsockname()[1]
        address = f"127.0.0.1:{port}"
        server = subprocess.Popen(
            [program, "serve", "s3", "--auth-key", "tester,a-long-secret-of-the-tests", "--addr", address, folder],
            stdin=subprocess.DEVNULL,
        )
        while server.poll() is None and not answers(port):
            time.sleep(0.05)
        if server.poll() is None:
            ready(path, port, "tester", "a-long-secret-of-the-tests")
            return server.kill
    sys.exit("rclone does not start")


def moto(path):
    os.environ["INITIAL_NO_AUTH_ACTION_COUNT"] = "3"
    os.environ.update(AWS_ACCESS_KEY_ID="first", AWS_SECRET_ACCESS_KEY="first", AWS_DEFAULT_REGION="us-east-1")
    import boto3
    from moto.iam import access_control
    from moto.server import ThreadedMotoServer

    # moto verifies signatures over a query that was decoded on the way, so that any slash in it is refused.
    made = access_control.IAMRequestBase._create_aws_request

    def encoded_again(self):
        request = made(self)
        address, _, query = request.url.partition("?")
        pairs = urllib.parse.parse_qsl(query, keep_blank_values=True)
        request.url = address + "?" + urllib.parse.urlencode(pairs, quote_via=urllib.parse.quote, safe="-_.~") if query else address
        return request

    access_control.IAMRequestBase._create_aws_request = encoded_again
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    iam = boto3.client("iam", endpoint_url=f"http://127.0.0.1:{port}")
    iam.create_user(UserName="tester")
    policy = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
    iam.put_user_policy(UserName="tester", PolicyName="all", PolicyDocument=policy)
    key = iam.create_access_key(UserName="tester")["AccessKey"]
    ready(path, port, key["AccessKeyId"], key["SecretAccessKey"])
    return lambda: None


def main():
    path, kind = sys.argv[1:3]
    end = rclone(path, sys.argv[3]) if kind == "rclone" else moto(path)
    try:
        while os.read(0, 1024):
            pass
    finally:
        end()
        os._exit(0)


main()
