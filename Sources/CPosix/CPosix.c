#define _GNU_SOURCE
#include "CPosix.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int pm_poll(struct pollfd *descriptors, unsigned long count, int64_t nanoseconds) {
  struct timespec wait = {nanoseconds / 1000000000, nanoseconds % 1000000000};
  int ready = ppoll(descriptors, count, nanoseconds < 0 ? NULL : &wait, NULL);
  return ready < 0 ? -errno : ready;
}

int pm_wake_descriptor(void) {
  int descriptor = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  return descriptor < 0 ? -errno : descriptor;
}

int pm_semaphore_descriptor(void) {
  int descriptor = eventfd(0, EFD_SEMAPHORE | EFD_CLOEXEC);
  return descriptor < 0 ? -errno : descriptor;
}

int pm_counter_add(int descriptor, uint64_t amount) {
  for (;;) {
    if (write(descriptor, &amount, sizeof amount) == sizeof amount) return 0;
    if (errno != EINTR) return errno;
  }
}

int pm_counter_take(int descriptor) {
  uint64_t amount;
  for (;;) {
    if (read(descriptor, &amount, sizeof amount) == sizeof amount) return 1;
    if (errno == EAGAIN) return 0;
    if (errno != EINTR) return -errno;
  }
}

int pm_signal_descriptor(const int *signals, int count) {
  sigset_t set;
  sigemptyset(&set);
  for (int i = 0; i < count; i++)
    if (sigaddset(&set, signals[i]) != 0) return -errno;
  int failed = pthread_sigmask(SIG_BLOCK, &set, NULL);
  if (failed) return -failed;
  int descriptor = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
  return descriptor < 0 ? -errno : descriptor;
}

int pm_signal_next(int descriptor) {
  struct signalfd_siginfo info;
  for (;;) {
    if (read(descriptor, &info, sizeof info) == sizeof info) return (int)info.ssi_signo;
    if (errno == EAGAIN) return 0;
    if (errno != EINTR) return -errno;
  }
}

void pm_signals_block_for_threads(sigset_t *saved_mask) {
  // A thread that faults with its signal blocked is killed without the handler that restores the terminal.
  static const int crashes[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT, SIGSYS};
  sigset_t all;
  sigfillset(&all);
  for (unsigned i = 0; i < sizeof crashes / sizeof *crashes; i++) sigdelset(&all, crashes[i]);
  pthread_sigmask(SIG_SETMASK, &all, saved_mask);
}

void pm_signals_restore(const sigset_t *saved_mask) { pthread_sigmask(SIG_SETMASK, saved_mask, NULL); }

int pm_pipe(int *reading, int *writing) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return errno;
  *reading = ends[0];
  *writing = ends[1];
  return 0;
}

int pm_pseudoterminal(int *controller, int *terminal, unsigned short rows, unsigned short columns) {
  char name[64];
  int front = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (front < 0) return errno;
  int failed = 0;
  if (grantpt(front) != 0 || unlockpt(front) != 0) failed = errno;
  if (!failed) failed = ptsname_r(front, name, sizeof name);
  int back = -1;
  if (!failed && (back = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC)) < 0) failed = errno;
  if (!failed) failed = pm_terminal_resize(back, rows, columns);
  if (failed) {
    if (back >= 0) close(back);
    close(front);
    return failed;
  }
  *controller = front;
  *terminal = back;
  return 0;
}

int pm_terminal_resize(int terminal, unsigned short rows, unsigned short columns) {
  struct winsize size = {.ws_row = rows, .ws_col = columns};
  return ioctl(terminal, TIOCSWINSZ, &size) == 0 ? 0 : errno;
}

// Runs between fork and exec: async-signal-safe calls only.
static void become(const struct pm_child *child, int report) {
  int failure[2] = {0, PM_CHILD_PREPARE};
  // Copies above 2 first, so that a descriptor that is itself 0, 1 or 2 is not overwritten before its turn.
  int copies[3];
  for (int i = 0; i < 3; i++) {
    copies[i] = fcntl(child->standard[i], F_DUPFD_CLOEXEC, 3);
    if (copies[i] < 0) goto failed;
  }
  int terminal = -1;
  if (child->own_session) {
    if (setsid() < 0) goto failed;
    if (child->controlling_terminal >= 0) {
      terminal = fcntl(child->controlling_terminal, F_DUPFD_CLOEXEC, 3);
      if (terminal < 0 || ioctl(terminal, TIOCSCTTY, 0) != 0) goto failed;
    }
  }
  for (int i = 0; i < 3; i++)
    if (dup2(copies[i], i) < 0) goto failed;
  if (child->directory && chdir(child->directory) != 0) {
    failure[1] = PM_CHILD_DIRECTORY;
    goto failed;
  }
  // Exec resets caught signals but keeps ignored ones (SIGPIPE) and the mask (all blocked here since before the fork).
  struct sigaction standard;
  memset(&standard, 0, sizeof standard);
  standard.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; number++) sigaction(number, &standard, NULL);
  // Descriptors of other libraries may lack close-on-exec. Old kernels have no such call; then ours are still closed.
  close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  execve(child->path, child->arguments, child->environment);
  failure[1] = PM_CHILD_EXECUTE;
failed:
  failure[0] = errno;
  if (write(report, failure, sizeof failure) < 0) _exit(126);
  _exit(127);
}

int pm_spawn(const struct pm_child *child, pid_t *process, int *stage) {
  int report[2];
  *stage = PM_CHILD_PREPARE;
  if (pipe2(report, O_CLOEXEC) != 0) return errno;
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pid_t forked = fork();
  int failed = errno;
  if (forked == 0) {
    // dup2 onto 0, 1 or 2 must not close the way to report a failure.
    int high = fcntl(report[1], F_DUPFD_CLOEXEC, 3);
    become(child, high < 0 ? report[1] : high);
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  close(report[1]);
  if (forked < 0) {
    close(report[0]);
    return failed;
  }
  int failure[2];
  ssize_t got;
  do got = read(report[0], failure, sizeof failure);
  while (got < 0 && errno == EINTR);
  close(report[0]);
  if (got == sizeof failure) {
    while (waitpid(forked, NULL, 0) < 0 && errno == EINTR) continue;
    *stage = failure[1];
    return failure[0];
  }
  *process = forked;
  return 0;
}

int pm_child_await(pid_t process) {
  siginfo_t info;
  for (;;) {
    if (waitid(P_PID, process, &info, WEXITED | WNOWAIT) == 0) return 0;
    if (errno != EINTR) return errno;
  }
}

int pm_child_reap(pid_t process) {
  int status;
  for (;;) {
    if (waitpid(process, &status, 0) == process) break;
    if (errno != EINTR) return -errno;
  }
  return WIFSIGNALED(status) ? 256 + WTERMSIG(status) : WEXITSTATUS(status);
}
