"""A program in a pseudo-terminal, with the time at which each piece of its output came."""

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time


class Terminal:
    """Runs `command` as if a person had started it in a terminal of 160 x 48."""

    def __init__(self, command, environment):
        self.output = b""
        self.started = time.monotonic()
        self.pid, self.descriptor = pty.fork()
        if self.pid == 0:
            try:
                os.execvpe(command[0], command, environment)
            finally:
                os._exit(127)
        fcntl.ioctl(self.descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", 48, 160, 0, 0))

    def read(self, timeout):
        """What is printed within `timeout` seconds; b"" when nothing is."""
        if not select.select([self.descriptor], [], [], max(0, timeout))[0]:
            return b""
        try:
            piece = os.read(self.descriptor, 1 << 16)
        except OSError:
            piece = b""
        if not piece:
            raise RuntimeError("podmedic ended: " + self.output.decode(errors="replace")[-500:])
        self.output += piece
        return piece

    def wait_for(self, text, timeout):
        """The moment at which `text`, anywhere in what is printed from now on, was complete."""
        start = len(self.output)
        deadline = time.monotonic() + timeout
        while text not in self.output[max(0, start - len(text)):]:
            if time.monotonic() > deadline:
                raise RuntimeError(f"{text.decode()} did not come within {timeout} s")
            self.read(deadline - time.monotonic())
        return time.monotonic()

    def drain(self, seconds):
        """Lets the program go on for a while."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.read(deadline - time.monotonic())

    def press(self, keys):
        os.write(self.descriptor, keys)

    def cpu_seconds(self):
        """Processor time that all threads have used until now."""
        nanoseconds = 0
        for thread in os.listdir(f"/proc/{self.pid}/task"):
            with open(f"/proc/{self.pid}/task/{thread}/schedstat") as file:
                nanoseconds += int(file.read().split()[0])
        return nanoseconds / 1e9

    def resident_megabytes(self):
        with open(f"/proc/{self.pid}/status") as file:
            sizes = dict(line.split(":", 1) for line in file)
        return int(sizes["VmRSS"].split()[0]) * 1024 / 1e6

    def close(self):
        os.kill(self.pid, signal.SIGTERM)
        deadline = time.monotonic() + 5
        while os.waitpid(self.pid, os.WNOHANG) == (0, 0):
            if time.monotonic() > deadline:
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
                break
            try:
                self.read(0.05)  # a program that restores its terminal must not wait for somebody to read
            except RuntimeError:
                pass
        os.close(self.descriptor)
