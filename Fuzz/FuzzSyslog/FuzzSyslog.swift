import FuzzSupport

/// Streams of syslog: see `SyslogFuzzer`.
private enum FuzzSyslog {
    static let fuzzer = SyslogFuzzer()
}

@_cdecl("LLVMFuzzerInitialize")
public func initialize(_ count: UnsafeMutableRawPointer?, _ arguments: UnsafeMutableRawPointer?) -> CInt {
    LibFuzzer.writeSeedsIfAsked { FuzzSyslog.fuzzer.seeds() }
    return 0
}

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    FuzzSyslog.fuzzer.test(UnsafeBufferPointer(start: data, count: count))
    return 0
}
