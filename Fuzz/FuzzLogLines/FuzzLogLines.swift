import FuzzSupport
import LogProcessing
import TelemetryModel

/// Lines of log files: see `LogLineFuzzer`.
private enum FuzzLogLines {
    static let fuzzer = LogLineFuzzer()
}

@_cdecl("LLVMFuzzerInitialize")
public func initialize(_ count: UnsafeMutableRawPointer?, _ arguments: UnsafeMutableRawPointer?) -> CInt {
    LibFuzzer.writeSeedsIfAsked { FuzzLogLines.fuzzer.seeds() }
    return 0
}

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    FuzzLogLines.fuzzer.test(UnsafeBufferPointer(start: data, count: count))
    return 0
}
