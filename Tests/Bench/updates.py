"""updates.py FOLDER RATE: changes pods of the cluster in FOLDER until its standard input ends, RATE times a second or as
often as the server takes it, over eight connections that stay open. Then prints how many a second there were.

Every change is one of a status, as a kubelet sends it: a container has been restarted once more. Every twentieth one
says that a container is not ready because it crashes; the next time round it runs again.
"""

import json
import os
import queue
import socket
import ssl
import sys
import threading
import time

CONNECTIONS = 8


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


class Server:
    def __init__(self, folder):
        with open(os.path.join(folder, "ports")) as ports:
            self.port = int(dict(line.strip().split("=") for line in ports)["apiserver_port"])
        self.tls = ssl.create_default_context(cafile=os.path.join(folder, "pki/ca.crt"))
        self.tls.load_cert_chain(os.path.join(folder, "pki/admin.crt"), os.path.join(folder, "pki/admin.key"))

    def connect(self):
        return self.tls.wrap_socket(socket.create_connection(("127.0.0.1", self.port)), server_hostname="127.0.0.1")

    @staticmethod
    def request(method, path, body=b""):
        # Answers with metadata only: this program shall leave the processor to those that are measured.
        kind = "PartialObjectMetadata" if body else "PartialObjectMetadataList"
        return (f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: podmedic-bench\r\n"
                f"Accept: application/json;as={kind};g=meta.k8s.io;v=v1\r\n"
                f"Content-Type: application/merge-patch+json\r\nContent-Length: {len(body)}\r\n\r\n").encode() + body


def status(number, turn):
    crashes = (number + turn) % 20 == 0
    start = "2026-01-01T00:00:00Z"
    running = {"running": {"startedAt": start}}
    containers = []
    for name in ("server", "proxy"):
        broken = crashes and name == "server"
        containers.append({
            "name": name, "image": name, "imageID": name, "started": not broken, "ready": not broken,
            "restartCount": number % 7 + turn if name == "server" else 0,
            "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 5m0s"}} if broken else running,
            "lastState": {"terminated": {"exitCode": 1, "reason": "failed", "startedAt": start, "finishedAt": start}}
            if broken else {}})
    conditions = [{"type": kind, "status": "False" if crashes and "Ready" in kind else "True",
                   "lastTransitionTime": start}
                  for kind in ("Initialized", "Ready", "ContainersReady", "PodScheduled")]
    return json.dumps({"status": {"containerStatuses": containers, "conditions": conditions}}).encode()


def main():
    server, rate = Server(sys.argv[1]), float(sys.argv[2])
    connection = server.connect()
    connection.sendall(server.request("GET", "/api/v1/pods?resourceVersion=0"))
    items = json.loads(read_answer(connection.makefile("rb"))[1])["items"]
    paths = [f"/api/v1/namespaces/{item['metadata']['namespace']}/pods/{item['metadata']['name']}/status"
             for item in items]
    work = queue.SimpleQueue()
    done, errors = [0] * CONNECTIONS, []
    over = threading.Event()

    def worker(place):
        socket_ = server.connect()
        stream = socket_.makefile("rb")
        while (item := work.get()) is not None and not over.is_set():
            socket_.sendall(server.request("PATCH", *item))
            code, body = read_answer(stream)
            if code >= 300:
                errors.append(body.decode(errors="replace"))
                over.set()
            done[place] += 1

    threads = [threading.Thread(target=worker, args=(place,), daemon=True) for place in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    threading.Thread(target=lambda: (sys.stdin.read(), over.set()), daemon=True).start()
    print("ready", flush=True)
    started, sent = time.monotonic(), 0
    while not over.is_set():
        due = int((time.monotonic() - started) * rate)
        # What the server has not taken yet is not heaped up.
        while sent < due and work.qsize() < 2 * CONNECTIONS:
            number = sent * 7919 % len(paths)
            work.put((paths[number], status(number, sent // len(paths) + 1)))
            sent += 1
        over.wait(0.005)
    seconds = time.monotonic() - started
    if errors:
        sys.exit(f"updates: {errors[0]}")
    print(f"{sum(done) / seconds:.0f}")


main()
