#define _GNU_SOURCE
#include "CTerminalGuard.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>

// What a program does wrong, then what others send to end it: those are no crashes.
static const int fatal[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT, SIGSYS,
                            SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM};
enum { fatal_count = sizeof fatal / sizeof *fatal, crash_count = 7 };

static atomic_int guarded = -1;
static struct termios modes;
static char reset_bytes[1024];
static size_t reset_count;
static char last_words[512];
static size_t last_words_count;
static atomic_bool said;
static bool chained;
static struct sigaction before[fatal_count];
static bool installed;

static void write_all(int fd, const char *bytes, size_t count) {
  while (count > 0) {
    ssize_t written = write(fd, bytes, count);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    bytes += written;
    count -= (size_t)written;
  }
}

// Async-signal-safe; the first caller does it, on whichever thread.
static void give_back(void) {
  int fd = atomic_exchange(&guarded, -1);
  if (fd < 0) return;
  write_all(fd, reset_bytes, reset_count);
  tcsetattr(fd, TCSANOW, &modes);
}

static void on_fatal(int signal_number) {
  give_back();
  for (int i = 0; i < fatal_count; i++) {
    if (fatal[i] != signal_number) continue;
    if (i < crash_count && !atomic_exchange(&said, true)) write_all(STDERR_FILENO, last_words, last_words_count);
    if (chained) {
      sigaction(signal_number, &before[i], NULL);
    } else {
      signal(signal_number, SIG_DFL);
    }
  }
  raise(signal_number);
}

static void on_exit_of_process(void) { give_back(); }

static void install(void) {
  if (installed) return;
  // A stack overflow is a crash too; the handler needs a stack of its own.
  static char stack[65536];
  stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
  sigaltstack(&alternate, NULL);
  for (int i = 0; i < fatal_count; i++) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_fatal;
    action.sa_flags = SA_ONSTACK | SA_NODEFER;
    sigaction(fatal[i], &action, &before[i]);
  }
  atexit(on_exit_of_process);
  installed = true;
}

bool pm_guard_watch(const char *message, size_t message_length, bool chain) {
  if (message_length > sizeof last_words) return false;
  memcpy(last_words, message, message_length);
  last_words_count = message_length;
  chained = chain;
  install();
  return true;
}

bool pm_guard_arm(int tty, const char *reset, size_t reset_length, const char *message, size_t message_length,
                  bool chain) {
  if (reset_length > sizeof reset_bytes) return false;
  atomic_store(&guarded, -1);
  memcpy(reset_bytes, reset, reset_length);
  reset_count = reset_length;
  if (tcgetattr(tty, &modes) != 0 || !pm_guard_watch(message, message_length, chain)) return false;
  atomic_store(&guarded, tty);
  return true;
}

void pm_guard_disarm(void) { atomic_store(&guarded, -1); }

int pm_stop_job(void) {
  struct sigaction standard, previous;
  memset(&standard, 0, sizeof standard);
  standard.sa_handler = SIG_DFL;
  sigset_t stop, mask;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTSTP);
  if (sigaction(SIGTSTP, &standard, &previous) != 0) return errno;
  int error = pthread_sigmask(SIG_UNBLOCK, &stop, &mask);
  if (error == 0 && kill(0, SIGTSTP) != 0) error = errno;
  pthread_sigmask(SIG_SETMASK, &mask, NULL);
  sigaction(SIGTSTP, &previous, NULL);
  return error;
}

int pm_memory_file(const void *text, size_t length) {
  int fd = memfd_create("clipboard", MFD_CLOEXEC);
  if (fd < 0) return -1;
  const char *rest = text;
  while (length > 0) {
    ssize_t written = write(fd, rest, length);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      close(fd);
      return -1;
    }
    rest += written;
    length -= (size_t)written;
  }
  lseek(fd, 0, SEEK_SET);
  return fd;
}
