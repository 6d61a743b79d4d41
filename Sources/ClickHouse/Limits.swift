/// Bounds of the engine module.
package enum EngineLimits {
    /// Statements that run in the embedded engine at the same time: each holds a thread. Three inserts (one a signal)
    /// and a few readers; more would share two or four cores anyway.
    package static let statementsMax = 8
    /// Statements that wait for one of those places. A page of Grafana sends about 30 at once.
    package static let waitersMax = 256
    /// How often a cancelled statement is killed until it ends; it may not have begun when the first order comes.
    package static let killInterval = Duration.milliseconds(50)
}
