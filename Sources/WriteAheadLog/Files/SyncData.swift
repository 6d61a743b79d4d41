#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Asks the disk to keep a file's bytes and its size, but not its times.
func syncData(_ descriptor: Int32) -> Int32 {
    #if canImport(Glibc)
    fdatasync(descriptor)
    #else
    // macOS has no `fdatasync` in its headers. Its `fsync` reaches the drive but not the platter; `F_FULLFSYNC` would,
    // at some 20 ms each, and a laptop has a battery.
    fsync(descriptor)
    #endif
}
