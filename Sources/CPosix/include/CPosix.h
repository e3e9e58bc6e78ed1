#ifndef PODMEDIC_CPOSIX_H
#define PODMEDIC_CPOSIX_H
// What Linux offers and Swift's Glibc module does not show: event descriptors, signal descriptors, ppoll, pseudoterminals,
// and a fork/exec that does only async-signal-safe work in the child.
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/types.h>

/// Waits until a descriptor is ready; `nanoseconds` below zero waits for ever. Returns poll's result, or -errno.
int pm_poll(struct pollfd *descriptors, unsigned long count, int64_t nanoseconds);

/// A non-blocking counter for waking a poll, or -errno.
int pm_wake_descriptor(void);

/// A blocking counting semaphore (each read takes one), or -errno.
int pm_semaphore_descriptor(void);

/// Adds to the counter of either kind. Returns 0 or an errno.
int pm_counter_add(int descriptor, uint64_t amount);

/// Takes from the counter: 1 taken, 0 nothing there (wake descriptors only), or -errno.
int pm_counter_take(int descriptor);

/// Blocks the signals for the calling thread and returns a non-blocking descriptor that reports them, or -errno.
int pm_signal_descriptor(const int *signals, int count);

/// The next signal of a signal descriptor, 0 when there is none, or -errno.
int pm_signal_next(int descriptor);

/// Blocks all signals but those of a crash for the threads that the caller starts next; `pm_signals_restore` undoes it.
void pm_signals_block_for_threads(sigset_t *saved_mask);
void pm_signals_restore(const sigset_t *saved_mask);

/// A close-on-exec pipe. Returns 0 or an errno.
int pm_pipe(int *reading, int *writing);

/// A pseudoterminal of the given size; both ends are close-on-exec. Returns 0 or an errno.
int pm_pseudoterminal(int *controller, int *terminal, unsigned short rows, unsigned short columns);

/// Changes a terminal's size, which sends SIGWINCH to its foreground processes. Returns 0 or an errno.
int pm_terminal_resize(int terminal, unsigned short rows, unsigned short columns);

/// Starts a program; see `pm_spawn`.
struct pm_child {
  const char *path;
  char *const *arguments;
  char *const *environment;
  const char *directory;    // NULL: the caller's
  int standard[3];          // become 0, 1 and 2
  int own_session;          // setsid: no controlling terminal, and a process group of its own
  int controlling_terminal; // with own_session: this descriptor becomes the controlling terminal; -1 for none
};

/// Which part of starting failed.
enum pm_child_stage { PM_CHILD_PREPARE = 0, PM_CHILD_DIRECTORY = 1, PM_CHILD_EXECUTE = 2 };

/// Forks and executes. The child has default signal handlers, an empty signal mask and no descriptor above 2.
/// Returns 0 and the process, or an errno and the stage that failed (then no child is left behind).
int pm_spawn(const struct pm_child *child, pid_t *process, int *stage);

/// Waits until the child has ended but leaves it to be reaped. Returns 0 or an errno.
int pm_child_await(pid_t process);

/// Reaps an ended child: exit status 0...255, or 256 + the signal that ended it; or -errno.
int pm_child_reap(pid_t process);
#endif
