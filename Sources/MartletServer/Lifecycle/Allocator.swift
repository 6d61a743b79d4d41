#if canImport(Glibc)
import Glibc
#endif

/// The C library's allocator, as a server with blocks of many megabytes wants it.
enum Allocator {
    /// glibc keeps freed memory of up to 32 MiB in its heaps once it has seen such sizes; a server that was busy for a
    /// minute would stay large for ever. From 1 MiB on, memory goes back to the system when it is freed. Few heaps, since
    /// each keeps its own.
    static func returnLargeMemory() {
        #if canImport(Glibc)
        // malloc.h is not part of the module; another C library does not have the function, and nothing is lost then.
        guard let function = dlsym(nil, "mallopt") else { return }
        let mallopt = unsafeBitCast(function, to: (@convention(c) (Int32, Int32) -> Int32).self)
        for (option, value) in [(-3, 1 << 20), (-1, 4 << 20), (-8, 4)] as [(Int32, Int32)] {
            // M_MMAP_THRESHOLD, M_TRIM_THRESHOLD, M_ARENA_MAX (malloc.h of glibc).
            _ = mallopt(option, value)
        }
        #endif
    }
}
