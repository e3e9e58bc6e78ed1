import Kube

/// Where runs of playbooks are kept from one session to the next.
public protocol KeptRuns: AnyObject {
  /// When a run was kept last; nil when it was not.
  func lastKept(_ name: String) -> Timestamp?
  /// Keeps a run, in the place of an earlier one of the same name.
  func keep(_ run: JSONValue, name: String) -> Result<Void, ConnectionFailure>
  /// What was kept under a name; nil when nothing was, or it cannot be read.
  func recall(_ name: String) -> JSONValue?
}

/// Where texts are saved.
public protocol SavedFiles: AnyObject {
  /// Writes a new file named after `name` and answers its path.
  func save(_ text: String, name: String) -> Result<String, ConnectionFailure>
}
