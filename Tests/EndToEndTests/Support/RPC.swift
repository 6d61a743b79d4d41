/// Calls of Tempo's and Jaeger's gRPC services by real grpcio, with requests and answers in protobuf's own JSON.
enum RPC {
    struct Answer: Sendable {
        /// As gRPC names it: `OK`, `NOT_FOUND`.
        let code: String
        let details: String
        /// Names of fields are those of the proto files.
        let messages: [JSONValue]

        /// The items of a list in all messages of a stream.
        func all(_ field: String) -> [JSONValue] { messages.flatMap { $0[field].array } }
    }

    /// - Parameters:
    ///   - method: the path, such as `/tempopb.StreamingQuerier/Search`; one of those in `rpc_messages.py`.
    ///   - request: JSON of the message.
    static func call(_ address: String, _ method: String, _ request: String) async throws -> Answer {
        let (answer, _) = try await PythonEnvironment.client("rpc.py", [address, method, request], as: JSONValue.self)
        return Answer(
            code: answer["code"].string ?? "", details: answer["details"].string ?? "",
            messages: answer["messages"].array)
    }
}
