import FuzzSupport

/// Files of telemetry: see `TelemetryFileFuzzer`.
private enum FuzzTelemetryFiles {
    static let fuzzer = TelemetryFileFuzzer()
}

@_cdecl("LLVMFuzzerInitialize")
public func initialize(_ count: UnsafeMutableRawPointer?, _ arguments: UnsafeMutableRawPointer?) -> CInt {
    LibFuzzer.writeSeedsIfAsked { try FuzzTelemetryFiles.fuzzer.seeds() }
    return 0
}

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    FuzzTelemetryFiles.fuzzer.test(Array(UnsafeBufferPointer(start: data, count: count)))
    return 0
}
