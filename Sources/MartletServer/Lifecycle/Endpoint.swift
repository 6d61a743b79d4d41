import Codecs

/// An open port.
package struct Endpoint: Sendable, Equatable {
    /// The key of the port in the configuration.
    package let name: String
    package let address: String
    package let url: String
    /// What is found there, for people.
    package let purpose: String
    /// The configured port, when another had to be taken.
    package let instead: Int?

    package init(name: String, host: String, port: Int, scheme: String, purpose: String, instead: Int?) {
        self.name = name
        let shown = host.contains(":") ? "[\(host)]" : host
        address = "\(shown):\(port)"
        url = "\(scheme)://\(shown):\(port)"
        self.purpose = purpose
        self.instead = instead
    }

    package init(name: String, address: String, url: String, purpose: String, instead: Int?) {
        self.name = name
        self.address = address
        self.url = url
        self.purpose = purpose
        self.instead = instead
    }
}

/// What `run/endpoints.json` says of a running server.
package struct ServerState: Sendable, Equatable {
    package var processID: Int32
    package var isReady: Bool
    package var version: String
    package var startTime: String
    package var endpoints: [Endpoint]

    package init(processID: Int32, isReady: Bool, version: String, startTime: String, endpoints: [Endpoint]) {
        self.processID = processID
        self.isReady = isReady
        self.version = version
        self.startTime = startTime
        self.endpoints = endpoints
    }

    package func url(_ name: String) -> String? { endpoints.first { $0.name == name }?.url }

    package var json: [UInt8] {
        var writer = JSONWriter()
        writer.open("{")
        writer.key("pid")
        writer.integer(processID)
        writer.key("ready")
        writer.bool(isReady)
        writer.key("version")
        writer.string(version)
        writer.key("startTime")
        writer.string(startTime)
        writer.key("endpoints")
        writer.open("[")
        for endpoint in endpoints {
            writer.separate()
            writer.open("{")
            writer.key("name")
            writer.string(endpoint.name)
            writer.key("address")
            writer.string(endpoint.address)
            writer.key("url")
            writer.string(endpoint.url)
            writer.key("purpose")
            writer.string(endpoint.purpose)
            if let instead = endpoint.instead {
                writer.key("insteadOfPort")
                writer.integer(instead)
            }
            writer.close("}")
        }
        writer.close("]")
        writer.close("}")
        writer.bytes.append(UInt8(ascii: "\n"))
        return writer.bytes
    }

    /// Nil for bytes that are not such a file, for example one that is being written.
    package init?(json bytes: [UInt8]) {
        self.init(processID: 0, isReady: false, version: "", startTime: "", endpoints: [])
        do {
            try bytes.withUnsafeBufferPointer { (buffer) throws(DecodeError) in
                var reader = JSONReader(buffer)
                try read(&reader)
            }
        } catch {
            return nil
        }
        guard processID > 0 else { return nil }
    }

    private mutating func read(_ reader: inout JSONReader) throws(DecodeError) {
        var object = try reader.beginObject()
        while let key = try reader.nextKeyText(&object) {
            switch key {
            case "pid": processID = Int32(exactly: try reader.readNumber().double ?? 0) ?? 0
            case "ready": isReady = try reader.readBool()
            case "version": version = try reader.readString()
            case "startTime": startTime = try reader.readString()
            case "endpoints":
                var list = try reader.beginList()
                while try reader.nextElement(&list) { endpoints.append(try Self.readEndpoint(&reader)) }
            default: try reader.skipValue()
            }
        }
    }

    private static func readEndpoint(_ reader: inout JSONReader) throws(DecodeError) -> Endpoint {
        var texts: [String: String] = [:]
        var instead: Int?
        var object = try reader.beginObject()
        while let key = try reader.nextKeyText(&object) {
            if key == "insteadOfPort" {
                instead = try reader.readNumber().double.flatMap { Int(exactly: $0) }
            } else {
                texts[key] = try reader.readString()
            }
        }
        return Endpoint(
            name: texts["name"] ?? "", address: texts["address"] ?? "", url: texts["url"] ?? "",
            purpose: texts["purpose"] ?? "", instead: instead)
    }
}

extension JSONReader {
    fileprivate mutating func nextKeyText(_ progress: inout Progress) throws(DecodeError) -> String? {
        guard let token = try nextKey(&progress) else { return nil }
        return try withBytes(of: token) { (bytes) throws(DecodeError) in String(decoding: bytes, as: UTF8.self) }
    }
}
