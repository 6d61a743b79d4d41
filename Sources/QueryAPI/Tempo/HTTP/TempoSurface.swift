package import GRPCCore
package import HTTPSurface
import HTTPTypes
package import Hummingbird
package import Logging

/// The Tempo HTTP API.
///
/// Every path takes GET, HEAD and POST, as Tempo's do; what a form of a POST says goes before the URL.
///
/// - Spec: Grafana Tempo, "Tempo HTTP API".
package enum TempoSurface {
    /// Bytes of a form.
    static let formBytesMax = 1 << 20

    /// - Parameters:
    ///   - options: without `beforeAnswer`: `dependencies.freshen` is awaited before what reads spans.
    ///   - services: gRPC services on the same port.
    ///   - otherRoutes: adds routes of other parts to the same port.
    package static func make(
        _ options: SurfaceOptions, services: [any RegistrableRPCService] = [], dependencies: TempoDependencies,
        logger: Logger,
        onListening: @escaping @Sendable (Int) -> Void,
        otherRoutes: (Router<SurfaceContext>) -> Void = { _ in }
    ) -> HTTPSurface {
        HTTPSurface(options, services: services, logger: logger, onListening: onListening) { router in
            addRoutes(to: router, dependencies: dependencies, logger: logger)
            otherRoutes(router)
        }
    }

    /// Adds the API to a port that something else makes.
    package static func addRoutes(to router: Router<SurfaceContext>, dependencies: TempoDependencies, logger: Logger) {
        router.add(middleware: PlainNotFound())
        let handler = TempoHandler(api: TempoAPI(dependencies: dependencies), logger: logger)
        for endpoint in TempoEndpoint.allCases {
            for method in handled {
                router.on(endpoint.route, method: method) { request, _ in
                    guard let name = endpoint.name(in: request.uri.path) else {
                        return PlainText.response(.notFound, "404 page not found\n")
                    }
                    return await handler.answer(request, endpoint, name: name)
                }
            }
            PrometheusSurface.refuseOtherMethods(on: router, endpoint.route.description, allowed: handled)
        }
    }

    private static let handled: [HTTPRequest.Method] = [.get, .head, .post]
}

extension TempoEndpoint {
    private static let valuesSuffix = "{name}/values"

    /// Names of attributes may have slashes, so what is between them is cut out by hand.
    var route: RouterPath {
        RouterPath(path.hasSuffix(Self.valuesSuffix) ? path.dropLast(Self.valuesSuffix.count) + "**" : path)
    }

    /// What stands for `{name}` in a path, with its escapes; empty when this endpoint has none, nil when the path is
    /// not of this endpoint.
    func name(in path: String) -> String? {
        guard let open = self.path.firstRange(of: "{name}") else { return "" }
        let prefix = self.path[..<open.lowerBound]
        let suffix = self.path[open.upperBound...]
        guard path.hasPrefix(prefix), path.hasSuffix(suffix), path.utf8.count > prefix.utf8.count + suffix.utf8.count
        else { return nil }
        return String(path.dropFirst(prefix.count).dropLast(suffix.count))
    }
}
