#define _GNU_SOURCE
#include "CADBC.h"

#include <dlfcn.h>

void *martlet_dl_open(const char *path, int global, int deep_bind) {
    int flags = RTLD_NOW | (global ? RTLD_GLOBAL : RTLD_LOCAL);
#ifdef RTLD_DEEPBIND
    if (deep_bind) flags |= RTLD_DEEPBIND;
#else
    (void)deep_bind;
#endif
    return dlopen(path, flags);
}

void *martlet_dl_symbol(void *handle, const char *name) { return dlsym(handle, name); }

const char *martlet_dl_error(void) { return dlerror(); }
