import CADBC
import TelemetryModel

/// Shows a block to the engine as an Arrow stream of one batch, without copying the values.
///
/// Spec: Arrow C stream interface. Every structure handed out owns its own small allocations and frees them in its
/// release callback; the values themselves belong to the block, which the caller keeps alive until the insert returned.
enum ArrowExport {
    /// The stream takes a reference to the columns and gives it up in its release callback.
    static func stream(_ columns: [(name: String, column: any Column)], rows: Int) -> ArrowArrayStream {
        let state = StreamState(columns: columns, rows: rows)
        var stream = ArrowArrayStream()
        stream.private_data = Unmanaged.passRetained(state).toOpaque()
        stream.get_schema = { stream, out in
            guard let state = StreamState.of(stream), let out else { return 22 }
            out.pointee = state.schema()
            return 0
        }
        stream.get_next = { stream, out in
            guard let state = StreamState.of(stream), let out else { return 22 }
            // End of stream is a released array.
            out.pointee = state.isFinished ? ArrowArray() : state.array()
            state.isFinished = true
            return 0
        }
        stream.get_last_error = { _ in nil }
        stream.release = { stream in
            guard let stream, let data = stream.pointee.private_data else { return }
            Unmanaged<StreamState>.fromOpaque(data).release()
            stream.pointee.release = nil
            stream.pointee.private_data = nil
        }
        return stream
    }
}

private final class StreamState {
    let columns: [(name: String, column: any Column)]
    let rows: Int
    var isFinished = false

    init(columns: [(name: String, column: any Column)], rows: Int) {
        self.columns = columns
        self.rows = rows
    }

    static func of(_ stream: UnsafeMutablePointer<ArrowArrayStream>?) -> StreamState? {
        guard let data = stream?.pointee.private_data else { return nil }
        return Unmanaged<StreamState>.fromOpaque(data).takeUnretainedValue()
    }

    func schema() -> ArrowSchema {
        makeSchema(format: "+s", name: "", children: columns.map { columnSchema($0.name, $0.column.layout) })
    }

    func array() -> ArrowArray {
        makeArray(length: rows, buffers: [nil], children: columns.map { columnArray($0.column) })
    }

    // The flag "map keys sorted" stays off, "nullable" too: no column of a block holds nulls.

    private func columnSchema(_ name: String, _ layout: ColumnLayout) -> ArrowSchema {
        switch layout {
        case .fixed(let kind, _):
            makeSchema(format: format(kind), name: name)
        case .utf8:
            makeSchema(format: "u", name: name)
        case .dictionary:
            makeSchema(format: "i", name: name, dictionary: makeSchema(format: "u", name: ""))
        case .list(_, let items):
            makeSchema(format: "+l", name: name, children: [columnSchema("item", items.layout)])
        case .map(_, let keys, let values):
            makeSchema(
                format: "+m", name: name,
                children: [
                    makeSchema(
                        format: "+s", name: "entries",
                        children: [columnSchema("key", keys.layout), columnSchema("value", values.layout)])
                ])
        }
    }

    private func format(_ kind: FixedKind) -> String {
        switch kind {
        case .uint8: "C"
        case .uint32: "I"
        case .uint64: "L"
        case .int32: "i"
        case .int64: "l"
        case .float64: "g"
        case .timestamp: "tsn:UTC"
        case .bytes(let width): "w:\(width)"
        }
    }

    private func columnArray(_ column: any Column) -> ArrowArray {
        switch column.layout {
        case .fixed(_, let values):
            return makeArray(length: column.count, buffers: [nil, values])
        case .utf8(let offsets, let bytes):
            return makeArray(length: column.count, buffers: [nil, UnsafeRawPointer(offsets), UnsafeRawPointer(bytes)])
        case .dictionary(let indexes, let values):
            return makeArray(
                length: column.count, buffers: [nil, UnsafeRawPointer(indexes)], dictionary: columnArray(values))
        case .list(let offsets, let items):
            return makeArray(
                length: column.count, buffers: [nil, UnsafeRawPointer(offsets)], children: [columnArray(items)])
        case .map(let offsets, let keys, let values):
            let entries = makeArray(
                length: keys.count, buffers: [nil], children: [columnArray(keys), columnArray(values)])
            return makeArray(length: column.count, buffers: [nil, UnsafeRawPointer(offsets)], children: [entries])
        }
    }

    private func makeSchema(
        format: String, name: String, children: [ArrowSchema] = [], dictionary: ArrowSchema? = nil
    ) -> ArrowSchema {
        var schema = ArrowSchema()
        schema.format = UnsafePointer(duplicate(format))
        schema.name = UnsafePointer(duplicate(name))
        schema.n_children = Int64(children.count)
        schema.children = pointers(to: children)
        if let dictionary {
            schema.dictionary = .allocate(capacity: 1)
            schema.dictionary.initialize(to: dictionary)
        }
        schema.release = { schema in
            guard let schema else { return }
            schema.pointee.format?.deallocate()
            schema.pointee.name?.deallocate()
            for index in 0..<Int(schema.pointee.n_children) {
                guard let child = schema.pointee.children[index] else { continue }
                child.pointee.release?(child)
                child.deallocate()
            }
            schema.pointee.children?.deallocate()
            if let dictionary = schema.pointee.dictionary {
                dictionary.pointee.release?(dictionary)
                dictionary.deallocate()
            }
            schema.pointee.release = nil
        }
        return schema
    }

    private func makeArray(
        length: Int, buffers: [UnsafeRawPointer?], children: [ArrowArray] = [], dictionary: ArrowArray? = nil
    ) -> ArrowArray {
        var array = ArrowArray()
        array.length = Int64(length)
        array.n_buffers = Int64(buffers.count)
        array.buffers = .allocate(capacity: buffers.count)
        for (index, buffer) in buffers.enumerated() { array.buffers[index] = buffer }
        array.n_children = Int64(children.count)
        array.children = pointers(to: children)
        if let dictionary {
            array.dictionary = .allocate(capacity: 1)
            array.dictionary.initialize(to: dictionary)
        }
        array.release = { array in
            guard let array else { return }
            array.pointee.buffers?.deallocate()
            for index in 0..<Int(array.pointee.n_children) {
                guard let child = array.pointee.children[index] else { continue }
                child.pointee.release?(child)
                child.deallocate()
            }
            array.pointee.children?.deallocate()
            if let dictionary = array.pointee.dictionary {
                dictionary.pointee.release?(dictionary)
                dictionary.deallocate()
            }
            array.pointee.release = nil
        }
        return array
    }

    private func pointers<Element>(to children: [Element]) -> UnsafeMutablePointer<UnsafeMutablePointer<Element>?>? {
        guard !children.isEmpty else { return nil }
        let pointers = UnsafeMutablePointer<UnsafeMutablePointer<Element>?>.allocate(capacity: children.count)
        for (index, child) in children.enumerated() {
            let pointer = UnsafeMutablePointer<Element>.allocate(capacity: 1)
            pointer.initialize(to: child)
            pointers[index] = pointer
        }
        return pointers
    }

    private func duplicate(_ text: String) -> UnsafeMutablePointer<CChar> {
        let characters = Array(text.utf8CString)
        let copy = UnsafeMutablePointer<CChar>.allocate(capacity: characters.count)
        copy.initialize(from: characters, count: characters.count)
        return copy
    }
}
