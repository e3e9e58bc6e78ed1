"""updates.py FOLDER RATE: changes pods of the cluster in FOLDER until its standard input ends, RATE times a second or as
often as the servers take it. Then prints how many a second there were.

Every change is one of a status, as a kubelet sends it: a container has been restarted once more, and one in twenty does
not run any more because it crashes; the next time it runs again. Each changed pod gets its other state from the API
server once. From then on its two states are written to etcd in turn: the API server reads what it tells its watchers
from there, and to have it check and convert a thousand requests a second would take more processors than a machine has
on which this is measured.
"""

import base64
import json
import os
import socket
import ssl
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

PODS = 400
CONNECTIONS = 4
PREFIX = b"/registry/pods/"


def read_answer(stream):
    """The status and the body of the next answer on a connection."""
    status = int(stream.readline().split()[1])
    length, chunked = 0, False
    while (line := stream.readline()) not in (b"\r\n", b""):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
        if name.lower() == b"transfer-encoding":
            chunked = b"chunked" in value
    if not chunked:
        return status, stream.read(length)
    body = b""
    while size := int(stream.readline(), 16):
        body += stream.read(size)
        stream.readline()
    stream.readline()
    return status, body


class Servers:
    """The API server and its etcd, over connections that stay open."""

    def __init__(self, folder):
        with open(os.path.join(folder, "ports")) as ports:
            self.ports = dict(line.strip().split("=") for line in ports)
        self.folder = folder

    def connect(self, name):
        pki = os.path.join(self.folder, "pki")
        tls = ssl.create_default_context(cafile=f"{pki}/ca.crt")
        identity = "etcd" if name == "etcd" else "admin"
        tls.load_cert_chain(f"{pki}/{identity}.crt", f"{pki}/{identity}.key")
        connection = socket.create_connection(("127.0.0.1", int(self.ports[f"{name}_port"])))
        return tls.wrap_socket(connection, server_hostname="127.0.0.1")


class Connection:
    def __init__(self, servers, name):
        self.socket = servers.connect(name)
        self.stream = self.socket.makefile("rb")

    def ask(self, request):
        self.socket.sendall(request)
        code, body = read_answer(self.stream)
        if code >= 300:
            raise RuntimeError(body.decode(errors="replace"))
        return body


def request(method, path, content_type, body):
    return (f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: podmedic-bench\r\n"
            f"Content-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n").encode() + body


def etcd_request(call, fields):
    return request("POST", f"/v3/kv/{call}", "application/json", json.dumps(fields).encode())


def text(data):
    return base64.b64encode(data).decode()


def stored_pods(etcd, limit):
    """What etcd has of the first pods, by key; keys and values are base64."""
    answer = etcd.ask(etcd_request("range", {
        "key": text(PREFIX), "range_end": text(PREFIX[:-1] + b"0"), "limit": limit}))
    return {pair["key"]: pair["value"] for pair in json.loads(answer)["kvs"]}


def status(crashes):
    start = "2026-01-01T00:00:00Z"
    running = {"running": {"startedAt": start}}
    containers = []
    for name in ("server", "proxy"):
        broken = crashes and name == "server"
        containers.append({
            "name": name, "image": name, "imageID": name, "started": not broken, "ready": not broken,
            "restartCount": 7 if name == "server" else 0,
            "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 5m0s"}} if broken else running,
            "lastState": {"terminated": {"exitCode": 1, "reason": "failed", "startedAt": start, "finishedAt": start}}
            if broken else {}})
    conditions = [{"type": kind, "status": "False" if crashes and "Ready" in kind else "True",
                   "lastTransitionTime": start}
                  for kind in ("Initialized", "Ready", "ContainersReady", "PodScheduled")]
    return json.dumps({"status": {"containerStatuses": containers, "conditions": conditions}}).encode()


def both_states(servers):
    """For each of the pods the two requests that put it into one state and into the other."""
    etcd, api = Connection(servers, "etcd"), Connection(servers, "apiserver")
    before = stored_pods(etcd, PODS)
    for number, key in enumerate(before):
        namespace, name = base64.b64decode(key).removeprefix(PREFIX).decode().split("/")
        api.ask(request("PATCH", f"/api/v1/namespaces/{namespace}/pods/{name}/status",
                        "application/merge-patch+json", status(crashes=number % 20 == 0)))
    after = stored_pods(etcd, PODS)
    return [[etcd_request("put", {"key": key, "value": value}) for value in (before[key], after[key])]
            for key in before]


def main():
    servers, rate = Servers(sys.argv[1]), float(sys.argv[2])
    pods = both_states(servers)
    over, sent = threading.Event(), [0] * CONNECTIONS

    def worker(place):
        etcd, own = Connection(servers, "etcd"), pods[place::CONNECTIONS]
        started = time.monotonic()
        while not over.is_set():
            if sent[place] >= (time.monotonic() - started) * rate / CONNECTIONS:
                over.wait(0.002)
                continue
            etcd.ask(own[sent[place] % len(own)][sent[place] // len(own) % 2])
            sent[place] += 1

    started = time.monotonic()
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        workers = [pool.submit(worker, place) for place in range(CONNECTIONS)]
        print("ready", flush=True)
        sys.stdin.read()
        over.set()
    for finished in workers:
        finished.result()  # raises what the worker raised
    print(f"{sum(sent) / (time.monotonic() - started):.0f}")


main()
