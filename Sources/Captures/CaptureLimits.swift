/// What a capture may be at most, so that hostile or mistaken paths end in a sentence and not in an exhausted machine.
public struct CaptureLimits: Sendable, Equatable {
  /// Bytes of a file.
  public var fileBytes = 1 << 30
  /// Bytes of a file of YAML, which takes twenty times as long to read as JSON.
  public var yamlBytes = 128 << 20
  /// Bytes of all files of objects together.
  public var totalBytes = 2 << 30
  /// Files and folders below the given paths.
  public var files = 200_000
  /// Folders within each other.
  public var depth = 32

  /// The limits used everywhere: 1 GiB a file, 128 MiB a file of YAML, 2 GiB in all, 200,000 files, 32 levels.
  public init() {}

  /// `1 GiB`, `128 MiB`, `5 KiB`.
  static func text(_ bytes: Int) -> String {
    for (unit, shift) in [("GiB", 30), ("MiB", 20), ("KiB", 10)] where bytes >= 1 << shift {
      return "\(bytes >> shift) \(unit)"
    }
    return "\(bytes) bytes"
  }
}
