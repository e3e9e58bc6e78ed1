// What Swift does not import from ncurses: macros, and globals, which Swift 6 refuses as shared mutable state.
#pragma once
#ifndef _XOPEN_SOURCE_EXTENDED
#define _XOPEN_SOURCE_EXTENDED 1
#endif
#define NCURSES_WIDECHAR 1
#include <langinfo.h>
#include <locale.h>
#include <ncursesw/curses.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

// <term.h> would bring hundreds of one-word macros; these are all that is needed of it.
extern int setupterm(const char *term, int fd, int *error);
extern char *tigetstr(const char *name);
extern int tigetnum(const char *name);

static inline WINDOW *pm_screen(void) { return stdscr; }
static inline int pm_lines(void) { return LINES; }
static inline int pm_columns(void) { return COLS; }
static inline int pm_colors(void) { return COLORS; }

static inline attr_t pm_bold(void) { return A_BOLD; }
static inline attr_t pm_dim(void) { return A_DIM; }
static inline attr_t pm_underline(void) { return A_UNDERLINE; }
static inline attr_t pm_reverse(void) { return A_REVERSE; }
static inline attr_t pm_italic(void) { return A_ITALIC; }

// Draws one character with its marks (zero-terminated) at a place without moving the cursor or scrolling.
static inline int pm_put(int row, int column, const wchar_t *text, attr_t attributes, int pair) {
  cchar_t cell;
  if (setcchar(&cell, text, attributes, 0, &pair) == ERR) return ERR;
  return mvwadd_wchnstr(stdscr, row, column, &cell, 1);
}

// The columns the C library gives a character in the current locale; ncurses counts with the same.
extern int wcwidth(wchar_t character);
static inline int pm_width(unsigned scalar) { return wcwidth((wchar_t)scalar); }

// The value of a string capability, or NULL when the terminal has none or the name is unknown.
static inline const char *pm_capability(const char *name) {
  const char *value = tigetstr(name);
  return value == (const char *)-1 ? NULL : value;
}

// Whether text is written as UTF-8 after the locale's character set has been taken from the environment. A UTF-8
// locale that is not installed here is replaced by the one that always is.
static inline bool pm_adopt_locale(bool utf8) {
  const char *set = setlocale(LC_CTYPE, "");
  if (utf8 && (set == NULL || strcmp(nl_langinfo(CODESET), "UTF-8") != 0)) setlocale(LC_CTYPE, "C.UTF-8");
  return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}
