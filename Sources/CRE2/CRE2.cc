#include "CRE2.h"

#include <re2/re2.h>

#include <cstring>
#include <new>
#include <vector>

struct martlet_re2 {
    martlet_re2(const re2::StringPiece &pattern, const re2::RE2::Options &options) : expression(pattern, options) {}
    const re2::RE2 expression;
};

static void copy_text(const std::string &text, char *target, size_t capacity) {
    if (capacity == 0) return;
    const size_t length = text.size() < capacity ? text.size() : capacity - 1;
    memcpy(target, text.data(), length);
    target[length] = 0;
}

extern "C" martlet_re2 *martlet_re2_new(
    const char *pattern, size_t length, bool dot_newline, int64_t memory_max, char *error, size_t error_capacity) {
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_dot_nl(dot_newline);
    options.set_max_mem(memory_max);
    auto *made = new (std::nothrow) martlet_re2(re2::StringPiece(pattern, length), options);
    if (made == nullptr) {
        copy_text("out of memory", error, error_capacity);
        return nullptr;
    }
    if (made->expression.ok()) return made;
    copy_text(made->expression.error(), error, error_capacity);
    delete made;
    return nullptr;
}

extern "C" void martlet_re2_free(martlet_re2 *expression) { delete expression; }

extern "C" bool martlet_re2_matches_all(const martlet_re2 *expression, const char *text, size_t length) {
    return expression->expression.Match(
        re2::StringPiece(text, length), 0, length, re2::RE2::ANCHOR_BOTH, nullptr, 0);
}

extern "C" bool martlet_re2_find(
    const martlet_re2 *expression, const char *text, size_t length, size_t start, bool anchored, int64_t *spans,
    size_t count) {
    std::vector<re2::StringPiece> groups(count);
    const bool found = expression->expression.Match(
        re2::StringPiece(text, length), start, length, anchored ? re2::RE2::ANCHOR_BOTH : re2::RE2::UNANCHORED,
        groups.data(), static_cast<int>(count));
    if (!found) return false;
    for (size_t i = 0; i < count; i++) {
        const bool took_part = groups[i].data() != nullptr;
        spans[2 * i] = took_part ? groups[i].data() - text : -1;
        spans[2 * i + 1] = took_part ? spans[2 * i] + static_cast<int64_t>(groups[i].size()) : -1;
    }
    return true;
}

extern "C" int martlet_re2_groups(const martlet_re2 *expression) {
    return expression->expression.NumberOfCapturingGroups();
}

extern "C" bool martlet_re2_group_name(const martlet_re2 *expression, int index, char *name, size_t capacity) {
    const auto &names = expression->expression.CapturingGroupNames();
    const auto found = names.find(index);
    if (found == names.end()) return false;
    copy_text(found->second, name, capacity);
    return true;
}
