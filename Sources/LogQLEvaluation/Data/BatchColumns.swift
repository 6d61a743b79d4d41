/// The columns of a batch by pointer.
struct BatchColumns {
    let times: UnsafeBufferPointer<Int64>
    let streamIndexes: UnsafeBufferPointer<Int32>
    let lineBytes: ByteSlice
    let lineOffsets: UnsafeBufferPointer<Int>
    let metadataOffsets: UnsafeBufferPointer<Int>
    let metadataNames: UnsafeBufferPointer<Int32>
    let valueBytes: ByteSlice
    let valueOffsets: UnsafeBufferPointer<Int>

    @inline(__always)
    func line(_ row: Int) -> ByteSlice { lineBytes.part(lineOffsets[row]..<lineOffsets[row + 1]) }

    @inline(__always)
    func value(_ entry: Int) -> ByteSlice { valueBytes.part(valueOffsets[entry]..<valueOffsets[entry + 1]) }
}

extension LogRecords {
    /// The pointers are good until `body` returns.
    func withColumns<Result>(_ body: (BatchColumns) -> Result) -> Result {
        times.withUnsafeBufferPointer { times in
            streamIndexes.withUnsafeBufferPointer { streamIndexes in
                lineBytes.withUnsafeBufferPointer { lineBytes in
                    lineOffsets.withUnsafeBufferPointer { lineOffsets in
                        metadataOffsets.withUnsafeBufferPointer { metadataOffsets in
                            metadataNames.withUnsafeBufferPointer { metadataNames in
                                valueBytes.withUnsafeBufferPointer { valueBytes in
                                    valueOffsets.withUnsafeBufferPointer { valueOffsets in
                                        body(
                                            BatchColumns(
                                                times: times, streamIndexes: streamIndexes, lineBytes: lineBytes,
                                                lineOffsets: lineOffsets, metadataOffsets: metadataOffsets,
                                                metadataNames: metadataNames, valueBytes: valueBytes,
                                                valueOffsets: valueOffsets))
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
