import FuzzSupport

/// Bodies of Zipkin's clients: see `ZipkinFuzzer`.
private enum FuzzZipkin {
    static let fuzzer = ZipkinFuzzer()
}

@_cdecl("LLVMFuzzerInitialize")
public func initialize(_ count: UnsafeMutableRawPointer?, _ arguments: UnsafeMutableRawPointer?) -> CInt {
    LibFuzzer.writeSeedsIfAsked { FuzzZipkin.fuzzer.seeds() }
    return 0
}

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    FuzzZipkin.fuzzer.test(UnsafeBufferPointer(start: data, count: count))
    return 0
}
