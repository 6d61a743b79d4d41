// A C face of RE2, whose interface is C++: what the query languages need of it and no more.
#ifndef MARTLET_CRE2_H
#define MARTLET_CRE2_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct martlet_re2 martlet_re2;

/// Compiles a pattern in UTF-8; a dot matches line ends too when dot_newline. NULL on failure, with the reason, cut to
/// the capacity and ended by a zero byte, in error. A program takes at the most memory_max bytes.
martlet_re2 *martlet_re2_new(
    const char *pattern, size_t length, bool dot_newline, int64_t memory_max, char *error, size_t error_capacity);

void martlet_re2_free(martlet_re2 *expression);

/// Whether the whole text matches.
bool martlet_re2_matches_all(const martlet_re2 *expression, const char *text, size_t length);

/// Looks for the first match at or after start. spans gets the begin and end of the match and of each group, at the most
/// count of them; -1 stands for a group that took no part.
bool martlet_re2_find(
    const martlet_re2 *expression, const char *text, size_t length, size_t start, bool anchored, int64_t *spans,
    size_t count);

/// Capturing groups, the match itself not counted.
int martlet_re2_groups(const martlet_re2 *expression);

/// The name of group index (1 is the first), cut to the capacity, ended by a zero byte; false when it has none.
bool martlet_re2_group_name(const martlet_re2 *expression, int index, char *name, size_t capacity);

#ifdef __cplusplus
}
#endif

#endif
