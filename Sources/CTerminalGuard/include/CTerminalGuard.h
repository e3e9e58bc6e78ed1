// The part of terminal care that must be C: it runs in signal handlers, where Swift must not.
#pragma once
#include <stdbool.h>
#include <stddef.h>

// From now on `message` goes to standard error when the process crashes, which then dies of the signal at once: Swift's
// own handlers, which ask on a terminal what to do next, get it only when `chain` is true. A message of more than 512
// bytes is refused with false.
bool pm_guard_watch(const char *message, size_t message_length, bool chain);

// From now on a crash (SEGV, BUS, ILL, FPE, TRAP, ABRT, SYS) or exit() gives the terminal back: `reset` is written to
// `tty` and the modes it has at this moment are set again. Then `message` goes to standard error and the process dies
// of the signal; when `chain` is true the handlers that were there before get it first (Swift's backtraces).
// Texts are copied; a reset sequence of more than 1,024 bytes or a message of more than 512 is refused with false.
bool pm_guard_arm(int tty, const char *reset, size_t reset_length, const char *message, size_t message_length,
                  bool chain);

// Nothing has to be given back any more.
void pm_guard_disarm(void);

// Stops the whole job as Ctrl-Z does in a shell, and returns when it is continued. Returns at once where nobody could
// continue it. Returns 0, or an errno.
int pm_stop_job(void);

// A file in memory that holds `text`, to be read from its start; -1 with errno set when there is none.
int pm_memory_file(const void *text, size_t length);
