/// The version of this Martlet.
package enum MartletVersion {
    package static let current = "0.1.0"
}
